/** A post. */
import type { GetStaticPaths, GetStaticProps } from 'next';
import { MDXRemote, type MDXRemoteSerializeResult } from 'next-mdx-remote';
import { serialize } from 'next-mdx-remote/serialize';
import Link from 'next/link';
import type { ReactNode } from 'react';
import remarkGfm from 'remark-gfm';
import { getAllPosts } from '../../lib/posts';

interface Props {
  title: string;
  date: string;
  category: string;
  tags: string[];
  source: MDXRemoteSerializeResult;
}

const components = {
  Callout: ({ children }: { children?: ReactNode }) => <aside>{children}</aside>,
};

export default function Post({ title, date, category, tags, source }: Props) {
  return (
    <main>
      <Link href="/">Blog</Link>
      <article>
        <h1>{title}</h1>
        <p>
          <time dateTime={date}>{date}</time> {category}: {tags.join(', ')}
        </p>
        <MDXRemote {...source} components={components} />
      </article>
    </main>
  );
}

export const getStaticPaths: GetStaticPaths = async () => ({
  paths: getAllPosts().map(({ slug }) => ({ params: { slug } })),
  fallback: 'blocking',
});

export const getStaticProps: GetStaticProps<Props> = async ({ params }) => {
  const post = getAllPosts().find(({ slug }) => slug === params?.slug);
  if (!post) return { notFound: true };
  const { title, date, category, tags } = post;
  const source = await serialize(post.body, {
    blockJS: false,
    mdxOptions: { remarkPlugins: [remarkGfm] },
  });
  return { props: { title, date, category, tags, source }, revalidate: 3600 };
};
