/** A list of posts, and the way back in time. */
import type { ListView, PostEntry } from '../lib/site/views';
import { PostMeta } from './post-meta';

export function PostList({ view }: { view: ListView }) {
  if (view.posts.length === 0) return <p>There is no post yet.</p>;
  return (
    <>
      {view.posts.map((post) => (
        <Entry key={post.path} post={post} />
      ))}
      {(view.older ?? view.newest) && (
        <nav className="pager" aria-label="Pages of the list">
          {view.newest && <a href={view.newest}>Newest posts</a>}
          {view.older && (
            <a href={view.older} rel="next">
              Older posts
            </a>
          )}
        </nav>
      )}
    </>
  );
}

function Entry({ post }: { post: PostEntry }) {
  return (
    <article className="entry">
      <h2>
        <a href={post.path}>{post.title}</a>
      </h2>
      <PostMeta post={post} />
      {post.summary && <p>{post.summary}</p>}
    </article>
  );
}
