/** The table of contents of a post, where it has enough to say. */
import type { Heading } from '../lib/body/prose';

const ENOUGH = 3;

export function PostContents({ headings = [] }: { headings?: Heading[] }) {
  if (headings.length < ENOUGH) return null;
  return (
    <nav className="contents" aria-labelledby="page.contents">
      <div>
        <h2 id="page.contents">Contents</h2>
        <ul>
          {headings.map(({ id, title, depth }) => (
            <li key={id} className={depth > 2 ? 'deep' : undefined}>
              <a href={`#${encodeURIComponent(id)}`}>{title}</a>
            </li>
          ))}
        </ul>
      </div>
    </nav>
  );
}
