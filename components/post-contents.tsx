/** The table of contents of a text, where it has enough to say. */
import { createElement } from 'react';
import type { Heading } from '../lib/body/prose';
import { useArticle } from './article';

const ENOUGH = 3;

/** Unfolds the list where it stands beside the text, and marks the section that is being read. */
const CONTENTS_ELEMENT = 'page-contents';

/** The custom elements of a page with a text: those in its body, and that of its contents. */
export const elementsWith = (body?: { elements: string[]; headings: Heading[] }): string[] =>
  body === undefined
    ? []
    : [...body.elements, ...(body.headings.length < ENOUGH ? [] : [CONTENTS_ELEMENT])];

export function PostContents({ headings = [] }: { headings?: Heading[] }) {
  const { words } = useArticle();
  if (headings.length < ENOUGH) return null;
  const list = (
    <details>
      <summary id="page.contents">{words.contents}</summary>
      <ul>
        {headings.map(({ id, title, depth }) => (
          <li key={id} className={depth > 2 ? 'deep' : undefined}>
            <a href={`#${encodeURIComponent(id)}`}>{title}</a>
          </li>
        ))}
      </ul>
    </details>
  );
  return (
    <nav className="contents" aria-labelledby="page.contents">
      {createElement(CONTENTS_ELEMENT, {}, list)}
    </nav>
  );
}
