import { describeProblem } from '../../../lib/source/post';
import { siteOf } from '../../../lib/site/site';
import {
  articleOf,
  categoriesOf,
  imageOf,
  isOutdated,
  Media,
  postsOf,
  Rest,
  textOf,
  type Article,
  type Library,
  type Term,
} from '../../../lib/source/wordpress/articles';
import { restPost } from '../../setup/posts';

const ADDRESS = 'https://wp.example';
const AT = Date.parse('2026-11-22T10:00:00Z');

/** A post as WordPress answers it. */
const article = (id: number, fields: object = {}): Article =>
  articleOf(Rest.parse(restPost(id, `${ADDRESS}/2026/post-${id}/`, fields)), ADDRESS, AT);

const term = (id: number, name: string, parent = 0, taxonomy = 'category'): Term => ({
  id,
  name,
  slug: name.toLowerCase(),
  link: `${ADDRESS}/${taxonomy}/${name.toLowerCase()}/`,
  parent,
  taxonomy,
});

const byId = <T extends { id: number }>(list: T[]) => new Map(list.map((one) => [one.id, one]));

const library = (articles: Article[], fields: Partial<Library> = {}): Library => ({
  articles: byId(articles),
  categories: new Map(),
  tags: new Map(),
  authors: byId([{ id: 1, name: 'Ada', slug: 'ada', link: '', description: '' }]),
  images: new Map(),
  ...fields,
});

const load = (articles: Article[], fields?: Partial<Library>) => {
  const { posts, problems } = postsOf(library(articles, fields), ADDRESS);
  return { posts: [...posts.values()], problems: problems.map(describeProblem) };
};

test.each([
  ['%e6%97%a5%e6%9c%ac', '日本'],
  ['T%C3%BCrk%C3%A7e', 'türkçe'],
  ['UPPER-Case', 'upper-case'],
  ['snake_case', 'snake-case'],
  ['a--b', 'a-b'],
  ['100%', '100'],
  ['%e6%97', 'post-1'],
  ['%f0%9f%8e%89', 'post-1'],
])('the slug %s is the path of %s', (slug, expected) => {
  expect(load([article(1, { slug })])).toMatchObject({ posts: [{ slug: expected }], problems: [] });
});

test.each([
  ['ada', 'ada'],
  ['%e6%97%a5%e6%9c%ac', '日本'],
  ['ada_king', 'ada-king-1'],
  ['', 'author-1'],
])('the author with the slug %s is at %s', (slug, authorSlug) => {
  const authors = byId([
    { id: 1, name: 'Ada', slug, link: '', description: ' Writes\nabout &amp; on. ' },
  ]);
  expect(load([article(1)], { authors }).posts).toMatchObject([
    { author: 'Ada', authorSlug, authorAbout: 'Writes about & on.' },
  ]);
});

test.each([
  ['Fish &amp; chips &#8211; &lt;b&gt;', 'Fish & chips – <b>'],
  ['An <em>important</em>  title', 'An important title'],
  ['&nbsp;', 'It begins like this and goes on for…'],
  ['', 'It begins like this and goes on for…'],
])('the title %j is %j', (rendered, title) => {
  const excerpt = { rendered: '<p>It begins like this and goes on for ever and ever</p>' };
  expect(article(1, { title: { rendered }, excerpt }).title).toBe(title);
});

test('a post without title and text has a name, too', () => {
  expect(article(7, { title: { rendered: '' } }).title).toBe('post-7');
});

test('an excerpt is text, without the link to the post', () => {
  const rendered =
    '<p>Some words [&hellip;] <a class="more-link" href="x">Continue <span>reading</span></a></p>\n';
  expect(article(1, { excerpt: { rendered } }).summary).toBe('Some words…');
});

test('what visitors must not see is no post', () => {
  const hidden = [
    article(1, { status: 'private' }),
    article(2, { status: 'draft' }),
    article(3, { content: { rendered: '', protected: true } }),
  ];
  expect(load(hidden)).toEqual({ posts: [], problems: [] });
});

test('a page and a post may share a slug; two posts may not, nor a page and a route', () => {
  const shared = { slug: 'about' };
  const { posts, problems } = load([
    article(1, shared),
    article(2, { ...shared, type: 'page' }),
    article(3, { ...shared, type: 'page' }),
    article(4, { slug: 'blog', type: 'page' }),
    article(5, { slug: 'blog' }),
  ]);
  expect(posts.map(({ slug, page }) => ({ slug, page }))).toEqual([
    { slug: 'about', page: false },
    { slug: 'about', page: true },
    { slug: 'blog', page: false },
  ]);
  expect(problems).toEqual([
    expect.stringMatching(/^WordPress page 3 .*: has the same slug as WordPress page 2 /),
    expect.stringMatching(/^WordPress page 4 .*: \/blog belongs to the site itself/),
  ]);
  const site = siteOf(posts, AT, ADDRESS);
  expect(site.posts.get('/about')?.page).toBe(true);
  expect(site.posts.get('/blog/about')?.page).toBe(false);
});

test('a category lists what is below it, and a loop ends', () => {
  const all = byId([term(1, 'A', 2), term(2, 'B', 3), term(3, 'C', 1), term(4, 'D', 4)]);
  expect(categoriesOf([1], all)).toEqual(['A', 'B', 'C']);
  expect(categoriesOf([4, 2], all)).toEqual(['D', 'B', 'C', 'A']);
  expect(categoriesOf([9], all)).toEqual([]);
});

test('a name of which no path can be made is its slug', () => {
  const smile = { ...term(5, '☺'), slug: 'smile' };
  expect(categoriesOf([5], byId([smile]))).toEqual(['smile']);
});

test('links to an author who has a post lead to their page here', () => {
  const [ada, bob] = [`${ADDRESS}/author/ada/`, `${ADDRESS}/author/bob/`];
  const rendered = `<a href="${ada}">Ada</a> <a href="${bob}">Bob</a>`;
  const authors = byId([
    { id: 1, name: 'Ada', slug: 'ada', link: ada, description: '' },
    { id: 2, name: 'Bob', slug: 'bob', link: bob, description: '' },
  ]);
  const { posts } = load([article(1, { content: { rendered, protected: false } })], { authors });
  expect(posts[0]?.html?.links).toEqual({ [ada]: '/author/ada' });
});

test('links to what the site has follow it when it moves', () => {
  const written = `${ADDRESS}/2026/post-2/`;
  const content = {
    rendered: `<a href="${written}#a">2</a> <a href='/?p=2&#038;x'>?</a> <a href="/?p=2">2</a>
      <a href="${ADDRESS}/category/guide/">Guide</a> <a href="${ADDRESS}/category/empty/">None</a>
      <a href="https://elsewhere.example/2026/post-2/">Else</a> <a href="${ADDRESS}">Home</a>`,
    protected: false,
  };
  const categories = byId([term(1, 'Guide'), term(2, 'Empty')]);
  const [first, second] = [article(1, { content }), article(2, { categories: [1] })];
  const before = load([first, second], { categories }).posts[0];
  expect(before?.html?.links).toEqual({
    [written]: '/blog/post-2',
    '/?p=2': '/blog/post-2',
    [`${ADDRESS}/category/guide/`]: '/category/guide',
    [ADDRESS]: '/',
  });
  const moved = article(2, { slug: 'moved', categories: [1] });
  const after = load([first, moved], { categories }).posts[0];
  expect(after?.html?.links['/?p=2']).toBe('/blog/moved');
  expect(after?.bodyHash).not.toBe(before?.bodyHash);
  const page = article(2, { slug: 'moved', type: 'page' });
  expect(load([first, page], { categories }).posts[0]?.html?.links[written]).toBe('/moved');
});

test('a post that is as it was is the same object', () => {
  const { posts } = postsOf(library([article(1), article(2)]), ADDRESS);
  const again = postsOf(
    library([article(1), article(2, { title: { rendered: 'Other' } })]),
    ADDRESS,
    posts,
  );
  expect(again.posts.get(1)).toBe(posts.get(1));
  expect(again.posts.get(2)).not.toBe(posts.get(2));
});

test('a post is read anew when anything tells that it changed, or may have within its second', () => {
  const known = article(1);
  expect(isOutdated(known, known.stub)).toBe(false);
  expect(isOutdated(known, { ...known.stub, categories: [4] })).toBe(true);
  expect(isOutdated(known, { ...known.stub, modified_gmt: '2026-01-01T10:00:01' })).toBe(true);
  expect(isOutdated(undefined, known.stub)).toBe(true);
  const fresh = article(1, { modified_gmt: '2026-11-22T09:59:59' });
  expect(isOutdated(fresh, fresh.stub)).toBe(true);
});

test('a picture has its size and its text, and a film is none', () => {
  const media = {
    id: 1,
    source_url: `${ADDRESS}/a.jpg`,
    alt_text: 'A &amp; B',
    media_type: 'image',
  };
  const sized = { ...media, media_details: { width: 3, height: 2 } };
  expect(imageOf(Media.parse(sized))).toEqual({
    src: `${ADDRESS}/a.jpg`,
    alt: 'A & B',
    width: 3,
    height: 2,
  });
  expect(imageOf(Media.parse(media))).toEqual({ src: `${ADDRESS}/a.jpg`, alt: 'A & B' });
  expect(imageOf(Media.parse({ ...media, media_type: 'file' }))).toBeNull();
  expect(imageOf(Media.parse({ ...media, source_url: 'javascript:alert(1)' }))).toBeNull();
});

test('text is what a reader sees', () => {
  expect(textOf('a &lt;script&gt; b')).toBe('a <script> b');
  expect(textOf('a &notanentity; & b')).toBe('a &notanentity; & b'.replace('&not', '¬'));
});
