/** The newest posts of a category. */
import type { GetStaticPaths, GetStaticProps } from 'next';
import Link from 'next/link';
import { getCategories, getNewest, type Post } from '../../lib/posts';

interface Props {
  name: string;
  posts: Post[];
}

export default function Category({ name, posts }: Props) {
  return (
    <main>
      <h1>{name}</h1>
      <ul>
        {posts.map(({ slug, title }) => (
          <li key={slug}>
            <Link href={`/blog/${slug}`}>{title.rendered}</Link>
          </li>
        ))}
      </ul>
    </main>
  );
}

export const getStaticPaths: GetStaticPaths = async () => ({
  paths: (await getCategories()).map(({ slug }) => ({ params: { slug } })),
  fallback: 'blocking',
});

export const getStaticProps: GetStaticProps<Props> = async ({ params }) => {
  const category = (await getCategories()).find(({ slug }) => slug === params?.slug);
  if (!category) return { notFound: true };
  return { props: { name: category.name, posts: await getNewest(category) }, revalidate: 3600 };
};
