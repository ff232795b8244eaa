import type { GetStaticProps } from 'next';
import { TopicsPage } from '../components/topics-page';
import { runtimeOfProcess } from '../lib/runtime-of-process';
import { pathOf } from '../lib/site/paths';

export const config = { unstable_runtimeJS: false };

export default TopicsPage;

export const getStaticProps = (async () =>
  (await runtimeOfProcess()).pageProps('topics', pathOf('topics'))) satisfies GetStaticProps;
