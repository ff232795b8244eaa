/**
 * The drop-in table: what existing plugins and other systems send, byte for byte as their HTTP clients
 * write it, and what their code takes for success. After a success every page that shows the change is
 * fresh; with a wrong secret none takes the answer for one.
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { freePort, SECRET, startSite, type Site, type Visit } from '../setup/site';
import { describeWithWordPress, startWordPress, type WordPress } from '../setup/wordpress';

/* What an HTTP client writes. `{SECRET}`, `{HOST}` and the like are filled in when it is sent. */

/** WordPress's: wp-includes/class-wp-http.php, and Requests over cURL. */
function wordpress(
  request: string,
  headers: string[],
  body?: string,
  agent = 'WordPress/6.1.9; https://cms.example',
): string {
  const target = request.split(' ')[1] ?? '';
  const isTyped = headers.some((header) => /^content-type:/i.test(header));
  return [
    `${request} HTTP/1.1`,
    'Host: {HOST}',
    `User-Agent: ${agent}`,
    'Accept: */*',
    'Accept-Encoding: deflate, gzip, br, zstd',
    `Referer: http://{HOST}${target}`,
    ...headers,
    'Connection: close',
    ...((body?.length ?? 0) >= 1024 * 1024 ? ['Expect: 100-Continue'] : []),
    ...(body === undefined ? [] : ['Content-Length: {LENGTH}']),
    // What wp_remote_post adds if it is told of no type, to JSON too.
    ...(body === undefined || isTyped ? [] : ['Content-Type: application/x-www-form-urlencoded']),
    '',
    body ?? '',
  ].join('\r\n');
}

const JSON_TYPE = 'Content-Type: application/json';
const BEARER = 'Authorization: Bearer {SECRET}';
const WEBHOOK = 'x-webhook-secret: {SECRET}';

/** JSON as PHP writes it. */
const php = (value: object): string =>
  JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Guzzle's over cURL, as Drupal and Craft set it up. */
const guzzle = (request: string, agent: string, form?: string): string =>
  [
    `${request} HTTP/1.1`,
    'Host: {HOST}',
    `User-Agent: ${agent} GuzzleHttp/7`,
    ...(form === undefined
      ? []
      : ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: {LENGTH}']),
    '',
    form ?? '',
  ].join('\r\n');

const DRUPAL = 'Drupal/10.3.1 (+https://www.drupal.org/)';
const CRAFT = 'Craft/5.6.0';

const graphqlMeta = (event_type: string) => ({
  _webhook_meta: {
    sent_at: '2026-11-22 10:00:00',
    webhook_id: 7,
    webhook_name: 'My site',
    event_type,
  },
});
const GRAPHQL_META =
  '_webhook_meta%5Bsent_at%5D=2026-11-22%2010:00:00&_webhook_meta%5Bwebhook_id%5D=7' +
  '&_webhook_meta%5Bwebhook_name%5D=My%20site&_webhook_meta%5Bevent_type%5D=post_updated';
const GRAPHQL_AGENT = 'WPGraphQL-Webhooks/1.0.0';

const superhuit = (path: string) =>
  wordpress(`GET /api/revalidate?path=${path}&secret={SECRET}`, []);
const silverAssist = (path: string) =>
  wordpress(
    `GET /api/revalidate?token={SECRET}&path=${path}`,
    [],
    undefined,
    'Silver-Assist-Revalidate/1.4.0',
  );
const dexerto = (body: object) => wordpress('PUT /api/revalidate', [BEARER, JSON_TYPE], php(body));
const nextWp = (body: object) => wordpress('POST /api/revalidate', [JSON_TYPE, WEBHOOK], php(body));
const graphql = (body: object) =>
  wordpress('POST /api/revalidate', [WEBHOOK, JSON_TYPE], php(body), GRAPHQL_AGENT);
const gregrickaby = (slug: string, header = 'x-vercel-revalidation-secret') =>
  wordpress(`GET /api/revalidate?slug=${slug}`, [`${header}: {SECRET}`]);
const snippet = (headers: string[], body: string) =>
  wordpress('POST /api/revalidate?secret={SECRET}', headers, body);
const drupal = (query: string) => guzzle(`GET /api/revalidate?${query}&secret={SECRET}`, DRUPAL);
const craft = (query: string) => guzzle(`GET /api/revalidate?secret={SECRET}&${query}`, CRAFT);

/** Node's fetch: strapi/strapi, packages/core/core/src/services/webhook-runner.ts. */
const strapi = (event: string, entry: object) =>
  [
    'POST /api/revalidate HTTP/1.1',
    'host: {HOST}',
    'connection: keep-alive',
    BEARER,
    `X-Strapi-Event: ${event}`,
    JSON_TYPE,
    'accept: */*',
    'accept-language: *',
    'sec-fetch-mode: cors',
    'user-agent: node',
    'accept-encoding: gzip, deflate',
    'content-length: {LENGTH}',
    '',
    JSON.stringify({
      event,
      createdAt: '2026-11-22T10:00:00.000Z',
      model: 'article',
      uid: 'api::article.article',
      entry,
    }),
  ].join('\r\n');

/** got: TryGhost/Ghost, ghost/core/core/server/services/webhooks/webhook-trigger.js. */
const ghost = (model: string, value: object) =>
  [
    'POST /api/revalidate?secret={SECRET} HTTP/1.1',
    'user-agent: Ghost/5.94 (https://github.com/TryGhost/Ghost)',
    'content-length: {LENGTH}',
    'content-type: application/json',
    'content-version: v5.94',
    `x-ghost-signature: sha256=${'0'.repeat(64)}, t=1763805600000`,
    'accept-encoding: gzip, deflate, br',
    'Host: {HOST}',
    'Connection: keep-alive',
    '',
    JSON.stringify({ [model]: value }),
  ].join('\r\n');

/** Contentful's documentation of webhooks; its client is not public. */
const contentful = (topic: string, body: object) =>
  [
    'POST /api/revalidate HTTP/1.1',
    'Host: {HOST}',
    WEBHOOK,
    `X-Contentful-Topic: ContentManagement.Entry.${topic}`,
    'X-Contentful-Webhook-Name: My site',
    'Content-Type: application/vnd.contentful.management.v1+json; charset=utf-8',
    'Accept: */*',
    'Content-Length: {LENGTH}',
    'Connection: close',
    '',
    JSON.stringify(body),
  ].join('\r\n');

/** What their documentation of webhooks says; the clients of Sanity and Prismic are not public. */
const documented = (headers: string[], body: object) =>
  [
    'POST /api/revalidate HTTP/1.1',
    'Host: {HOST}',
    ...headers,
    JSON_TYPE,
    'Accept: */*',
    'Content-Length: {LENGTH}',
    'Connection: close',
    '',
    JSON.stringify(body),
  ].join('\r\n');

/** docs.github.com, Webhook events and payloads; the form is its default. */
const github = (event: string, body: object) =>
  [
    'POST /api/revalidate?secret={SECRET} HTTP/1.1',
    'Host: {HOST}',
    'User-Agent: GitHub-Hookshot/044aadd',
    'Content-Length: {LENGTH}',
    'Accept: */*',
    'Content-Type: application/x-www-form-urlencoded',
    'X-GitHub-Delivery: 72d3162e-cc78-11e3-81ab-4c9367dc0958',
    `X-GitHub-Event: ${event}`,
    '',
    new URLSearchParams({ payload: JSON.stringify(body) }).toString(),
  ].join('\r\n');

/* What a sender takes for success. */

interface Answer {
  status: number;
  json: Record<string, unknown> | undefined;
}
type Success = (answer: Answer) => boolean;

const is200: Success = ({ status }) => status === 200;
const is2xx: Success = ({ status }) => status >= 200 && status < 300;
const revalidated: Success = ({ json }) => Boolean(json?.revalidated);
const hasNoErrors: Success = ({ status, json }) =>
  status === 200 && json !== undefined && !('errors' in json);
/** The sender doesn't look at the answer; what it wants is told by the pages alone. */
const unread: Success = () => true;

/* What was edited. */

/** What a sender knows of the post, and what visitors see. */
interface Told {
  slug: string;
  /** Of the post, its category, a tag, its author and its picture, in WordPress. */
  id: number;
  term: number;
  tag: number;
  author: number;
  image: number;
}

/** Words of a page, by its path. */
type Words = [path: string, words: string][];

/** An edit that has been prepared: how to make it, and what visitors see when it is known. */
interface Edit {
  told: Told;
  make: () => Promise<unknown>;
  shows?: Words;
  hides?: Words;
  /** Paths that are no more. */
  gone?: string[];
}

type Kind =
  | 'edited'
  | 'deleted'
  | 'page'
  | 'category'
  | 'tag'
  | 'terms'
  | 'author'
  | 'author deleted'
  | 'picture';
type Row = [
  sender: string,
  kind: Kind,
  send: (told: Told) => string,
  success: Success,
  /** Tags of another system name no page: what differs is rendered when it is visited. */
  onVisit?: 'on visit',
];

const FEED = '/feed.xml';
const PERMALINK = '/2026/11/22';

/** Senders that name a path, or nothing that means anything here. */
const ROWS: Row[] = [
  // superhuit-agency/nextjs-revalidate, include/Revalidate.php
  ['superhuit', 'edited', ({ slug }) => superhuit(`/${slug}/`), is200],
  ['superhuit: a date', 'edited', ({ slug }) => superhuit(`${PERMALINK}/${slug}/`), is200],
  ['superhuit: home', 'edited', () => superhuit('/'), is200],
  ['superhuit: a page', 'page', ({ slug }) => superhuit(`/${slug}/`), is200],
  ['superhuit: a category below another', 'category', () => superhuit('/category/up/news/'), is200],
  ['superhuit: unpublished', 'deleted', ({ id }) => superhuit(`/?p=${id}`), is200],

  // Dexerto/on-demand-revalidation, src/Revalidation.php
  [
    'Dexerto',
    'edited',
    ({ id, slug }) => dexerto({ postId: id, paths: ['/', `/${slug}`] }),
    revalidated,
  ],
  [
    'Dexerto: paths with gaps, and tags',
    'edited',
    ({ id, slug }) =>
      dexerto({ postId: id, paths: { 0: '/', 2: `/${slug}` }, tags: [`post-${id}`, 'günlük'] }),
    revalidated,
  ],
  ['Dexerto: tags alone', 'edited', ({ id }) => dexerto({ postId: id, tags: ['x'] }), revalidated],
  ['Dexerto: neither', 'edited', ({ id }) => dexerto({ postId: id }), revalidated],
  [
    'Dexerto: no page of ours among the paths',
    'edited',
    ({ id }) => dexerto({ postId: id, paths: ['/wp/x', '/'] }),
    revalidated,
  ],
  ['Dexerto: deleted', 'deleted', ({ id }) => dexerto({ postId: id, paths: ['/'] }), revalidated],
  // The same, src/TaxonomyRevalidation.php
  ['Dexerto: a term', 'category', () => dexerto({ paths: ['/category/news'] }), unread],
  [
    'Dexerto: tags of a term',
    'category',
    () => dexerto({ tags: ['category-news'] }),
    unread,
    'on visit',
  ],

  // 9d8dev/next-wp, plugin/next-revalidate/next-revalidate.php
  ['next-wp: a menu', 'edited', () => nextWp({ contentType: 'menu', contentId: 3 }), is2xx],
  ['next-wp: all', 'edited', () => nextWp({ contentType: 'all' }), is2xx],
  [
    'next-wp: unknown',
    'deleted',
    ({ id }) => nextWp({ contentType: 'unknown', contentId: id }),
    is2xx,
  ],
  ['next-wp: a taxonomy', 'category', () => nextWp({ contentType: 'genre', contentId: 5 }), is2xx],
  ['next-wp: a type', 'edited', () => nextWp({ contentType: 'book', contentId: 5 }), is2xx],

  // SilverAssist/silver-assist-post-revalidate, Includes/Revalidate.php
  ['SilverAssist', 'edited', ({ slug }) => silverAssist(`/blog/${slug}/`), is2xx],
  ['SilverAssist: a category', 'category', () => silverAssist('/category/news/'), is2xx],
  ['SilverAssist: unpublished', 'deleted', ({ id }) => silverAssist(`/?p=${id}/`), is2xx],

  // wpengine/hwptoolkit, plugins/wpgraphql-webhooks/src/Handlers/WebhookHandler.php and src/Events
  [
    'WPGraphQL: a path',
    'edited',
    ({ slug }) =>
      graphql({
        key: 'cG9zdDox',
        path: `${PERMALINK}/${slug}/`,
        graphql_endpoint: 'cms.example/graphql',
        smart_cache_keys: ['cG9zdDox'],
        ...graphqlMeta('post_updated'),
      }),
    unread,
  ],
  [
    'WPGraphQL: an empty path',
    'deleted',
    () =>
      graphql({
        key: 'cG9zdDox',
        path: '',
        nodes: [{ id: 'cG9zdDox', type: 'post' }],
        smart_cache_keys: ['cG9zdDox'],
        ...graphqlMeta('post_deleted'),
      }),
    unread,
  ],
  [
    'WPGraphQL, GET: a path',
    'edited',
    ({ slug }) =>
      wordpress(
        `GET /api/revalidate?key=cG9zdDox&path=${PERMALINK}/${slug}/&${GRAPHQL_META}`,
        [WEBHOOK],
        undefined,
        GRAPHQL_AGENT,
      ),
    unread,
  ],
  [
    'WPGraphQL, GET: an empty path',
    'edited',
    () =>
      wordpress(
        `GET /api/revalidate?key=cG9zdDox&path&nodes%5B0%5D%5Bid%5D=cG9zdDox&${GRAPHQL_META}`,
        [WEBHOOK],
        undefined,
        GRAPHQL_AGENT,
      ),
    unread,
  ],

  // gregrickaby/nextjs-wordpress-plugin, src/classes/Revalidation.php
  ['gregrickaby', 'edited', ({ slug }) => gregrickaby(`/blog/${slug}`), is200],
  ['gregrickaby: a page, without its slash', 'page', ({ slug }) => gregrickaby(slug), is200],
  ['gregrickaby: trash', 'deleted', ({ slug }) => gregrickaby(`/blog/${slug}__trashed`), is200],
  [
    'gregrickaby: the other header',
    'edited',
    ({ slug }) => gregrickaby(`/blog/${slug}`, 'x-revalidation-secret'),
    is200,
  ],

  // chapter-three/next-drupal, modules/next/src/Plugin/Next/Revalidator/Path.php and CacheTag.php
  ['next-drupal', 'edited', ({ slug }) => drupal(`path=/blog/${slug}`), is200],
  ['next-drupal: deleted', 'deleted', ({ slug }) => drupal(`path=/blog/${slug}`), is200],
  [
    'next-drupal: tags',
    'edited',
    () => drupal('tags=node%3A1%2Cnode_list%3Aarticle'),
    is200,
    'on visit',
  ],

  // Craft's plugins: the table only; the bytes are Guzzle's
  ['Craft', 'edited', ({ slug }) => craft(`paths=%2F%2C%2Fblog%2F${slug}&tags=c%2Cd`), hasNoErrors],
  ['Craft: all', 'edited', () => craft('paths=%2F%2A'), hasNoErrors],
  ['Craft: tags', 'edited', () => craft('tags=c%2Cd'), hasNoErrors, 'on visit'],
  [
    'Craft: a form',
    'edited',
    ({ slug }) =>
      guzzle(
        'POST /api/revalidate',
        CRAFT,
        `secret={SECRET}&paths=%2F%2C%2Fblog%2F${slug}&tags=c%2Cd`,
      ),
    hasNoErrors,
  ],

  // Snippets for functions.php, as many blogs have them
  [
    'a snippet: type and slug, declared as a form',
    'edited',
    ({ slug }) => snippet([], php({ type: 'post', slug })),
    is200,
  ],
  [
    'a snippet: post_type and slug',
    'deleted',
    ({ slug }) => snippet([JSON_TYPE], php({ post_type: 'post', slug })),
    is200,
  ],
  [
    'a snippet: path',
    'edited',
    ({ slug }) => snippet([JSON_TYPE], php({ path: `/blog/${slug}` })),
    is200,
  ],
  ['a snippet: a form', 'edited', ({ slug }) => snippet([], `path=%2Fblog%2F${slug}`), is200],

  ['Strapi', 'edited', ({ slug }) => strapi('entry.update', { id: 1, slug }), is2xx],
  ['Strapi: deleted', 'deleted', ({ slug }) => strapi('entry.delete', { id: 1, slug }), is2xx],
  [
    'Ghost',
    'edited',
    ({ slug }) => ghost('post', { current: { id: '6', slug }, previous: { title: 'Before' } }),
    is2xx,
  ],
  [
    'Ghost: deleted',
    'deleted',
    ({ slug }) => ghost('post', { current: {}, previous: { slug } }),
    is2xx,
  ],
  [
    'Ghost: a tag',
    'category',
    () => ghost('tag', { current: { id: '7', slug: 'news' }, previous: { name: 'Before' } }),
    is2xx,
  ],
  [
    "a snippet: a post of WordPress's REST API",
    'edited',
    ({ id, slug }) =>
      snippet([JSON_TYPE], php({ id, slug, status: 'publish', categories: [3], tags: [5, 7] })),
    is200,
  ],
  [
    'Sanity',
    'edited',
    ({ slug }) =>
      documented([WEBHOOK, `sanity-webhook-signature: t=1763805600000,v1=${'0'.repeat(43)}`], {
        _id: 'a',
        _type: 'post',
        slug: { _type: 'slug', current: slug },
        tags: [{ _key: 'k', _ref: 't1', _type: 'reference' }],
      }),
    is2xx,
  ],
  [
    'Drupal: a node as JSON',
    'edited',
    ({ slug }) =>
      documented([BEARER], {
        type: 'article',
        path: { alias: `/${slug}`, pid: 4, langcode: 'en' },
        tags: [{ target_id: 5, target_type: 'taxonomy_term' }],
      }),
    is2xx,
  ],
  [
    'Prismic: the secret in its JSON',
    'edited',
    () =>
      documented([], {
        type: 'api-update',
        masterRef: 'X6qn-RIAACMAVge1',
        tags: { addition: [{ id: 'news' }] },
        documents: ['X6qnNhIAACMAVgWo'],
        domain: 'my-site',
        apiUrl: 'https://my-site.prismic.io/api',
        secret: '{SECRET}',
      }),
    is2xx,
  ],
  [
    'GitHub: a push',
    'edited',
    ({ slug }) =>
      github('push', {
        ref: 'refs/heads/main',
        commits: [{ id: '0'.repeat(40), modified: [`posts/${slug}.mdx`] }],
      }),
    is2xx,
  ],
  [
    'GitLab: a release',
    'edited',
    () => documented([WEBHOOK], { object_kind: 'release', tag: 'v1.1', action: 'create' }),
    is2xx,
  ],
  [
    'Contentful',
    'edited',
    ({ slug }) =>
      contentful('publish', {
        sys: { type: 'Entry' },
        fields: { slug: { 'en-US': slug, de: 'x' } },
      }),
    is2xx,
  ],
  [
    'Contentful: deleted',
    'deleted',
    () => contentful('unpublish', { sys: { type: 'DeletedEntry', id: '1' } }),
    is2xx,
  ],
];

/** Senders that name numbers of WordPress, from the files above. */
const NUMBERED: Row[] = [
  [
    'superhuit: 日本',
    'edited',
    ({ slug }) => superhuit(`${PERMALINK}/${slug.toUpperCase()}/`),
    is200,
  ],
  [
    'Dexerto',
    'edited',
    ({ id, slug }) => dexerto({ postId: id, paths: ['/', `${PERMALINK}/${slug}`] }),
    revalidated,
  ],
  ['Dexerto: tags alone', 'edited', ({ id }) => dexerto({ postId: id, tags: ['x'] }), revalidated],
  ['Dexerto: deleted', 'deleted', ({ id }) => dexerto({ postId: id, paths: ['/'] }), revalidated],
  ['next-wp', 'edited', ({ id }) => nextWp({ contentType: 'post', contentId: id }), is2xx],
  [
    'next-wp: gone already',
    'deleted',
    ({ id }) => nextWp({ contentType: 'post', contentId: id }),
    is2xx,
  ],
  ['next-wp: a page', 'page', ({ id }) => nextWp({ contentType: 'page', contentId: id }), is2xx],
  [
    'next-wp: a category',
    'category',
    ({ term }) => nextWp({ contentType: 'category', contentId: term }),
    is2xx,
  ],
  ['next-wp: a tag', 'tag', ({ tag }) => nextWp({ contentType: 'tag', contentId: tag }), is2xx],
  [
    'next-wp: an author',
    'author',
    ({ author }) => nextWp({ contentType: 'author', contentId: author }),
    is2xx,
  ],
  [
    'next-wp: an author who is gone',
    'author deleted',
    ({ author }) => nextWp({ contentType: 'author', contentId: author }),
    is2xx,
  ],
  [
    'next-wp: media',
    'picture',
    ({ image }) => nextWp({ contentType: 'media', contentId: image }),
    is2xx,
  ],
  // 9d8dev/next-wp, wordpress/next-revalidate/next-revalidate.php
  [
    'next-wp, the newer one',
    'edited',
    ({ id, slug }) =>
      nextWp({ type: 'post', data: { id, slug, type: 'post', action: 'update' }, timestamp: 1 }),
    is200,
  ],
  [
    'next-wp, the newer one: a term',
    'category',
    ({ term }) =>
      nextWp({
        type: 'term',
        data: { id: term, slug: 'news', taxonomy: 'category', action: 'edited_term' },
        timestamp: 1,
      }),
    is200,
  ],
  [
    'WPGraphQL: a post',
    'edited',
    ({ id }) => graphql({ post_id: id, ...graphqlMeta('post_updated') }),
    unread,
  ],
  [
    'WPGraphQL: a post that is gone',
    'deleted',
    ({ id }) => graphql({ post_id: id, ...graphqlMeta('post_deleted') }),
    unread,
  ],
  [
    'WPGraphQL, GET: a post',
    'edited',
    ({ id }) =>
      wordpress(
        `GET /api/revalidate?post_id=${id}&${GRAPHQL_META}`,
        [WEBHOOK],
        undefined,
        GRAPHQL_AGENT,
      ),
    unread,
  ],
  [
    'WPGraphQL: a term',
    'category',
    ({ term }) => graphql({ term_id: term, taxonomy: 'category', ...graphqlMeta('term_created') }),
    unread,
  ],
  [
    'WPGraphQL: a term given to a post',
    'terms',
    ({ id, term }) =>
      graphql({
        object_id: id,
        term_id: term,
        taxonomy: 'category',
        ...graphqlMeta('term_assigned'),
      }),
    unread,
  ],
  [
    'WPGraphQL: a user who is gone',
    'author deleted',
    ({ author }) => graphql({ user_id: author, ...graphqlMeta('user_deleted') }),
    unread,
  ],
  [
    'WPGraphQL: media, which it calls a post',
    'picture',
    ({ image }) => graphql({ post_id: image, ...graphqlMeta('media_updated') }),
    unread,
  ],
];

/* The runner. */

/** The bytes of a template, as its client writes them to a host. */
function filled(template: string, host: string, secret: string): string {
  const bytes = template.replaceAll('{SECRET}', secret).replaceAll('{HOST}', host);
  const body = bytes.slice(bytes.indexOf('\r\n\r\n') + 4);
  return bytes.replace('{LENGTH}', String(Buffer.byteLength(body)));
}

/** Sends these bytes, and reads the answer as an HTTP client does. */
async function send(url: string, template: string, secret: string): Promise<Answer> {
  const { host, hostname, port } = new URL(url);
  const bytes = filled(template, host, secret);
  const end = bytes.indexOf('\r\n\r\n') + 4;
  const [head, body] = [bytes.slice(0, end), bytes.slice(end)];

  const socket = connect(Number(port), hostname);
  let received = Buffer.alloc(0);
  socket.on('data', (data: Buffer) => (received = Buffer.concat([received, data])));
  const more = () => Promise.race([once(socket, 'data'), once(socket, 'close')]);
  socket.write(head);
  if (/^Expect: 100-continue/im.test(head)) {
    await more();
    expect(received.toString()).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
    received = Buffer.alloc(0);
  }
  socket.write(body);
  let answer = answerIn(received);
  while (!answer) {
    if (socket.closed) throw new Error(`The connection ended: ${received.toString()}`);
    await more();
    answer = answerIn(received);
  }
  socket.destroy();
  return answer;
}

const DECODE: Record<string, (bytes: Buffer) => Buffer> = {
  gzip: gunzipSync,
  br: brotliDecompressSync,
  deflate: inflateSync,
};

/** The answer, once it is there as a whole. */
function answerIn(received: Buffer): Answer | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = received.subarray(0, end).toString();
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1];
  const raw = received.subarray(end + 4);
  const isChunked = header('transfer-encoding') === 'chunked';
  const whole = isChunked
    ? raw.toString('latin1').endsWith('0\r\n\r\n')
    : raw.length >= Number(header('content-length') ?? 0);
  if (!whole) return undefined;
  const bytes = isChunked ? chunksOf(raw) : raw;
  const text = (DECODE[header('content-encoding') ?? '']?.(bytes) ?? bytes).toString();
  const isJson = header('content-type')?.includes('json');
  return { status: Number(head.split(' ')[1]), json: isJson ? JSON.parse(text) : undefined };
}

function chunksOf(raw: Buffer): Buffer {
  const end = raw.indexOf('\r\n');
  const size = Number.parseInt(raw.subarray(0, end).toString(), 16);
  if (!size) return Buffer.alloc(0);
  const chunk = raw.subarray(end + 2, end + 2 + size);
  return Buffer.concat([chunk, chunksOf(raw.subarray(end + 4 + size))]);
}

/** Sends a row's bytes about an edit, with a wrong secret and with the right one. */
async function replay(site: Site, edit: Edit, row: Row): Promise<void> {
  const [, , bytes, success, onVisit] = row;
  const { told, make, shows = [], hides = [], gone = [] } = edit;
  const checks = new Map<string, (page: Visit) => boolean>([
    ...shows.map(([path, words]) => [path, has(words)] as const),
    ...hides.map(([path, words]) => [path, (page: Visit) => !has(words)(page)] as const),
    ...gone.map((path) => [path, ({ status }: Visit) => status === 404] as const),
  ]);
  /** Pages that are not as they should be, or were made for this visitor only. */
  const staleOf = async (paths: string[]) => {
    const stale: string[] = [];
    for (const path of paths) {
      const page = await site.visit(path);
      const isStored = page.headers.get('x-nextjs-cache') === 'HIT';
      if (!checks.get(path)?.(page) || !(isStored || path === FEED || onVisit)) stale.push(path);
    }
    return stale;
  };
  // The feed has the source looked at, purge or not.
  const pages = [...checks.keys()].filter((path) => path !== FEED);
  expect(await staleOf(pages)).toEqual(pages);
  await make();

  const wrong = await send(site.url, bytes(told), 'x'.repeat(SECRET.length));
  expect(wrong).toEqual({ status: 401, json: { message: 'Invalid token' } });
  if (success !== unread) expect(success(wrong)).toBe(false);
  expect(await staleOf(pages)).toEqual(pages);

  const answer = await send(site.url, bytes(told), SECRET);
  expect({ isSuccess: success(answer), answer }).toMatchObject({ isSuccess: true });
  expect(await staleOf([...checks.keys()])).toEqual([]);
}

const has =
  (words: string) =>
  ({ text }: Visit) =>
    text.includes(words);

describe('over the posts folder', () => {
  let site: Site;
  let count = 0;

  beforeAll(async () => {
    site = await startSite();
  });
  afterAll(() => site.close());

  /** A post that visitors have seen, and how it is edited. */
  async function prepare(kind: Kind): Promise<Edit> {
    count += 1;
    const slug = `post-${count}`;
    const path = `/blog/${slug}`;
    const lists = ['/', '/category/news', FEED];
    const [before, after] = [`Earlier ${count} once`, `Newer ${count} once`];
    // Later than the others, so that it is on the first page of each list.
    const date = new Date(Date.UTC(2026, 0, 1, 0, count)).toISOString().slice(0, 16);
    const fields = { date, title: before, category: 'News' };
    const told = { slug, id: 12, term: 3, tag: 4, author: 2, image: 30 };
    const edits: Partial<Record<Kind, Omit<Edit, 'told'>>> = {
      edited: {
        make: () => site.write(slug, after, { ...fields, title: after }),
        shows: [path, ...lists].map((where) => [where, after]),
      },
      deleted: {
        make: () => site.remove(slug),
        hides: lists.map((where) => [where, before]),
        gone: [path],
      },
      page: {
        make: () => site.write(slug, after, { title: before, page: 'true' }),
        shows: [[`/${slug}`, after]],
      },
      category: {
        make: () => site.write(slug, before, { ...fields, category: after }),
        shows: [
          [path, after],
          ['/topics', after],
          [`/category/newer-${count}-once`, after],
        ],
        hides: [['/category/news', before]],
      },
    };
    const edit = edits[kind];
    if (!edit) throw new Error(`A posts folder has no ${kind}`);
    await site.write(slug, before, kind === 'page' ? { title: before, page: 'true' } : fields);
    await site.purge('/');
    return { told, ...edit };
  }

  test.each(ROWS)('%s (%s)', async (...row) => {
    await replay(site, await prepare(row[1]), row);
  });

  test('superhuit calls for four pages at once', async () => {
    const edits = [];
    for (let n = 0; n < 4; n += 1) edits.push(await prepare('edited'));
    for (const { make } of edits) await make();
    const answers = edits.map(({ told }) => send(site.url, superhuit(`/${told.slug}/`), SECRET));
    for (const answer of await Promise.all(answers)) expect(is200(answer)).toBe(true);
    for (const [path, words] of edits.flatMap(({ shows = [] }) => shows)) {
      expect((await site.visit(path)).text).toContain(words);
    }
  });

  test('WordPress asks before it sends a megabyte, which is taken', async () => {
    const { make, shows = [] } = await prepare('edited');
    await make();
    const body = `${'{"paths":["/"]'.padEnd(1024 * 1024 - 1)}}`;
    const bytes = wordpress('PUT /api/revalidate', [BEARER, JSON_TYPE], body);
    expect(bytes).toContain('Expect: 100-Continue');
    expect(revalidated(await send(site.url, bytes, SECRET))).toBe(true);
    for (const [path, words] of shows) expect((await site.visit(path)).text).toContain(words);
  });

  test('a page that cannot be made is no success to anybody, and who shows a message has the cause', async () => {
    const { told, make } = await prepare('edited');
    const { slug } = told;
    await make();
    await site.write(slug, '<Calout />');
    const answers: [Success, string][] = [
      [is200, superhuit(`/${slug}/`)],
      [is2xx, silverAssist(`/blog/${slug}/`)],
      [is200, gregrickaby(`/blog/${slug}`)],
      [is2xx, nextWp({ contentType: 'post', contentId: 12 })],
      [revalidated, dexerto({ postId: 12, paths: [`/${slug}`] })],
      [hasNoErrors, craft(`paths=%2Fblog%2F${slug}`)],
    ];
    for (const [success, bytes] of answers) {
      const answer = await send(site.url, bytes, SECRET);
      expect({ isSuccess: success(answer), answer }).toMatchObject({ isSuccess: false });
      if (success === revalidated) {
        // Dexerto shows it to the editor, if `revalidated` is there and says no.
        expect(answer.json).toMatchObject({
          revalidated: false,
          message: expect.stringMatching(/^\/blog\/.*mdx.*Calout/),
        });
      }
    }
    await site.remove(slug);
  });
});

describeWithWordPress('over a WordPress', () => {
  let cms: WordPress;
  let site: Site;
  /** What senders know of the post of each row. */
  let posts: Told[];

  beforeAll(async () => {
    cms = await startWordPress();
    posts = JSON.parse(
      await cms.php(`
        $news = wp_insert_term('News', 'category')['term_id'];
        $posts = [];
        foreach (json_decode('${JSON.stringify(NUMBERED.map(([, kind]) => kind))}') as $n => $kind) {
          $section = wp_insert_term("Section $n", 'category')['term_id'];
          $tag = wp_insert_term("Tag $n", 'post_tag')['term_id'];
          $author = wp_insert_user(['user_login' => "u$n", 'user_pass' => 'x', 'role' => 'editor']);
          $image = wp_insert_attachment(['post_title' => 'Tree', 'post_mime_type' => 'image/png', 'post_status' => 'inherit'], "tree$n.png");
          $title = 'page' === $kind ? "page-$n" : "日本-$n";
          // Those that lists have to show are the newest.
          $month = in_array($kind, ['edited', 'deleted']) ? 2 : 1;
          $id = wp_insert_post(['post_title' => $title, 'post_name' => $title, 'post_status' => 'publish',
            'post_type' => 'page' === $kind ? 'page' : 'post', 'post_author' => $author,
            'post_date' => "2026-0$month-01 00:00:$n", 'tags_input' => [$tag],
            'post_category' => ['category' === $kind ? $section : $news]]);
          set_post_thumbnail($id, $image);
          $posts[] = ['id' => $id, 'slug' => get_post($id)->post_name, 'term' => $section, 'tag' => $tag,
            'author' => $author, 'image' => $image];
        }
        echo json_encode($posts);`),
    );
    site = await startSite({}, { WORDPRESS_URL: cms.url });
  });
  afterAll(async () => {
    await site?.close();
    await cms?.close();
  });

  const rest = (method: string, route: string, body?: object) =>
    cms.rest(method, `/wp/v2/${route}`, body);

  const KINDS: Record<Kind, (told: Told, words: string, path: string) => Omit<Edit, 'told'>> = {
    edited: ({ id }, words, path) => ({
      make: () => rest('POST', `posts/${id}`, { title: words, content: words }),
      shows: [path, '/', '/category/news', FEED].map((where) => [where, words]),
    }),
    deleted: ({ id, slug }, _, path) => ({
      make: () => rest('DELETE', `posts/${id}?force=true`),
      hides: ['/', '/category/news', FEED].map((where) => [where, decodeURIComponent(slug)]),
      gone: [path],
    }),
    page: ({ id, slug }, words) => ({
      make: () => rest('POST', `pages/${id}`, { content: words }),
      shows: [[`/${slug}`, words]],
    }),
    category: ({ term }, words, path) => ({
      make: () => rest('POST', `categories/${term}`, { name: words }),
      // Its slug stays.
      shows: [path, '/topics'].map((where) => [where, words]),
    }),
    tag: ({ tag }, words, path) => ({
      make: () => rest('POST', `tags/${tag}`, { name: words }),
      shows: [path, '/topics'].map((where) => [where, words]),
    }),
    terms: ({ id, term }, words, path) => ({
      // Not by saving the post, so that its date stays.
      make: () => cms.php(`wp_set_post_terms(${id}, [${term}], 'category');`),
      shows: [[path, words.replace('newer-', 'Section ')]],
    }),
    author: ({ author }, words, path) => ({
      make: () => rest('POST', `users/${author}`, { name: words }),
      shows: [[path, words]],
    }),
    'author deleted': ({ author }, _, path) => ({
      make: () => rest('DELETE', `users/${author}?force=true&reassign=1`),
      shows: [[path, '>admin</a>']],
    }),
    picture: ({ image }, words, path) => ({
      make: () => rest('POST', `media/${image}`, { alt_text: words }),
      shows: [[path, words]],
    }),
  };

  test('the bytes are those that WordPress writes', async () => {
    const written: string[] = [];
    const server = createServer((socket) => {
      let bytes = '';
      socket.on('data', (data: Buffer) => {
        bytes += data.toString();
        const end = bytes.indexOf('\r\n\r\n') + 4;
        const length = Number(/^Content-Length: (\d+)/im.exec(bytes)?.[1] ?? 0);
        if (end < 4 || Buffer.byteLength(bytes.slice(end)) < length) return;
        written.push(bytes);
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
      });
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    await cms.php(`
      $url = 'http://127.0.0.1:${port}/api/revalidate';
      wp_remote_get(add_query_arg(['path' => wp_make_link_relative("$url/%e6%97%a5/"), 'secret' => 'S'], $url), ['timeout' => 60]);
      wp_remote_request($url, ['method' => 'PUT', 'headers' => ['Authorization' => 'Bearer S', 'Content-Type' => 'application/json'],
        'body' => wp_json_encode(['postId' => 1, 'paths' => [0 => '/', 2 => '/a'], 'tags' => ['günlük']])]);
      wp_remote_post("$url?secret=S", ['body' => wp_json_encode(['type' => 'post'])]);
      wp_remote_request(add_query_arg(['key' => 'a', 'path' => '', '_webhook_meta' => ['sent_at' => '2026-11-22 10:00:00']], $url),
        ['method' => 'GET', 'blocking' => false, 'headers' => ['x-webhook-secret' => 'S'], 'user-agent' => '${GRAPHQL_AGENT}']);`);
    server.close();
    const same = (bytes: string) =>
      filled(bytes, `127.0.0.1:${port}`, 'S').replace(
        /^(User-Agent: WordPress|Accept-Encoding: ).*/gm,
        '$1',
      );
    expect(written.map(same)).toEqual(
      [
        superhuit('/api/revalidate/%E6%97%A5/'),
        dexerto({ postId: 1, paths: { 0: '/', 2: '/a' }, tags: ['günlük'] }),
        snippet([], php({ type: 'post' })),
        wordpress(
          'GET /api/revalidate?key=a&path&_webhook_meta%5Bsent_at%5D=2026-11-22%2010:00:00',
          [WEBHOOK],
          undefined,
          GRAPHQL_AGENT,
        ),
      ].map(same),
    );
  });

  test.each(NUMBERED.map((row, index) => [row[0], row[1], index, row] as const))(
    '%s (%s)',
    async (_, kind, index, row) => {
      const told = posts[index];
      if (!told) throw new Error('No post for this row');
      const path = `/blog/${encodeURIComponent(decodeURIComponent(told.slug))}`;
      await replay(site, { told, ...KINDS[kind](told, `newer-${index}`, path) }, row);
    },
  );
});
