/** What is done to the text of a post: Liquid that means something here becomes Markdown. Pure. */

/** How files of Jekyll and Eleventy write what Markdown has itself. */
export function withoutLiquid(text: string, slugOfFile: (name: string) => string): string {
  return text
    .replace(
      /^[ \t]*\{%-?\s*highlight\s+([\w+#.-]+)[^%]*%\}[ \t]*\r?\n?([\s\S]*?)\{%-?\s*endhighlight\s*-?%\}/gm,
      (_, language: string, code: string) =>
        `\`\`\`${language}\n${code.replace(/\s*$/, '')}\n\`\`\``,
    )
    .replace(/\{\{\s*site\.(?:baseurl|url)\s*\}\}/g, '')
    .replace(
      /\{\{\s*(["'])(.*?)\1\s*\|\s*(?:relative_url|absolute_url|prepend:\s*site\.baseurl|url)[^}]*\}\}/g,
      (_, _quote, path: string) => path,
    )
    .replace(
      /\{%-?\s*(?:post_url|link)\s+([^\s%]+)\s*-?%\}/g,
      (_, name: string) => `/blog/${encodeURIComponent(slugOfFile(name))}`,
    )
    .replace(/\{%-?\s*(?:end)?raw\s*-?%\}/g, '');
}

/** HTML of an editor, as the body of a Markdown file: what would begin or end something there is taken away. */
export const htmlAsMarkdown = (html: string): string =>
  html
    .replace(/\r\n?/g, '\n')
    .replace(/<!--[\s\S]*?-->/g, '')
    .split(/(<pre[\s>][\s\S]*?<\/pre>)/i)
    // Spaces before a line would make it code.
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part
            .replace(/^[ \t]+/gm, '')
            .replace(/\n{3,}/g, '\n\n')
            .trim(),
    )
    .filter((part) => part !== '')
    .join('\n\n');

const PICTURE = String.raw`[^\s)"'<>]+?\.(?:png|jpe?g|gif|webp|avif|svg)`;
const PLACES = [
  // ![alt](address "title"), [text](address)
  new RegExp(String.raw`(\]\(\s*<?)(${PICTURE})(?=[?#\s)>])`, 'gi'),
  // <img src="address">, <a href="address">, cover: "address"
  new RegExp(String.raw`((?:src|href|poster)\s*=\s*["'])(${PICTURE})(?=[?#"'])`, 'gi'),
  // [name]: address
  new RegExp(String.raw`(^\[[^\]\n]+\]:\s*)(${PICTURE})(?=[?#\s]|$)`, 'gim'),
  // A field of the front matter.
  new RegExp(
    String.raw`(^[ \t-]*[\w-]*[ \t]*[:=][ \t]*["']?|^[ \t]*-[ \t]+["']?|\[\s*["'])(${PICTURE})(?=["'\]\s]|$)`,
    'gim',
  ),
];

/** Replaces the addresses of pictures, in front matter and body. */
export const replacePictures = (text: string, addressOf: (written: string) => string): string =>
  PLACES.reduce(
    (whole, place) =>
      whole.replace(place, (_, before: string, written: string) => before + addressOf(written)),
    text,
  );
