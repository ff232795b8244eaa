/** The newest posts; or the standalone page that a WordPress has as its front page. */
import type { GetStaticProps } from 'next';
import { HomePage } from '../components/home-page';
import { StandalonePage } from '../components/standalone-page';
import { environment } from '../lib/config';
import type { PageProps } from '../lib/content/page-props';
import { runtimeOfProcess } from '../lib/runtime-of-process';
import type { ListView, StandaloneView } from '../lib/site/views';

export const config = { unstable_runtimeJS: false };

export default function Home(props: PageProps<StandaloneView> | PageProps<ListView>) {
  return isStandalone(props) ? <StandalonePage {...props} /> : <HomePage {...props} />;
}

const isStandalone = (
  props: PageProps<StandaloneView> | PageProps<ListView>,
): props is PageProps<StandaloneView> => props.view.kind === 'page';

export const getStaticProps = (async ({ previewData }) => {
  const { search, pageProps } = await runtimeOfProcess();
  // Beside the one page that each build renders once.
  if (environment().building) await search.build();
  return pageProps(['home', 'page'], '/', previewData);
}) satisfies GetStaticProps<PageProps>;
