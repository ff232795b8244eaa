/**
 * How much untrusted HTML may hold. A few kilobytes can ask for millions of elements, and a
 * deep tree overflows the stack in the libraries that walk it, which may end the process. So HTML is
 * first parsed into a tree that counts as it grows, and stops the parser there.
 */
import { defaultTreeAdapter, parseFragment, type DefaultTreeAdapterTypes as Tree } from 'parse5';

/**
 * Rendering holds everybody up, for a second or two at this length; at five megabytes for 4 to 7 s of
 * ordinary HTML, and for 15 s, with more than a gigabyte of memory, of short paragraphs.
 */
const MOST_CHARACTERS = 1024 * 1024;
/** In all, those included that the parser adds: each open `<b>` is repeated in every paragraph. */
const MOST_ELEMENTS = 100_000;
/** Elements in each other. Libraries overflow from about a thousand on. */
const MOST_DEPTH = 500;

/** Throws a sentence that says what is too much, and what helps, if HTML is more than can be rendered. */
export function checkHtmlBounds(html: string): void {
  if (html.length > MOST_CHARACTERS) {
    const millions = (html.length / 1024 / 1024).toFixed(1);
    throw new Error(`it has ${millions} million characters, and at most 1 is taken: divide it`);
  }
  const fragment = parseFragment(html, { scriptingEnabled: false, treeAdapter: countingAdapter() });
  checkDepth(fragment);
}

type Adapter = typeof defaultTreeAdapter;

/** Builds the tree that parse5 builds by itself, and throws when it becomes too large or too deep. */
function countingAdapter(): Adapter {
  const depths = new WeakMap<Tree.Node, number>();
  let elements = 0;
  const putBelow = (parent: Tree.Node, child: Tree.Node) => {
    const depth = (depths.get(parent) ?? 0) + 1;
    if (depth > MOST_DEPTH) throw new Error(TOO_DEEP);
    depths.set(child, depth);
  };
  return {
    ...defaultTreeAdapter,
    createElement(...described) {
      elements += 1;
      if (elements > MOST_ELEMENTS) throw new Error(TOO_MANY);
      return defaultTreeAdapter.createElement(...described);
    },
    appendChild(parent, child) {
      putBelow(parent, child);
      defaultTreeAdapter.appendChild(parent, child);
    },
    insertBefore(parent, child, next) {
      putBelow(parent, child);
      defaultTreeAdapter.insertBefore(parent, child, next);
    },
    setTemplateContent(template, content) {
      putBelow(template, content);
      defaultTreeAdapter.setTemplateContent(template, content);
    },
  };
}

const TOO_DEEP =
  `its elements are nested more than ${MOST_DEPTH} deep: close those that are left open, or have ` +
  'fewer within each other';
const TOO_MANY =
  `it makes more than ${MOST_ELEMENTS} elements: divide it, or close such as <b> in the paragraph ` +
  'that opens them';

/** Once more when all is there: the parser also moves whole trees, whose inner depths are not known then. */
function checkDepth(root: Tree.Node): void {
  let level = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MOST_DEPTH) throw new Error(TOO_DEEP);
    level = level.flatMap((node) => [
      ...('childNodes' in node ? node.childNodes : []),
      ...('content' in node ? [node.content] : []),
    ]);
  }
}
