/**
 * Random edits of a WordPress, each one request, as its editors make them. There are a few places for
 * posts, pages, terms and so on; an edit of an empty one fills it. The alphabets are small, so that
 * slugs collide, topics fill and empty, and what is gone comes back.
 */
import fc from 'fast-check';
import type { WordPress } from './wordpress';

type Kind = 'posts' | 'pages' | 'categories' | 'tags' | 'users' | 'media' | 'blocks';

/** A place for one thing: its route in the REST API, and a number. */
export type Place = `${Kind}/${number}`;

/** A body: a paragraph, a link to something in another place, a block that several posts share. */
interface Body {
  text: string;
  link?: Place;
  block?: Place;
}

/** One edit. */
export type Edit =
  | { at: Place; set: Fields }
  | { at: Place; remove: 'to the trash' | 'for good' }
  /** The time of a scheduled post has come. */
  | { due: Place }
  | { siteTitle: string }
  | { option: string; value: string }
  /** Which pages are the front and the list of posts; null: the posts are at the front. */
  | { front: Place | null; list: Place }
  /** Without saving the post, as Quick Edit does. */
  | { stick: Place; isOn: boolean }
  /** The menu that the theme shows. */
  | { menu: 'make' | 'show' | 'hide' | 'remove' }
  /** An item of it; of an empty place one that points nowhere. */
  | { menuItem: Place }
  /** Pages that are below each other, which WordPress itself never writes. */
  | { circle: Place[] }
  | { permalinks: string }
  /** What becomes of the first comment on a post or page; one is written where there is none. */
  | { comment: Place; work: keyof typeof COMMENT_EDITS };

interface Fields {
  /** Sent as they are. */
  plain?: Record<string, string>;
  content?: Body;
  categories?: Place[];
  tags?: Place[];
  parent?: Place | null;
  author?: Place;
  featured_media?: Place | null;
}

/** What WordPress holds, by its place. */
export type Things = Map<Place, { id: number; link: string }>;

const placesOf = (kind: Kind, count: number): Place[] =>
  Array.from({ length: count }, (_, index): Place => `${kind}/${index}`);

const POSTS = placesOf('posts', 14);
const PAGES = placesOf('pages', 4);
const CATEGORIES = placesOf('categories', 5);
const TAGS = placesOf('tags', 4);
const USERS = placesOf('users', 3);
const MEDIA = placesOf('media', 2);
const [BLOCK = 'blocks/0'] = placesOf('blocks', 1);

const PERMALINKS = [
  '/%year%/%monthnum%/%day%/%postname%/',
  '/%category%/%postname%/',
  '/archives/%post_id%',
  '/%postname%/',
  '/%postname%.html',
  '/index.php/%year%/%postname%/',
  '',
];

/** Options that a site shows, and some values of each. */
const OPTIONS = {
  blogdescription: ['', 'Of this &amp; that', 'Just another blog'],
  timezone_string: ['UTC', 'America/Los_Angeles', 'Asia/Tokyo'],
  date_format: ['F j, Y', 'Y-m-d', 'j. F Y'],
  WPLANG: ['', 'tr_TR', 'de_DE'],
};

/** What a thing has that an edit does not set when it is made. */
const NEW: Record<Kind, Record<string, string>> = {
  posts: { title: 'New', status: 'publish', date: '2025-01-15T12:00:00' },
  pages: { title: 'New', status: 'publish', date: '2025-01-15T12:00:00' },
  categories: { name: 'New' },
  tags: { name: 'New' },
  users: { name: 'New' },
  media: {},
  blocks: { title: 'Shared', status: 'publish' },
};

/** Twelve posts, so that all posts, and two categories, have numbered pages; three pages. */
export const INITIAL: Edit[] = [
  { at: 'categories/0', set: { plain: { name: 'Guide' } } },
  { at: 'categories/1', set: { plain: { name: 'Basics' }, parent: 'categories/0' } },
  { at: 'categories/2', set: { plain: { name: 'News' } } },
  { at: 'categories/3', set: { plain: { name: 'First steps' }, parent: 'categories/1' } },
  ...['red', 'green', 'blue'].map((name, index): Edit => ({
    at: `tags/${index}`,
    set: { plain: { name } },
  })),
  { at: 'users/1', set: { plain: { name: 'Ada' } } },
  { at: 'users/2', set: { plain: { name: 'Grace' } } },
  { at: BLOCK, set: { content: { text: 'Shared words.' } } },
  { at: 'pages/0', set: { plain: { title: 'About', slug: 'about' } } },
  { at: 'pages/1', set: { plain: { title: 'Team', slug: 'team' }, parent: 'pages/0' } },
  { at: 'pages/2', set: { plain: { title: 'Contact', slug: 'contact' } } },
  ...POSTS.slice(0, 12).map((at, index): Edit => {
    const day = String(index + 1).padStart(2, '0');
    return {
      at,
      set: {
        plain: { title: `Post ${day}`, date: `2025-01-${day}T08:00:00` },
        content: {
          text: `Text ${day}.`,
          link: [...CATEGORIES.slice(0, 4), ...PAGES.slice(0, 3), ...POSTS][index],
          block: index % 4 === 0 ? BLOCK : undefined,
        },
        categories: index < 11 ? ['categories/1'] : ['categories/2', 'categories/3'],
        tags: TAGS.slice(0, 3).filter((_, tag) => index % (tag + 1) === 0),
        author: USERS[index % 3],
        featured_media: MEDIA[index],
      },
    };
  }),
];

const texts = (name: string, ...values: string[]) =>
  fc.record({ [name]: fc.constantFrom(...values) });
const plain = (name: string, ...values: string[]): fc.Arbitrary<Fields> =>
  fc.record({ plain: texts(name, ...values) });
const some = (places: Place[]) => fc.uniqueArray(fc.constantFrom(...places), { maxLength: 3 });
const content = fc
  .record({
    text: fc.constantFrom('One <em>word</em>.', 'Two &amp; words.', '</p><h2>Three</h2><p>Words.'),
    link: fc.option(fc.constantFrom(...POSTS, ...PAGES, ...CATEGORIES, ...TAGS), {
      nil: undefined,
    }),
    block: fc.option(fc.constant(BLOCK), { nil: undefined, freq: 3 }),
  })
  .map((body): Fields => ({ content: body }));

const STATUS = plain('status', 'publish', 'publish', 'publish', 'draft', 'private', 'pending');
const DATES = [
  '2024-12-31T10:00:00',
  '2025-01-05T08:00:00',
  '2025-01-07T09:30:00',
  '2025-02-01T00:00:00',
];

const ofPost: fc.Arbitrary<Fields>[] = [
  plain('title', 'Apple', 'Pear &amp; plum', 'Quince <i>1</i>', ''),
  content,
  plain('excerpt', '', 'Short.', 'Long &amp; "good".'),
  plain('date', ...DATES, '2999-12-31T00:00:00'),
  plain('slug', 'apple', 'pear', 'post-03', 'çay', '42'),
  STATUS,
  STATUS,
  plain('password', '', '', 'x'),
  plain('sticky', 'true', 'false'),
  some(CATEGORIES).map((categories) => ({ categories })),
  some(TAGS).map((tags) => ({ tags })),
  fc.constantFrom(...USERS).map((author) => ({ author })),
  fc.option(fc.constantFrom(...MEDIA)).map((featured_media) => ({ featured_media })),
];

/** Two pages at one path would be a problem that the site tells of: their slugs differ. */
const ofPage = (at: Place): fc.Arbitrary<Fields>[] => {
  const own = at.replace('/', '-');
  return [
    plain('title', 'About us', 'Imprint'),
    content,
    plain('slug', `${own}-a`, `${own}-b`),
    STATUS,
    plain('password', '', 'x'),
    fc.option(fc.constantFrom(...PAGES)).map((parent) => ({ parent })),
  ];
};

const ofTerm = [
  plain('description', '', 'All <b>about</b> it.', 'Words &amp; more.'),
  plain(
    'name',
    'Guide',
    'guide',
    'News',
    'Über uns',
    'red',
    'Çay &amp; tea',
    'C++',
    'C#',
    'İstanbul',
  ),
  plain('slug', 'guide', 'news', 'other', 'more', 'c', 'with_underscore', 'istanbul'),
];
const ofCategory = [
  ...ofTerm,
  fc.option(fc.constantFrom(...CATEGORIES)).map((parent): Fields => ({ parent })),
];

/** Mostly one field, as a quick correction; sometimes two at once. */
const editsOf = (places: Place[], fieldsOf: (at: Place) => fc.Arbitrary<Fields>[]) =>
  fc.constantFrom(...places).chain((at) => {
    const one = fc.oneof(...fieldsOf(at));
    const two = fc
      .tuple(one, one)
      .map(([a, b]): Fields => ({ ...a, ...b, plain: { ...a.plain, ...b.plain } }));
    return fc
      .oneof({ weight: 3, arbitrary: one }, { weight: 1, arbitrary: two })
      .map((set): Edit => ({ at, set }));
  });

const removalsOf = (places: Place[], ...ways: ('to the trash' | 'for good')[]) =>
  fc
    .tuple(fc.constantFrom(...places), fc.constantFrom(...ways))
    .map(([at, remove]): Edit => ({ at, remove }));

/** A random edit of a post. */
export const postEdit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 5, arbitrary: editsOf(POSTS, () => ofPost) },
  { weight: 1, arbitrary: removalsOf(POSTS, 'to the trash', 'for good') },
);

/** A random edit of what posts are sorted by: the dates of posts do not tell of it. */
export const topicEdit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 5, arbitrary: editsOf(CATEGORIES, () => ofCategory) },
  { weight: 3, arbitrary: editsOf(TAGS, () => ofTerm) },
  { weight: 2, arbitrary: removalsOf([...CATEGORIES, ...TAGS], 'for good') },
);

/** A page goes below another one, or back to the top: so do all below it. */
const pageMove: fc.Arbitrary<Edit> = fc
  .tuple(fc.constantFrom(...PAGES), fc.option(fc.constantFrom(...PAGES), { freq: 2 }))
  .map(([at, parent]) => ({ at, set: { parent } }));

/** A random edit of what the owner sets for the whole site. */
const siteEdit: fc.Arbitrary<Edit> = fc.oneof(
  fc.constantFrom('A blog', 'Another blog').map((siteTitle) => ({ siteTitle })),
  fc
    .constantFrom(
      ...Object.entries(OPTIONS).flatMap(([option, values]) =>
        values.map((value) => ({ option, value })),
      ),
    )
    .map((edit): Edit => edit),
  fc
    .tuple(fc.option(fc.constantFrom(...PAGES), { freq: 2 }), fc.constantFrom(...PAGES))
    .map(([front, list]): Edit => ({ front, list })),
  fc.tuple(fc.constantFrom(...POSTS), fc.boolean()).map(([stick, isOn]): Edit => ({ stick, isOn })),
  fc.constantFrom('make', 'make', 'show', 'hide', 'remove').map((menu): Edit => ({ menu })),
  fc
    .constantFrom(...POSTS, ...PAGES, ...PAGES, ...CATEGORIES)
    .map((menuItem): Edit => ({ menuItem })),
);

/** A random change of a comment: the date of its post does not tell of it. */
const commentEdit: fc.Arbitrary<Edit> = fc
  .tuple(
    fc.constantFrom(...POSTS, ...PAGES),
    fc.constantFrom('add', 'approve', 'approve', 'edit', 'hold', 'spam', 'trash', 'delete'),
  )
  .map(([comment, work]) => ({ comment, work }) as const);

/** A random edit of anything. */
export const anyEdit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 14, arbitrary: postEdit },
  { weight: 10, arbitrary: topicEdit },
  { weight: 4, arbitrary: editsOf(PAGES, ofPage) },
  { weight: 1, arbitrary: removalsOf(PAGES, 'to the trash', 'for good') },
  {
    weight: 2,
    arbitrary: editsOf(USERS, () => [plain('name', 'Ada', 'Grace', 'Ada &amp; Grace')]),
  },
  { weight: 1, arbitrary: removalsOf(USERS.slice(1), 'for good') },
  { weight: 2, arbitrary: editsOf(MEDIA, () => [plain('alt_text', 'A tree', 'Two "trees"')]) },
  { weight: 1, arbitrary: editsOf([BLOCK], () => [content, STATUS]) },
  { weight: 1, arbitrary: fc.constantFrom(...POSTS).map((due): Edit => ({ due })) },
  { weight: 4, arbitrary: pageMove },
  { weight: 6, arbitrary: siteEdit },
  { weight: 4, arbitrary: commentEdit },
  {
    weight: 1,
    arbitrary: fc
      .uniqueArray(fc.constantFrom(...PAGES), { minLength: 1, maxLength: 2 })
      .map((circle): Edit => ({ circle })),
  },
  { weight: 2, arbitrary: fc.constantFrom(...PERMALINKS).map((permalinks) => ({ permalinks })) },
);

/** A random edit that leaves a trace which WordPress's lists show: that of a shared block leaves none. */
export const findableEdit = anyEdit.filter((edit) => !('at' in edit && edit.at === BLOCK));

/** What WordPress refuses for good reasons, such as a second term of one name, or a sticky post with a password. */
const REFUSED =
  /"(?:empty_content|term_exists|duplicate_term_slug|rest_already_trashed|rest_invalid_field|rest_(?:post|term|user)_invalid(?:_id)?)"/;

/** Makes an edit, and notes in `things` what came of it. False if it came to nothing. */
export async function make(wordpress: WordPress, things: Things, edit: Edit): Promise<boolean> {
  if ('siteTitle' in edit) {
    await wordpress.rest('POST', '/wp/v2/settings', { title: edit.siteTitle });
    return true;
  }
  if ('permalinks' in edit) {
    await wordpress.php(
      `global $wp_rewrite;
      $wp_rewrite->set_permalink_structure('${edit.permalinks}');
      flush_rewrite_rules();`,
    );
    return true;
  }
  const idOf = (place: Place) => things.get(place)?.id ?? 0;
  if ('option' in edit) {
    return didChange(
      wordpress,
      `wp_mkdir_p(WP_LANG_DIR);
      foreach (['tr_TR', 'de_DE'] as $locale) touch(WP_LANG_DIR . "/$locale.mo");
      $done = update_option('${edit.option}', '${edit.value}');`,
    );
  }
  if ('front' in edit) {
    const { front, list } = edit;
    const code = front
      ? `update_option('page_on_front', ${idOf(front)});
        update_option('page_for_posts', ${idOf(list)});
        update_option('show_on_front', 'page');`
      : `update_option('show_on_front', 'posts');`;
    return didChange(wordpress, `${code} $done = true;`);
  }
  if ('stick' in edit) {
    const id = idOf(edit.stick);
    const work = edit.isOn ? 'stick_post' : 'unstick_post';
    return id > 0 && didChange(wordpress, `${work}(${id}); $done = true;`);
  }
  if ('comment' in edit) {
    const id = idOf(edit.comment);
    return id > 0 && didChange(wordpress, `${findComment(id)} ${COMMENT_EDITS[edit.work]}`);
  }
  if ('menu' in edit) return didChange(wordpress, `${MENU} ${MENU_EDITS[edit.menu]}`);
  if ('menuItem' in edit) return addMenuItem(wordpress, edit.menuItem, idOf(edit.menuItem));
  if ('circle' in edit) return makeCircle(wordpress, edit.circle.map(idOf));
  const at = 'due' in edit ? edit.due : edit.at;
  const thing = things.get(at);
  const kind = kindOf(at);
  if ('due' in edit) return thing !== undefined && publishWhatIsDue(wordpress, thing.id);
  if ('remove' in edit) {
    if (!thing) return false;
    const query = edit.remove === 'for good' ? '?force=true&reassign=1' : '';
    const isDone = await unlessRefused(
      wordpress.rest('DELETE', `/wp/v2/${kind}/${thing.id}${query}`),
    );
    if (edit.remove === 'for good') things.delete(at);
    return isDone !== undefined;
  }
  // An image cannot be made without a file.
  if (!thing && kind === 'media') return false;
  const route = thing ? `/wp/v2/${kind}/${thing.id}` : `/wp/v2/${kind}`;
  const written = bodyOf(edit.set, things, wordpress.url);
  // WordPress makes nothing that has neither a title nor a text.
  if (!thing && isEmpty(written)) return false;
  const body = { ...(thing ? {} : newAt(at)), ...written };
  const made = await unlessRefused(wordpress.rest('POST', route, body));
  if (made) things.set(at, { id: made.id, link: made.link });
  return made !== undefined;
}

/** The first comment on a post, whatever its status; a new one waits to be approved. */
const findComment = (post: number): string => `
  $asked = ['post_id' => ${post}, 'status' => 'any', 'number' => 1, 'order' => 'ASC', 'orderby' => 'comment_ID'];
  $trashed = ['status' => ['trash', 'spam']] + $asked;
  $first = get_comments($asked)[0] ?? get_comments($trashed)[0] ?? null;
  $new = ['comment_post_ID' => ${post}, 'comment_author' => 'Reader', 'comment_approved' => 0,
    'comment_author_url' => 'https://reader.example/', 'comment_content' => 'First <em>words</em>.'];
  $id = $first ? (int) $first->comment_ID : wp_insert_comment($new);
  $answer = ['comment_parent' => $id, 'comment_approved' => 1] + $new;`;

const COMMENT_EDITS = {
  add: `$done = (bool) wp_insert_comment($answer);`,
  approve: `$done = wp_set_comment_status($id, 'approve');`,
  edit: `$content = 'Other words, ' . strlen(get_comment($id)->comment_content);
    $done = (bool) wp_update_comment(['comment_ID' => $id, 'comment_content' => $content]);`,
  hold: `$done = wp_set_comment_status($id, 'hold');`,
  spam: `$done = wp_spam_comment($id);`,
  trash: `$done = wp_trash_comment($id);`,
  delete: `$done = wp_delete_comment($id, true);`,
};

const isEmpty = (written: { title?: unknown; content?: unknown; excerpt?: unknown }): boolean =>
  written.title === '' && !written.content && !written.excerpt;

const kindOf = (at: Place): Kind => {
  const kind = Object.keys(NEW).find((name): name is Kind => at.startsWith(`${name}/`));
  if (!kind) throw new Error(at);
  return kind;
};

function newAt(at: Place): object {
  const kind = kindOf(at);
  const name = at.replace('/', '');
  if (kind === 'pages') return { ...NEW.pages, slug: at.replace('/', '-') };
  if (kind !== 'users') return NEW[kind];
  const account = {
    username: name,
    email: `${name}@example.com`,
    password: 'x',
    roles: ['author'],
  };
  return { ...NEW.users, ...account };
}

function bodyOf({ plain, ...fields }: Fields, things: Things, url: string): object {
  const idOf = (place: Place | null | undefined, otherwise: number) =>
    (place && things.get(place)?.id) ?? otherwise;
  const idsOf = (places: Place[]) => places.flatMap((place) => things.get(place)?.id ?? []);
  const { content, categories, tags, parent, author, featured_media } = fields;
  return {
    ...plain,
    ...(content && { content: htmlOf(content, things, url) }),
    ...(categories && { categories: idsOf(categories) }),
    ...(tags && { tags: idsOf(tags) }),
    ...(parent !== undefined && { parent: idOf(parent, 0) }),
    ...(author && { author: idOf(author, 1) }),
    ...(featured_media !== undefined && { featured_media: idOf(featured_media, 0) }),
  };
}

function htmlOf({ text, link, block }: Body, things: Things, url: string): string {
  const href = link && (things.get(link)?.link ?? `${url}/?p=1`);
  const shared = block && things.get(block);
  return [
    `<p>${text}</p>`,
    ...(href ? [`<p><a href="${href}">There</a></p>`] : []),
    ...(shared ? [`<!-- wp:block {"ref":${shared.id}} /-->`] : []),
  ].join('\n\n');
}

async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && REFUSED.test(error.message)) return undefined;
    throw error;
  }
}

/** Lets the time of a scheduled post come. */
async function publishWhatIsDue(wordpress: WordPress, id: number): Promise<boolean> {
  const said = await wordpress.php(
    `if ('future' !== get_post_status(${id})) return;
    global $wpdb;
    $past = gmdate('Y-m-d H:i:s', time() - 5);
    $wpdb->update($wpdb->posts, ['post_date' => $past, 'post_date_gmt' => $past], ['ID' => ${id}]);
    clean_post_cache(${id});
    wp_clear_scheduled_hook('publish_future_post', [${id}]);
    wp_schedule_single_event(time() - 1, 'publish_future_post', [${id}]);
    echo 'due';`,
  );
  if (said !== 'due') return false;
  await wordpress.cron();
  return true;
}

/** Runs PHP that says in `$done` whether it changed something. */
const didChange = async (wordpress: WordPress, code: string): Promise<boolean> =>
  (await wordpress.php(`${code} if ($done) echo 'done';`)) === 'done';

const MENU = `$menu = wp_get_nav_menu_object('Main');`;

/** What happens to the menu; where there is none, only making one does anything. */
const MENU_EDITS = {
  make: `$done = !$menu;
    if ($done) set_theme_mod('nav_menu_locations', ['primary' => wp_create_nav_menu('Main')]);`,
  show: `if ($done = $menu) set_theme_mod('nav_menu_locations', ['primary' => $menu->term_id]);`,
  hide: `if ($done = $menu) set_theme_mod('nav_menu_locations', []);`,
  remove: `if ($done = $menu) wp_delete_nav_menu('Main');`,
};

/** Adds an item to the menu, if there is one. */
function addMenuItem(wordpress: WordPress, place: Place, id: number): Promise<boolean> {
  const kind = kindOf(place);
  const isTerm = kind === 'categories';
  const object = isTerm ? 'category' : kind === 'pages' ? 'page' : 'post';
  return didChange(
    wordpress,
    `${MENU}
    if ($done = $menu) wp_update_nav_menu_item($menu->term_id, 0, [
      'menu-item-type' => '${isTerm ? 'taxonomy' : 'post_type'}',
      'menu-item-object' => '${object}',
      'menu-item-object-id' => ${id || 999_999},
      'menu-item-title' => '${id ? '' : 'Nowhere'}',
      'menu-item-status' => 'publish',
    ]);`,
  );
}

/** Has each page be below the next one, and the last below the first: by SQL, and then told as any change. */
async function makeCircle(wordpress: WordPress, pages: number[]): Promise<boolean> {
  if (pages.includes(0)) return false;
  const writes = pages.map(
    (id, index) => `
      $wpdb->update($wpdb->posts, ['post_parent' => ${pages[(index + 1) % pages.length]},
        'post_modified' => current_time('mysql'), 'post_modified_gmt' => current_time('mysql', true)],
        ['ID' => ${id}]);
      clean_post_cache(${id});`,
  );
  const tells = pages.map(
    (id) => `$status = get_post_status(${id});
      do_action('transition_post_status', $status, $status, get_post(${id}));`,
  );
  return didChange(wordpress, `${[...writes, ...tells].join('')} $done = true;`);
}

/** Fills the places that edits start from, before anybody is told of edits. */
export async function fill(wordpress: WordPress): Promise<Things> {
  const ids: number[] = JSON.parse(
    await wordpress.php(
      `foreach ([0, 1] as $n) {
        $ids[] = $id = wp_insert_attachment(['post_title' => "Tree $n", 'post_mime_type' => 'image/png',
          'post_status' => 'inherit'], "tree-$n.png");
        wp_update_attachment_metadata($id, ['width' => 30, 'height' => 20, 'file' => "tree-$n.png"]);
      }
      echo json_encode($ids);`,
    ),
  );
  const things: Things = new Map([
    ['users/0', { id: 1, link: '' }],
    ...ids.map((id, index) => [`media/${index}`, { id, link: '' }] as const),
  ]);
  for (const edit of INITIAL) await make(wordpress, things, edit);
  return things;
}
