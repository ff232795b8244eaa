/**
 * The home page's address with a query by which WordPress names something: `/?p=12`. `next.config.js` has it
 * served from here, since a static page is the same whatever its query is.
 */
import type { GetServerSideProps } from 'next';
import { runtimeOfProcess } from '../lib/runtime-of-process';
import { numberIn, queryIn } from '../lib/site/other-addresses';

export default function Query() {
  return null;
}

export const getServerSideProps = (async ({ query, res }) => {
  // Neither browsers nor edges may keep it: no purge names these addresses.
  res.setHeader('Cache-Control', 'private, no-cache');
  const { snapshots, elsewhere } = await runtimeOfProcess();
  const { site } = await snapshots.current();
  const named = queryIn(query);
  const number = numberIn(named);
  const lead =
    site.leadOfQuery(named) ??
    (number === undefined ? undefined : await elsewhere.leadOf(`/?p=${number}`, site));
  return lead
    ? { redirect: { destination: lead.to, statusCode: lead.status } }
    : { notFound: true };
}) satisfies GetServerSideProps;
