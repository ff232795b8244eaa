import type { GetStaticProps } from 'next';
import { useSite } from '../components/frame-context';
import { Layout } from '../components/layout';
import { SearchForm } from '../components/search-form';
import type { PageProps } from '../lib/content/page-props';
import { runtimeOfProcess } from '../lib/runtime-of-process';
import { MISSING_PATH } from '../lib/site/paths';
import type { MissingView } from '../lib/site/views';

export const config = { unstable_runtimeJS: false };

export default function Missing({ view }: PageProps<MissingView>) {
  const { words } = useSite();
  return (
    <Layout title={words.notFound}>
      <h1>{words.noSuchPage}</h1>
      <p className="lead">{words.removedOrRenamed}</p>
      <SearchForm id="page.search" label={words.searchAllPosts} />
      {view.posts.length > 0 && <p>{words.orNewest}</p>}
      <ul className="posts">
        {view.posts.map(({ path, title }) => (
          <li key={path}>
            <a href={path}>{title}</a>
          </li>
        ))}
      </ul>
    </Layout>
  );
}

export const getStaticProps = (async () =>
  (await runtimeOfProcess()).pageProps('missing', MISSING_PATH)) satisfies GetStaticProps;
