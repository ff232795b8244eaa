/** The page of one post: a blog post with what stands around it, or a standalone page. */
import { faceOfView, sharedPicture } from '../lib/readers/open-graph-image';
import type { PageProps } from '../lib/content/page-props';
import type { PostView, StandaloneView } from '../lib/site/views';
import { Comments } from './comments';
import { Layout } from './layout';
import { PostContents } from './post-contents';
import { PostHead } from './post-head';
import { PostMeta } from './post-meta';
import { PostPicture } from './post-picture';
import { Prose } from './prose';
import { StandalonePage } from './standalone-page';

export function PostPage({ view, ...props }: PageProps<PostView | StandaloneView>) {
  return view.kind === 'post' ? (
    <BlogPost {...props} view={view} />
  ) : (
    <StandalonePage {...props} view={view} />
  );
}

function BlogPost({ view, body, comments }: PageProps<PostView>) {
  const { post, newer, older, related } = view;
  const image = sharedPicture(view.url, faceOfView(view), [view.seo?.social?.image, post.image]);
  return (
    <Layout
      title={view.title}
      description={post.summary}
      url={view.url}
      canonical={view.canonical}
      image={image}
      seo={view.seo}
      elements={body?.elements}
    >
      <PostHead view={view} image={image.src} />
      <article>
        <h1>{view.title}</h1>
        <PostMeta post={post} minutes={body?.minutes} />
        <PostPicture image={post.image} />
        <PostContents headings={body?.headings} />
        <Prose html={body?.html} />
        {post.tags.length > 0 && (
          <ul className="tags" aria-label="Tags">
            {post.tags.map(({ path, title }) => (
              <li key={path}>
                <a href={path}>{title}</a>
              </li>
            ))}
          </ul>
        )}
      </article>
      <Comments discussion={view.discussion} comments={comments} />
      {related.length > 0 && (
        <section className="related" aria-labelledby="page.related">
          <h2 id="page.related">Related posts</h2>
          <ul>
            {related.map(({ path, title }) => (
              <li key={path}>
                <a href={path}>{title}</a>
              </li>
            ))}
          </ul>
        </section>
      )}
      {(newer ?? older) && (
        <nav className="pager" aria-label="Other posts">
          {newer && (
            <a href={newer.path} rel="prev">
              <span>Newer</span> {newer.title}
            </a>
          )}
          {older && (
            <a href={older.path} rel="next">
              <span>Older</span> {older.title}
            </a>
          )}
        </nav>
      )}
    </Layout>
  );
}
