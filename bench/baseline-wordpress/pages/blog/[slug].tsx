/** A post. */
import type { GetStaticPaths, GetStaticProps } from 'next';
import Link from 'next/link';
import { getPost, getSlugs, type Post } from '../../lib/posts';

export default function PostPage({ post }: { post: Post }) {
  return (
    <main>
      <Link href="/">Blog</Link>
      <article>
        <h1 dangerouslySetInnerHTML={{ __html: post.title.rendered }} />
        <p>
          <time dateTime={post.date}>{post.date}</time>{' '}
          {post._embedded['wp:term'].flat().map(({ id, name }) => (
            <span key={id}>{name} </span>
          ))}
        </p>
        <div dangerouslySetInnerHTML={{ __html: post.content.rendered }} />
      </article>
    </main>
  );
}

export const getStaticPaths: GetStaticPaths = async () => ({
  paths: (await getSlugs()).map((slug) => ({ params: { slug } })),
  fallback: 'blocking',
});

export const getStaticProps: GetStaticProps<{ post: Post }> = async ({ params }) => {
  const post = await getPost(String(params?.slug));
  if (!post) return { notFound: true };
  return { props: { post }, revalidate: 3600 };
};
