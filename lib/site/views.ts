/** What the pages of the site show: one type for each kind of page. */
import type { Discussion, PostImage, Seo, Unpublished } from '../source/post';
import type { Frame } from './facts';
import type { Direction, Section } from './languages';

/** A link inside the site. */
export interface Link {
  path: string;
  title: string;
  /** The slug of a post, where its path ends in something else. */
  slug?: string;
}

/** A post as lists show it, and nothing else: what they do not show must not have them rendered again. */
export interface PostEntry extends Link {
  /** The day, such as 2026-11-22. */
  date: string;
  summary?: string;
  category?: Link;
  /** True where it stands first because its author wants it to. */
  sticky?: true;
  /** In development alone: why visitors do not see it. */
  unpublished?: Unpublished;
}

/** The same page in another language. */
export interface Translation extends Link {
  /** By BCP 47. */
  language: string;
  /** True for the page itself. */
  isOwn?: true;
}

/** The posts of a series, the first part first. */
export interface SeriesView {
  name: string;
  /** The part that this post is, where its author says so. */
  part?: number;
  posts: Link[];
}

/** Who wrote a post. */
export interface AuthorLink {
  title: string;
  /** Absent if the name has neither letter nor digit, of which a path could be made. */
  path?: string;
}

/** A post as its own page shows it. */
export interface PostSummary extends PostEntry {
  updated?: string;
  author?: AuthorLink;
  alsoIn?: Link[];
  tags: Link[];
  image?: PostImage;
}

/** What all pages have that visitors see. */
interface AnyView {
  title: string;
  /** Its address. */
  url: string;
  /** What the source tells of the site itself; every page is given it. */
  site?: Frame;
  /** The further language whose page it is; absent in the site's own. */
  section?: Section;
}

/** The newest posts, or one page of an archive: of all posts, a category, a tag or an author. */
export interface ListView extends AnyView {
  kind: 'home' | 'archive' | 'category' | 'tag' | 'author';
  /** The number of an archive page, counted from the oldest; the head of a list has none. */
  number?: number;
  /** A line about the author, the category or the tag, at the head of the list. */
  about?: string;
  posts: PostEntry[];
  /** The head of this list; absent on the head itself. */
  newest?: string;
  /** The next page back in time. */
  older?: string;
  /** The standalone pages, on the home page only. */
  pages?: Link[];
  /** The topics with the most posts, on the home page only. */
  topics?: Link[];
}

/** The posts of one year. */
export interface Year extends Link {
  count: number;
  /** Newest first; absent where the page only leads there. */
  posts?: Pick<PostEntry, 'path' | 'title' | 'slug' | 'date'>[];
}

/** All posts by year, or those of one year. */
export interface YearsView extends AnyView {
  kind: 'years';
  /** Newest first. */
  years: Year[];
  /** The page of all years, on that of one. */
  all?: string;
}

/** A category or a tag, and how many posts it has. */
export interface Topic extends Link {
  count: number;
}

/** All categories and tags. */
export interface TopicsView extends AnyView {
  kind: 'topics';
  categories: Topic[];
  tags: Topic[];
}

/** What visitors of an unknown address see. */
export interface MissingView extends AnyView {
  kind: 'missing';
  posts: Link[];
}

/** A blog post. */
export interface PostView extends AnyView {
  kind: 'post';
  /** The address under which search engines are to know it, where that is not `url`. */
  canonical?: string;
  seo?: Seo;
  post: PostSummary;
  body: BodyReference;
  discussion?: DiscussionView;
  /** The language of its text, by BCP 47, where that is not the page's. */
  language?: string;
  /** The direction of its text, where its author says so. */
  direction?: Direction;
  /** This page and its translations; absent where there are none. */
  translations?: Translation[];
  /** What those have in common. */
  translationKey?: string;
  series?: SeriesView;
  older?: Link;
  newer?: Link;
  related: Link[];
}

/** A standalone page. */
export interface StandaloneView extends AnyView {
  kind: 'page';
  /** The same as of a blog post. */
  canonical?: string;
  seo?: Seo;
  unpublished?: Unpublished;
  summary?: string;
  image?: PostImage;
  body: BodyReference;
  discussion?: DiscussionView;
  language?: string;
  direction?: Direction;
  translations?: Translation[];
  translationKey?: string;
}

/**
 * An address that leads to another. Its revision is the hash of just this, which the page store can
 * compute from what Next hands it of a redirect.
 */
export interface RedirectView {
  kind: 'redirect';
  /** A path of this site, or an absolute address with https. */
  to: string;
  /** 308 from another address of what is there, and 301 from where it was before it moved. */
  status: 301 | 308;
}

/** Stands for a body, which is rendered with the page. */
export interface BodyReference {
  slug: string;
  hash: string;
}

/** What readers wrote; their comments are rendered with the page, like the body. */
export type DiscussionView = Omit<Discussion, 'comments'>;

/** What one path shows. */
export type View =
  ListView | YearsView | TopicsView | PostView | StandaloneView | MissingView | RedirectView;

/** The view of one kind. */
export type ViewOf<K extends View['kind']> = Extract<View, { kind: K }>;
