/** The addresses in a text that are relative to its file, as they are written. Pure, and no parser. */

/** What one text may name; nobody writes so many. */
const MOST = 1000;

/** The patterns, each with what a text has that any of them is in: to look for that takes no time. */
const PATTERNS: readonly (readonly [signs: readonly string[], pattern: RegExp])[] = [
  // [x](a.md), ![x](<a b.png> "title")
  [[']('], /\]\(\s*(?:<([^<>\n]{1,500})>|((?:[^\s()<>]|\([^\s()<>]{0,100}\)){1,500}))/g],
  // [x]: a.md
  [[']:'], /^ {0,3}\[[^\]\n]{1,200}\]:[ \t]*<?([^\s<>]{1,500})>?/gm],
  // import a from './a.png'
  [['import '], /^import\s[^'"\n]{1,200}\sfrom\s+(?:"([^"\n]{1,500})"|'([^'\n]{1,500})')/gm],
  // <img src="a.png">, <Figure src='a.png'>, <a href=a.md>, src={"a.png"}
  [
    ['src', 'href', 'poster', 'SRC', 'HREF'],
    /\b(?:src|href|poster)\s*=\s*\{?\s*(?:"([^"\n]{1,500})"|'([^'\n]{1,500})'|([^\s"'{}<>]{1,500}))/gi,
  ],
];
const SRCSET = /\bsrcset\s*=\s*(?:"([^"]{1,2000})"|'([^']{1,2000})')/gi;
/** Those that name a file by Jekyll's and Hugo's tags, with what they are within. */
const TAG =
  /(?:\{\{\s*site\.(?:base)?url\s*\}\})?\{%-?\s*(post_url|link)\s+["']?([^\s"'%]{1,300})["']?\s*-?%\}|\{\{[<%]\s*(?:rel)?ref\s+["']([^"'\n]{1,300})["']\s*[>%]\}\}/g;

/** True for what is relative, or has the form of a path of the site; not for other sites, anchors and data. */
const isOfFiles = (address: string): boolean =>
  !/^(?:[a-z][a-z\d+.-]*:|\/\/|#|\?|\{|\$|<)/i.test(address);

/** Addresses of files, each once, as they are written. */
export interface Addresses {
  /** Relative to the file. */
  relative: string[];
  /** Those that begin with a slash: of the site, or of the folder. */
  rooted: string[];
}

/** The addresses of files in a text; undefined if there are none. */
export function addressesIn(text: string): Addresses | undefined {
  const found = new Set<string>();
  const note = (address: string) => {
    if (found.size < MOST && address !== '' && isOfFiles(address)) found.add(address);
  };
  for (const [signs, pattern] of PATTERNS) {
    if (!signs.some((sign) => text.includes(sign))) continue;
    for (const [, one, other, third] of text.matchAll(pattern)) {
      note((one ?? other ?? third ?? '').trim());
    }
  }
  if (/srcset/i.test(text)) {
    for (const [, double, single] of text.matchAll(SRCSET)) {
      for (const candidate of (double ?? single ?? '').split(',')) {
        note(candidate.trim().split(/\s/)[0] ?? '');
      }
    }
  }
  if (found.size === 0) return undefined;
  const all = [...found];
  return {
    relative: all.filter((address) => !address.startsWith('/')),
    rooted: all.filter((address) => address.startsWith('/')),
  };
}

/** A tag that names a file by its name or by its path in the folder, in one text. */
const keyOfTag = (kind: string | undefined, written: string): string =>
  `${kind === 'link' ? 'file' : 'name'} ${written}`;

/** The tags of a text, each once, as `withFileTags` names them; undefined if there are none. */
export function fileTagsIn(text: string): string[] | undefined {
  if (!text.includes('{%') && !text.includes('{{')) return undefined;
  const tags = new Set<string>();
  for (const [, kind, jekyll, hugo] of text.matchAll(TAG)) {
    if (tags.size < MOST) tags.add(keyOfTag(kind, jekyll ?? hugo ?? ''));
  }
  return tags.size > 0 ? [...tags] : undefined;
}

/** What a tag names, and whether that is a name or a path. */
export function namedByTag(tag: string): { kind: 'name' | 'file'; written: string } {
  const [kind = ''] = tag.split(' ', 1);
  return { kind: kind === 'file' ? 'file' : 'name', written: tag.slice(kind.length + 1) };
}

/** A text with each such tag replaced by where it leads, if that is known. */
export const withFileTags = (text: string, pathOf: (tag: string) => string | undefined): string =>
  text.replace(
    TAG,
    (whole, kind?: string, jekyll?: string, hugo?: string) =>
      pathOf(keyOfTag(kind, jekyll ?? hugo ?? '')) ?? whole,
  );
