/** A blog, and the manual, served by a real `next start`: valid HTML, links that lead somewhere, safe headers. */
import { HtmlValidate } from 'html-validate';
import { COLOUR_SCRIPT } from '../../lib/site/colour-choice';
import { PROFILE } from '../setup/build-site';
import { MANUAL, MANUAL_FILES } from '../setup/manual';
import { SECRET, startSite, until, type Site, type Visit } from '../setup/site';

const NASTY = `<b>Bold</b> & "quotes" 'single' </script> 🌲`;

/** The fields of a post of the blog that is walked, and what its text is. */
type Written = [slug: string, fields: Record<string, string>, body: string];

const AUTHOR = 'The Evergreen team';
const POSTS: Written[] = [
  ['about', { page: 'true', date: '2026-09-01' }, 'Begin with [security](/blog/security).'],
  [
    'security',
    {
      title: '"Security: the secret, and what else to guard"',
      date: '2026-10-02',
      author: AUTHOR,
      category: 'Guide',
      tags: '[security, purging]',
    },
    [
      '## The secret\n\nAbout [this site](/about), and [one part](#the-secret) of it.',
      '```bash copy\nnpm run preview\n```',
      '<Callout kind="warning" title="Mind">A note.[^1]</Callout>',
      '<Figure src="/figures/lost-update.svg" alt="A race" caption="A race" />',
      '![A photo](/figures/reading.png)\n\n<page-age>Old.</page-age>',
      '| a | b |\n| - | - |\n| 1 | 2 |\n\n[^1]: See [the other](/blog/other#deep).',
    ].join('\n\n'),
  ],
  ['other', { category: 'Notes', updated: '2026-03-01' }, '## Part\n\nText.\n\n### Deep\n\nText.'],
  // Enough for a second page of lists.
  ...Array.from({ length: 12 }, (_, index): Written => [
    `guide-${index}`,
    { category: 'Guide', tags: `[isr, tag-${index}]`, author: AUTHOR, date: '2025-05-05' },
    `Text [of the one before](/blog/${index === 0 ? 'other' : `guide-${index - 1}`}).`,
  ]),
];

let site: Site;
let pages: Map<string, Visit>;

beforeAll(async () => {
  site = await startSite();
  for (const [slug, fields, body] of POSTS) await site.write(slug, body, fields);
  await site.call({ changed: true });
  pages = await walk(site);
});
afterAll(() => site.close());

/** All pages of a site to which links lead, and what they name. */
async function walk({ visit }: Site): Promise<Map<string, Visit>> {
  const found = new Map<string, Visit>();
  const queue = ['/', '/no-such-page'];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (found.has(at)) continue;
    const page = await visit(at);
    found.set(at, page);
    if (page.headers.get('content-type')?.startsWith('text/html')) {
      queue.push(...linksIn(page.text).map(({ to }) => to));
    }
  }
  return found;
}

/** The addresses of this site that a page names, each with its fragment. */
function linksIn(html: string): { to: string; fragment: string }[] {
  return [...html.matchAll(/ (?:href|src|poster)="(\/[^"]*|#[^"]*)"/g)].flatMap(([, link = '']) => {
    const url = new URL(link.replaceAll('&amp;', '&'), 'http://site');
    const to = link.startsWith('#') ? [] : [url.pathname + url.search];
    return to.map((address) => ({ to: address, fragment: url.hash.slice(1) }));
  });
}

const html = (of = pages) =>
  [...of].filter(([, { headers }]) => headers.get('content-type')?.startsWith('text/html'));

/** The links of a site that lead to no page, or to no place in it. */
function lostIn(all: Map<string, Visit>): unknown[] {
  const broken = [...all].filter(([at, { status }]) => status !== 200 && at !== '/no-such-page');
  const lost = html(all).flatMap(([at, { text }]) =>
    [...text.matchAll(/ href="([^"#]*)#([^"]+)"/g)].flatMap(([, to = '', fragment = '']) => {
      if (/^https?:/.test(to)) return [];
      const target = to === '' ? text : (all.get(to)?.text ?? '');
      const id = decodeURIComponent(fragment);
      return target.includes(` id="${id}"`) ? [] : [`${at} → ${to}#${id}`];
    }),
  );
  return [...broken.map(([at, { status }]) => [at, status]), ...lost];
}

test('every link of the site leads to a page, and every fragment to a place in it', () => {
  expect(lostIn(pages)).toEqual([]);
  expect(pages.size).toBeGreaterThan(35);
});

/** What is not valid in pages. */
async function faultsIn(some: [at: string, page: Visit][]): Promise<string[]> {
  const validator = new HtmlValidate({
    extends: ['html-validate:recommended', 'html-validate:document'],
    rules: {
      // Matters of style, in which React has its own, and of browsers that know less.
      'aria-label-misuse': ['error', { allowAnyNamable: true }],
      'attr-case': 'off',
      'attribute-boolean-style': 'off',
      'attribute-empty-style': 'off',
      'doctype-style': 'off',
      'long-title': 'off',
      'no-trailing-whitespace': 'off',
      'tel-non-breaking': 'off',
      'no-redundant-role': 'off',
      'require-sri': ['error', { target: 'crossorigin' }],
      'void-style': 'off',
      // A dot is allowed in an id.
      'valid-id': ['error', { relaxed: true }],
    },
  });
  const faults: string[] = [];
  for (const [at, { text }] of some) {
    const { results } = await validator.validateString(text);
    for (const { messages } of results) {
      faults.push(
        ...messages.map(({ ruleId, message, line }) => `${at}:${line} ${ruleId} ${message}`),
      );
    }
  }
  return faults;
}

test('every page is valid HTML', async () => {
  expect(await faultsIn(html())).toEqual([]);
});

(MANUAL_FILES.length > 0 ? test : test.skip)(
  'so is the manual, and its links lead somewhere',
  async () => {
    const own = await startSite({}, { POSTS_DIR: MANUAL });
    try {
      await own.call({ changed: true });
      const all = await walk(own);
      expect(lostIn(all)).toEqual([]);
      expect(all.size).toBeGreaterThan(35);
      expect(await faultsIn(html(all))).toEqual([]);
    } finally {
      await own.close();
    }
  },
);

test('no page holds a style or a handler in an attribute, or a script that is neither a module of ours nor that of the colours', () => {
  for (const [at, { text }] of html()) {
    const tags = text.replace(/<style>.*?<\/style>/s, '').match(/<[a-z][^>]*>/g) ?? [];
    const attributes = tags.filter((tag) => / (?:style|on[a-z]+)="/.test(tag));
    const scripts = tags.filter(
      (tag) =>
        tag.startsWith('<script') &&
        tag !== '<script>' &&
        !/^<script type="(?:module" async="" src="\/elements\/|application\/ld\+json")/.test(tag),
    );
    expect(text.split(`<script>${COLOUR_SCRIPT}</script>`)).toHaveLength(2);
    expect({ at, attributes, scripts }).toEqual({ at, attributes: [], scripts: [] });
  }
});

test('every answer carries one strict policy and the usual headers', async () => {
  const kinds = [
    '/',
    '/blog/security',
    '/no-such-page',
    '/feed.xml',
    '/icon.svg',
    '/api/revalidate',
  ];
  const policies = new Set<string | null>();
  for (const at of kinds) {
    const { headers } = await site.visit(at);
    policies.add(headers.get('content-security-policy'));
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'strict-transport-security': expect.stringContaining('max-age='),
    });
    expect(headers.get('x-powered-by')).toBeNull();
  }
  expect(policies.size).toBe(1);
  const [policy] = policies;
  expect(policy).toMatch(/script-src 'self' 'sha256-[\w+/]+=*';/);
  expect(policy).toContain("font-src 'self';");
  // Those of lists and of posts, that of blocks of WordPress, and that of further letters.
  expect(policy).toMatch(/style-src(?: 'sha256-[\w+/]+=*'){4};/);
  expect(policy).not.toContain('unsafe');
});

test('a post tells machines who wrote it, when, and where its picture is', async () => {
  const { text } = await site.visit('/blog/security');
  const [, json = ''] =
    /<script type="application\/ld\+json"[^>]*>(.*?)<\/script>/s.exec(text) ?? [];
  const [, image = ''] = /<meta property="og:image" content="([^"]*)"/.exec(text) ?? [];
  expect(JSON.parse(json)).toMatchObject({
    '@type': 'BlogPosting',
    headline: 'Security: the secret, and what else to guard',
    datePublished: '2026-10-02',
    author: { '@type': 'Person', name: AUTHOR },
    image,
  });
  const { pathname, search } = new URL(image);
  const card = await site.visit(pathname + search);
  expect([card.status, card.headers.get('content-type')]).toEqual([200, 'image/png']);
  expect(card.headers.get('cache-control')).toContain('immutable');
  expect(text).toContain('<link rel="canonical" href="http://localhost:3000/blog/security"');
  expect(text).toContain('<meta name="twitter:card" content="summary_large_image"');
});

test('the font that pages wait for is kept for a year', async () => {
  const { text } = await site.visit('/');
  const [, font = ''] = /<link rel="preload" href="([^"]+)" as="font"/.exec(text) ?? [];
  const { status, headers } = await site.visit(font);
  expect([status, headers.get('content-type')]).toEqual([200, 'font/woff2']);
  expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
});

test('the home page says whose it is', async () => {
  expect((await site.visit('/')).text).toContain(
    `<a href="${PROFILE}" rel="me">social.example</a>`,
  );
  expect((await site.visit('/topics')).text).not.toContain(PROFILE);
});

test('an unknown address is a 404 that searches and shows the newest posts', async () => {
  for (const at of ['/no-such-page', '/blog/none', '/tag/none', '/cards/none.png']) {
    const { status, text } = await site.visit(at);
    expect(status).toBe(404);
    expect(text).toContain('This page does not exist');
    expect(text).toContain('action="/search"');
    expect(text).toContain('href="/blog/security"');
    expect(text).toContain('<meta name="robots" content="noindex"');
  }
});

test.each(['0', '-1', '01', '1e3', '2', '١', '1.0', ' 1', '9'.repeat(30)])(
  'page %j of the archive is a 404',
  async (number) => {
    expect((await site.visit(`/blog/page/${encodeURIComponent(number)}`)).status).toBe(404);
    expect((await site.visit(`/category/guide/page/${encodeURIComponent(number)}`)).status).toBe(
      404,
    );
  },
);

test('the time of rendering is told for a page, and for nothing else', async () => {
  const answer = await site.visit('/api/rendered?path=/blog/security');
  const rendered = Date.parse(answer.headers.get('last-modified') ?? '');
  expect(Math.abs(Date.now() - rendered)).toBeLessThan(120_000);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  for (const [query, status] of [
    ['?path=/blog/none', 404],
    ['?path=/api/revalidate', 400],
    ['?path=https://evil.example/', 400],
    ['?path=/blog/security&path=/', 400],
    ['', 400],
  ]) {
    expect((await site.visit(`/api/rendered${query}`)).status).toBe(status);
  }
  const posted = await fetch(`${site.url}/api/rendered?path=/`, { method: 'POST' });
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

describe('a title with markup, quotes and emoji', () => {
  let own: Site;
  beforeAll(async () => {
    own = await startSite();
    await own.write('nasty', '## Heading\n\nText.', {
      title: JSON.stringify(NASTY),
      category: JSON.stringify('R & D <x>'),
      tags: JSON.stringify(['"quoted"', '<i>']),
      author: JSON.stringify('A & <B>'),
      summary: JSON.stringify('Sum & <sum> "s"'),
    });
    await own.purge('/blog/nasty');
  });
  afterAll(() => own.close());

  test.each([
    '/',
    '/blog/nasty',
    '/category/r-d-x',
    '/tag/quoted',
    '/author/a-b',
    '/topics',
    '/no-such-page',
    '/search?q=bold',
  ])('is text on %s', async (at) => {
    const { text } = await own.visit(at);
    expect(text).not.toContain('<b>Bold');
    expect(text).not.toContain('<x>');
    expect(text).not.toMatch(/<i>|<sum>|<B>/);
    if (at.startsWith('/search')) {
      expect(text).toContain('&lt;b&gt;<mark>Bold</mark>&lt;/b&gt; &amp; &quot;quotes&quot;');
    } else if (at === '/topics') {
      expect(text).toContain('>R &amp; D &lt;x&gt;</a>');
      expect(text).toContain('>&quot;quoted&quot;</a>');
    } else {
      expect(text).toContain('&lt;b&gt;Bold&lt;/b&gt; &amp; &quot;quotes&quot;');
      expect(text).toContain('🌲');
    }
  });

  test('is whole in the JSON-LD, which it does not end', async () => {
    const { text } = await own.visit('/blog/nasty');
    const [, json = ''] =
      /<script type="application\/ld\+json"[^>]*>(.*?)<\/script>/s.exec(text) ?? [];
    expect(JSON.parse(json)).toMatchObject({ headline: NASTY, articleSection: 'R & D <x>' });
    const card = await fetch(`${own.url}/cards/nasty.png`);
    expect([card.status, card.headers.get('content-type')]).toEqual([200, 'image/png']);
  });
});

test('a page that cannot be made says so, under the same policy', async () => {
  const own = await startSite({}, { REVALIDATE_SECONDS: '1' });
  try {
    await own.write('broken', 'Text {');
    await until(async () => (await own.visit('/blog/broken')).status === 500);
    const { text, headers } = await own.visit('/blog/broken');
    expect(text).toContain('Something went wrong');
    expect(text.replace(`<script>${COLOUR_SCRIPT}</script>`, '')).not.toContain('<script');
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(headers.get('cache-control')).toMatch(/no-store|no-cache/);
  } finally {
    await own.close();
  }
});

test('a purge makes the page of a 404 new, and answers for it', async () => {
  const own = await startSite({ hello: 'Text.' });
  try {
    await own.visit('/none');
    await own.write('another', 'Text.', { title: 'Another one' });
    const answer = await fetch(`${own.url}/api/revalidate?changed=1`, {
      headers: { authorization: `Bearer ${SECRET}` },
    });
    expect((await answer.json()).pages.map((page: { path: string }) => page.path)).toContain(
      '/404',
    );
    expect((await own.visit('/none')).text).toContain('Another one');
  } finally {
    await own.close();
  }
});

test('what a post may hold besides Markdown is valid HTML', async () => {
  const rich = [
    'Energy $E=mc^2$, and',
    '$$\n\\begin{matrix} a & b \\\\ c & d \\end{matrix}\n$$',
    '> [!CAUTION]\n> Hot.',
    'Apple\n: A fruit',
    '```js:src/app.js {1}\nconst a = 1;\n```',
    '<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ" title="A film" />',
    '![Far](https://a.example/b.png)',
  ];
  const own = await startSite({ rich: rich.join('\n\n') });
  try {
    const page = await own.visit('/blog/rich');
    expect(page.text).toContain('<embed-frame');
    expect(page.text).toContain('<math');
    expect(await faultsIn([['/blog/rich', page]])).toEqual([]);
    expect(page.text).not.toContain("frame-src 'none'");
    expect((await own.visit('/')).text).toContain('content="frame-src &#x27;none&#x27;"');
  } finally {
    await own.close();
  }
});
