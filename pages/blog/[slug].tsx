import type { GetStaticPaths, GetStaticProps } from 'next';
import { Layout } from '../../components/layout';
import { PostContents } from '../../components/post-contents';
import { PostHead } from '../../components/post-head';
import { PostMeta } from '../../components/post-meta';
import { PostPicture } from '../../components/post-picture';
import { Prose } from '../../components/prose';
import { imagePath } from '../../lib/readers/open-graph-image';
import { environment } from '../../lib/config';
import type { PageProps } from '../../lib/content/page-props';
import { runtime } from '../../lib/runtime';
import { pathOf } from '../../lib/site/paths';
import type { PostView } from '../../lib/site/views';

export const config = { unstable_runtimeJS: false };

export default function Post({ view, body }: PageProps<PostView>) {
  const { post, newer, older, related } = view;
  const face = {
    slug: view.body.slug,
    title: view.title,
    date: post.date,
    category: post.category?.title,
    site: view.site,
  };
  const image = new URL(imagePath(face), view.url).href;
  return (
    <Layout
      title={view.title}
      description={post.summary}
      url={view.url}
      image={image}
      elements={body?.elements}
    >
      <PostHead view={view} image={image} />
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

export const getStaticPaths = (() =>
  runtime().staticPaths('/blog/[slug]', environment().prerenderPosts)) satisfies GetStaticPaths;

export const getStaticProps = (({ params, previewData }) =>
  runtime().pageProps(
    'post',
    pathOf('blog', params?.slug ?? ''),
    previewData,
  )) satisfies GetStaticProps<PageProps, { slug: string }>;
