/** What an import finds in a blog, before it is one of our posts. */

/** One post of a blog, as text in our form: front matter and body. */
export interface FoundPost {
  /** Where it is from, as the report names it. */
  from: string;
  slug: string;
  /** The day in the name of its file. */
  day?: string;
  ending: '.md' | '.mdx';
  /** The front matter as YAML or TOML, with its fences, and the body below it. */
  text: string;
  draft: boolean;
  /** Its addresses so far. */
  aliases: string[];
  /** The folder of its file, to which addresses of its pictures are relative. */
  folder: string;
}

/** A file that is no post, or that cannot become one of ours, and why. */
export interface LeftOut {
  from: string;
  reason: string;
}

export type Found = { post: FoundPost } | { leftOut: LeftOut };
