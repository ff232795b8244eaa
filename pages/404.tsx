import type { GetStaticProps } from 'next';
import { Layout } from '../components/layout';
import { SearchForm } from '../components/search-form';
import type { PageProps } from '../lib/content/page-props';
import { runtime } from '../lib/runtime';
import { MISSING_PATH } from '../lib/site/paths';
import type { MissingView } from '../lib/site/views';

export const config = { unstable_runtimeJS: false };

export default function Missing({ view }: PageProps<MissingView>) {
  return (
    <Layout title={view.title}>
      <h1>There is no such page</h1>
      <p>It may have been removed or renamed.</p>
      <SearchForm id="page.search" label="Search all posts" />
      <p>Or read one of the newest posts:</p>
      <ul>
        {view.posts.map(({ path, title }) => (
          <li key={path}>
            <a href={path}>{title}</a>
          </li>
        ))}
      </ul>
    </Layout>
  );
}

export const getStaticProps = (() =>
  runtime().pageProps('missing', MISSING_PATH)) satisfies GetStaticProps;
