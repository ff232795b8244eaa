/** The page of one post: a blog post with what stands around it, or a standalone page. */
import { faceOfView, sharedPicture } from '../lib/readers/open-graph-image';
import type { PageProps } from '../lib/content/page-props';
import type { PostView, StandaloneView } from '../lib/site/views';
import { Article } from './article';
import { Comments } from './comments';
import { useWords } from './frame-context';
import { PostHooks } from './hooks';
import { Layout } from './layout';
import { PostAuthor } from './post-author';
import { elementsWith, PostContents } from './post-contents';
import { PostHead } from './post-head';
import { PostMeta } from './post-meta';
import { PostPicture } from './post-picture';
import { PostSeries } from './post-series';
import { PostTranslations } from './post-translations';
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
  const words = useWords();
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
      translations={view.translations}
      elements={elementsWith(body)}
    >
      <PostHead view={view} image={image.src} />
      <Article view={view}>
        <h1>{view.title}</h1>
        <PostMeta post={post} minutes={body?.minutes} />
        <PostTranslations view={view} />
        <PostPicture image={post.image} />
        <PostSeries view={view} />
        <PostContents headings={body?.headings} />
        <Prose html={body?.html} />
        {post.tags.length > 0 && (
          <ul className="tags" aria-label={words.tags}>
            {post.tags.map(({ path, title }) => (
              <li key={path}>
                <a href={path}>{title}</a>
              </li>
            ))}
          </ul>
        )}
        <PostAuthor author={post.author} />
      </Article>
      <Comments discussion={view.discussion} comments={comments} />
      <PostHooks />
      {related.length > 0 && (
        <section className="related" aria-labelledby="page.related">
          <h2 id="page.related">{words.relatedPosts}</h2>
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
        <nav className="pager" aria-label={words.otherPosts}>
          {newer && (
            <a href={newer.path} rel="prev">
              <span>{words.newer}</span> {newer.title}
            </a>
          )}
          {older && (
            <a href={older.path} rel="next">
              <span>{words.older}</span> {older.title}
            </a>
          )}
        </nav>
      )}
    </Layout>
  );
}
