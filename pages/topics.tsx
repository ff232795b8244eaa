import type { GetStaticProps } from 'next';
import { TopicsPage } from '../components/topics-page';
import { runtime } from '../lib/runtime';
import { pathOf } from '../lib/site/paths';

export const config = { unstable_runtimeJS: false };

export default TopicsPage;

export const getStaticProps = (() =>
  runtime().pageProps('topics', pathOf('topics'))) satisfies GetStaticProps;
