/** The home page: a list of all posts. */
import type { GetStaticProps } from 'next';
import Link from 'next/link';
import { getAllPosts } from '../lib/posts';

interface Props {
  posts: { slug: string; title: string; date: string; summary: string }[];
}

export default function Home({ posts }: Props) {
  return (
    <main>
      <h1>Blog</h1>
      <ul>
        {posts.map(({ slug, title, date, summary }) => (
          <li key={slug}>
            <Link href={`/blog/${slug}`}>{title}</Link> <time dateTime={date}>{date}</time>
            <p>{summary}</p>
          </li>
        ))}
      </ul>
    </main>
  );
}

export const getStaticProps: GetStaticProps<Props> = async () => ({
  props: {
    posts: getAllPosts().map(({ slug, title, date, summary }) => ({ slug, title, date, summary })),
  },
  revalidate: 3600,
});
