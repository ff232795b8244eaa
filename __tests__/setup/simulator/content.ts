/**
 * The content of the simulator: what an editor writes, and what visitors may see of it.
 */
import type { Post, Problem } from '../../../lib/source/post';
import { siteOf } from '../../../lib/site/site';
import { textOf } from '../next';
import { KnownText } from '../../../lib/text';

/** The slugs that posts may have. */
export const SLUGS = ['a', 'b', 'c'] as const;

/** A post as it is at one moment. */
export interface Version {
  title: number;
  body: number;
  tagged: boolean;
  /** Where it also is found: at `/old-<slug>`. */
  moved: boolean;
  /** Appears at `DUE_MS` only. */
  scheduled: boolean;
  /** Cannot be read, or cannot be rendered. */
  broken?: 'unread' | 'unrendered';
}

/** When scheduled posts appear. */
export const DUE_MS = Date.parse('2026-06-01T00:00:00Z');

/** Its origin is that of no request: nothing is fetched. */
export const ORIGIN = 'http://site.test';

/** The paths that visitors ask for. */
export const PATHS = [
  '/',
  '/blog/a',
  '/blog/b',
  '/blog/c',
  '/tag/t',
  '/old-a',
  '/old-b',
  '/topics',
  '/404',
];

const posts = new Map<string, Post>();

/** The post of a slug at that version: the same object for the same content, as a source keeps it. */
export function postOf(slug: string, version: Version): Post {
  const key = `${slug} ${keyOf(version)}`;
  let post = posts.get(key);
  if (!post) {
    const { title, body, tagged, moved, scheduled, broken } = version;
    const text = broken === 'unrendered' ? `broken ${body}` : `text ${body}`;
    post = {
      slug,
      file: `${slug}.md`,
      title: `${slug}${title}`,
      date: scheduled
        ? new Date(DUE_MS).toISOString()
        : `2026-01-0${SLUGS_AT.get(slug)}T00:00:00.000Z`,
      tags: tagged ? ['t'] : [],
      aliases: moved ? [{ path: `/old-${slug}` }] : undefined,
      draft: false,
      page: false,
      text: new KnownText(text),
      bodyHash: text.replace(' ', '-'),
      html: { base: '', links: {} },
    };
    posts.set(key, post);
  }
  return post;
}

const SLUGS_AT = new Map<string, number>(SLUGS.map((slug, index) => [slug, index + 1]));

const keyOf = ({ title, body, tagged, moved, scheduled, broken }: Version): string =>
  `${title} ${body} ${tagged} ${moved} ${scheduled} ${broken}`;

/** What a source finds of a version. */
export const found = (slug: string, version: Version): Post | Problem =>
  version.broken === 'unread'
    ? { slug, page: false, file: `${slug}.md`, message: 'cannot be read' }
    : postOf(slug, version);

/** Where a version begins to hold; undefined: the post is not there, or not yet. */
interface Since {
  index: number;
  version: Version | undefined;
  /** Whether visitors see it yet. */
  isDue: boolean;
}

/** What the editor has done, in order: the history of each post. An index counts what was done. */
export class History {
  index = 0;
  private readonly versions = new Map<string, Since[]>(SLUGS.map((slug) => [slug, []]));

  private isDue = false;

  /** The version of a post as it is now. */
  now(slug: string): Version | undefined {
    return this.of(slug).at(-1)?.version;
  }

  /** The slugs of the posts that are there. */
  present(): string[] {
    return SLUGS.filter((slug) => this.now(slug));
  }

  /** Changes a post; without a version it is deleted. */
  set(slug: string, version: Version | undefined): void {
    this.index += 1;
    this.note(slug, version);
  }

  /** The time of scheduled posts has come. */
  setDue(): void {
    this.index += 1;
    this.isDue = true;
    for (const slug of SLUGS) if (this.now(slug)?.scheduled) this.note(slug, this.now(slug));
  }

  /** A version that the post had before, if there is one. */
  before(slug: string): Version | undefined {
    return this.of(slug).at(-2)?.version;
  }

  /**
   * Whether a visitor may see this text at a path, if what is shown of each post must not be older than
   * it was at the index that `floorOf` gives. The own page of a post that cannot be used is its last good
   * one, with whatever that shows of others.
   */
  allows(path: string, text: string | undefined, floorOf: (slug: string) => number): boolean {
    const own = SLUGS.find((slug) => path === `/blog/${slug}`);
    if (own !== undefined && this.wasBroken(own, floorOf(own))) return true;
    const choices = SLUGS.map((slug) => this.choicesOf(slug, floorOf(slug)));
    return combinations(choices, (shown) => textAt(path, shown) === text);
  }

  /** What visitors should see at a path now. */
  expected(path: string): string | undefined {
    return textAt(
      path,
      SLUGS.map((slug) => shownOf(slug, this.of(slug).at(-1))),
    );
  }

  private note(slug: string, version: Version | undefined): void {
    this.of(slug).push({ index: this.index, version, isDue: !version?.scheduled || this.isDue });
  }

  private of(slug: string): Since[] {
    const known = this.versions.get(slug);
    if (!known) throw new Error(`No slug ${slug}`);
    return known;
  }

  private wasBroken(slug: string, floor: number): boolean {
    const all = this.of(slug);
    const first = all.findLastIndex(({ index }) => index <= floor);
    return all.slice(Math.max(first, 0)).some(({ version }) => version?.broken !== undefined);
  }

  /** What may be shown of a post that must not be older than at `floor`. */
  private choicesOf(slug: string, floor: number): (Post | undefined)[] {
    const all = this.of(slug);
    let first = all.findLastIndex(({ index }) => index <= floor);
    const choices = new Set<Post | undefined>();
    if (first < 0) {
      choices.add(undefined);
      first = 0;
    }
    for (let at = all.length - 1; at >= first; at -= 1) {
      const since = all[at];
      choices.add(shownOf(slug, since));
      // Who read it before its time shows it from then on.
      if (this.isDue && since?.version) choices.add(shownOf(slug, { ...since, isDue: true }));
      if (!since?.version?.broken) continue;
      // It has its last good version, which may be any that a process saw.
      for (const { version } of all.slice(0, at)) {
        const isOver = !version?.scheduled || this.isDue;
        if (version && !version.broken && isOver) choices.add(postOf(slug, version));
      }
    }
    return [...choices];
  }
}

/** What visitors see of a post, as it was. */
const shownOf = (slug: string, since: Since | undefined): Post | undefined =>
  since?.version && !since.version.broken && since.isDue ? postOf(slug, since.version) : undefined;

/** True if one of the ways to choose one of each is right. */
function combinations<T>(choices: T[][], isRight: (chosen: T[]) => boolean): boolean {
  const chosen: T[] = [];
  const choose = (at: number): boolean => {
    const options = choices[at];
    if (!options) return isRight(chosen);
    return options.some((option) => {
      chosen[at] = option;
      return choose(at + 1);
    });
  };
  return choose(0);
}

const texts = new Map<string, Map<string, string>>();
const ids = new Map<Post, number>();
const MOST_TEXTS = 50_000;

/** What is seen at a path of a site of these posts. */
function textAt(path: string, shown: (Post | undefined)[]): string | undefined {
  const key = shown.map(idOf).join(' ');
  let ofSite = texts.get(key);
  if (!ofSite) {
    const { pages, posts: byPath } = siteOf(
      shown.filter((post) => post !== undefined),
      DUE_MS,
      ORIGIN,
    );
    ofSite = new Map(
      [...pages].map(([at, { view }]) => [at, textOf(plain(view), byPath.get(at)?.text.read())]),
    );
    if (texts.size > MOST_TEXTS) texts.clear();
    texts.set(key, ofSite);
  }
  return ofSite.get(path);
}

const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value));

function idOf(post: Post | undefined): number {
  if (!post) return 0;
  let id = ids.get(post);
  if (id === undefined) ids.set(post, (id = ids.size + 1));
  return id;
}
