/**
 * Random edits of a small blog, for the tests that compare a purged site with a fresh one. The
 * alphabets are small, so that slugs collide, lists fill and empty, and texts come back.
 */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { describeProblem, parsePost, type Post } from '../../lib/source/post';
import type { Site } from './site';

/** A post as its author wrote it. */
export interface Written {
  title: string;
  body: string;
  summary?: string;
  category?: string;
  tags: string[];
  author?: string;
  /** Whether it is found at other addresses too, of which each slug has its own: see `aliasesOf`. */
  moved?: boolean;
  /** The colour of the picture beside it, if it shows one. */
  picture?: Colour;
  /** Whether it links to the file of the post `p05`. */
  links?: boolean;
  date: string;
  draft: boolean;
  page: boolean;
}

type Colour = 'red' | 'blue';

/** One edit: of some fields (which adds the post if there is none), a deletion, or a new slug. */
export interface Edit {
  slug: string;
  set?: Partial<Written>;
  remove?: boolean;
  renameTo?: string;
}

const NEW: Written = {
  title: 'New',
  body: 'New.',
  tags: [],
  date: '2025-01-15',
  draft: false,
  page: false,
};

/** 23 posts, so that all posts, a category and a tag have numbered pages; and two pages. */
export const INITIAL: ReadonlyMap<string, Written> = new Map([
  ...Array.from({ length: 23 }, (_, index): [string, Written] => {
    const day = String(index + 1).padStart(2, '0');
    const category = index < 10 ? 'Guide' : index < 14 ? 'News' : undefined;
    const tags = ['red', 'green', 'blue'].filter((_, tag) => index % (2 * tag + 1) === 0);
    return [`p${day}`, { ...NEW, title: `Post ${day}`, date: `2025-01-${day}`, category, tags }];
  }),
  ['about', { ...NEW, title: 'About', page: true }],
  ['contact', { ...NEW, title: 'Contact', page: true }],
]);

/** The slugs that edits take: those of the initial posts, and a few more. */
export const SLUGS = [...INITIAL.keys(), 'a', 'b', 'c', 'zebra', 'çay', '42'];

const FIELDS = {
  title: fc.constantFrom('Apple', 'Pear & plum', 'Quince <1>'),
  body: fc.constantFrom('One *word*.', 'Two words.', '## Three\n\n<Callout>Words.</Callout>'),
  summary: fc.constantFrom(undefined, 'Short.', 'Long & "good".'),
  // Two spellings of one name: its oldest post decides.
  category: fc.constantFrom(undefined, 'Guide', 'guide', 'News', 'Über uns'),
  tags: fc.uniqueArray(fc.constantFrom('red', 'Red', 'green', 'blue', 'çay'), { maxLength: 3 }),
  author: fc.constantFrom(undefined, 'Ada', 'ADA', 'Çelik'),
  moved: fc.boolean(),
  picture: fc.constantFrom(undefined, 'red' as const, 'blue' as const),
  links: fc.boolean(),
  date: fc.constantFrom(
    '2024-12-31',
    '2025-01-05',
    '2025-01-05T08:00',
    '2025-01-05T09:00',
    '2025-01-12',
    '2025-02-01',
    '2999-12-31',
  ),
  draft: fc.boolean(),
  page: fc.boolean(),
};

/** A random edit of a post with one of these slugs. */
export function editOf(slugs: string[]): fc.Arbitrary<Edit> {
  const slug = fc.constantFrom(...slugs);
  const plain = { noNullPrototype: true };
  const set = fc.oneof(
    fc.record(FIELDS, plain),
    ...[
      fc.record({ title: FIELDS.title }, plain),
      fc.record({ body: FIELDS.body }, plain),
      fc.record({ summary: FIELDS.summary }, plain),
      fc.record({ category: FIELDS.category }, plain),
      fc.record({ tags: FIELDS.tags }, plain),
      fc.record({ author: FIELDS.author }, plain),
      fc.record({ moved: FIELDS.moved }, plain),
      fc.record({ picture: FIELDS.picture }, plain),
      fc.record({ links: FIELDS.links }, plain),
      fc.record({ date: FIELDS.date }, plain),
      fc.record({ draft: FIELDS.draft }, plain),
      fc.record({ page: FIELDS.page }, plain),
    ],
  );
  return fc.oneof(
    { weight: 8, arbitrary: fc.record({ slug, set }, plain) },
    { weight: 1, arbitrary: fc.record({ slug, remove: fc.constant(true) }, plain) },
    { weight: 1, arbitrary: fc.record({ slug, renameTo: slug }, plain) },
  );
}

/** The files that an edit writes, or removes (undefined). */
export function filesOf(
  posts: ReadonlyMap<string, Written>,
  { slug, set, remove, renameTo }: Edit,
): [string, Written | undefined][] {
  const post = posts.get(slug);
  if (set) return [[slug, { ...(post ?? NEW), ...set }]];
  if (!post || renameTo === slug) return [];
  const gone: [string, undefined] = [slug, undefined];
  return remove || renameTo === undefined ? [gone] : [[renameTo, { ...post }], gone];
}

/** A path, and another slug, of no other post: aliases that collide are tested elsewhere. */
const aliasesOf = (slug: string): string[] => [`/old/${slug}`, `was-${slug}`];

const frontMatterOf = (slug: string, written: Written) => ({
  ...written,
  body: undefined,
  moved: undefined,
  picture: undefined,
  links: undefined,
  aliases: written.moved ? aliasesOf(slug) : undefined,
});

/** The file of a post in the folder: each slug has one, of all forms that a post may have. */
function fileOf(slug: string): string {
  const forms = [`${slug}.mdx`, `${slug}.md`, `folder/2024-1-5-${slug}/index.md`];
  return forms[SLUGS.indexOf(slug) % forms.length] ?? `${slug}.mdx`;
}

const LINKED = fileOf('p05');

/** Writes or removes the file of one post, and the picture beside it. */
export async function save(site: Site, slug: string, post: Written | undefined): Promise<void> {
  const name = fileOf(slug);
  const at = (other: string) => path.join(site.postsDir, path.dirname(name), other);
  const pictureName = `picture-of-${slug}.png`;
  if (!post) {
    await rm(path.join(site.postsDir, name));
    await rm(at(pictureName), { force: true });
    return;
  }
  await mkdir(at('.'), { recursive: true });
  const write = async (file: string, content: string | Buffer) => {
    await writeFile(`${file}.new`, content);
    await rename(`${file}.new`, file);
  };
  if (post.picture) await write(at(pictureName), await PICTURES[post.picture]);
  else await rm(at(pictureName), { force: true });

  const { picture } = post;
  const fields = { ...frontMatterOf(slug, post), image: picture && pictureName };
  const yaml = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    // JSON is YAML.
    .map(([field, value]) => `${field}: ${JSON.stringify(value)}`);
  const link = path.posix.relative(path.posix.dirname(name), LINKED);
  const body = [
    post.body,
    ...(picture ? [`![A picture](${pictureName})`] : []),
    ...(post.links ? [`See [five](${link}).`] : []),
  ];
  await write(
    path.join(site.postsDir, name),
    ['---', ...yaml, '---', '', body.join('\n\n'), ''].join('\n'),
  );
}

const pictureOf = (background: Colour, width: number) =>
  sharp({ create: { width, height: 20, channels: 3, background } })
    .png()
    .toBuffer();
const PICTURES = { red: pictureOf('red', 30), blue: pictureOf('blue', 40) };

const parsed = new WeakMap<Written, Post>();

/** The post, as the site reads it from a file of its own, without what lies beside it. */
export function postOf(slug: string, written: Written): Post {
  const known = parsed.get(written);
  if (known) return known;
  const fields = JSON.stringify(frontMatterOf(slug, written));
  const text = `---\n${fields}\n---\n\n${written.body}\n`;
  const { post, problem } = parsePost(`${slug}.mdx`, slug, text);
  if (!post) throw new Error(describeProblem(problem));
  parsed.set(written, post);
  return post;
}
