/** Where a post stands in its series, with the other parts. */
import type { PostView } from '../lib/site/views';
import { useArticle } from './article';

export function PostSeries({ view: { series, post } }: { view: PostView }) {
  const { words } = useArticle();
  const part = series?.posts.findIndex(({ path }) => path === post.path) ?? -1;
  if (!series || part < 0) return null;
  return (
    <details className="series">
      <summary>{words.partOf(part + 1, series.posts.length, series.name)}</summary>
      <ol>
        {series.posts.map(({ path, title }) => (
          <li key={path}>
            {path === post.path ? <b aria-current="page">{title}</b> : <a href={path}>{title}</a>}
          </li>
        ))}
      </ol>
    </details>
  );
}
