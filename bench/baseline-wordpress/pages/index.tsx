/** The home page: the newest posts, and the categories. */
import type { GetStaticProps } from 'next';
import Link from 'next/link';
import { getCategories, getNewest, type Post, type Term } from '../lib/posts';

interface Props {
  posts: Post[];
  categories: Term[];
}

export default function Home({ posts, categories }: Props) {
  return (
    <main>
      <h1>Blog</h1>
      <ul>
        {posts.map(({ slug, title, date, excerpt }) => (
          <li key={slug}>
            <Link href={`/blog/${slug}`}>{title.rendered}</Link> <time dateTime={date}>{date}</time>
            <div dangerouslySetInnerHTML={{ __html: excerpt.rendered }} />
          </li>
        ))}
      </ul>
      {categories.map(({ id, slug, name }) => (
        <Link key={id} href={`/category/${slug}`}>
          {name}
        </Link>
      ))}
    </main>
  );
}

export const getStaticProps: GetStaticProps<Props> = async () => ({
  props: { posts: await getNewest(), categories: await getCategories() },
  revalidate: 3600,
});
