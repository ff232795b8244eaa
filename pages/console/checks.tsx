/** The console: what `npm run doctor` finds, as the running site sees it. */
import type { GetServerSideProps, InferGetServerSidePropsType } from 'next';
import { CheckList } from '../../components/console/check-list';
import { ConsoleLayout } from '../../components/console/layout';
import { coalesce } from '../../lib/coalesce';
import { runChecks } from '../../lib/console/checks';
import { guarded } from '../../lib/console/guard';
import { runtimeOfProcess } from '../../lib/runtime-of-process';

export const config = { unstable_runtimeJS: false };

export default function ChecksPage({
  results,
  console: { formToken },
}: InferGetServerSidePropsType<typeof getServerSideProps>) {
  return (
    <ConsoleLayout title="Checks" active="checks" formToken={formToken}>
      <p className="soft">
        What <code>npm run doctor</code> looks at, as this instance sees it. Nothing is changed.
      </p>
      <CheckList results={results} />
    </ConsoleLayout>
  );
}

/** Each look asks WordPress, Redis and the edges: who asks meanwhile shares it. */
const look = coalesce<void, Awaited<ReturnType<typeof runChecks>>>(async () => {
  const { settings, history, snapshots } = await runtimeOfProcess();
  const snapshot = snapshots.newest();
  const posts = snapshot && {
    posts: snapshot.site.posts.size,
    problems: snapshot.problems.length,
  };
  return runChecks({ settings, history, posts });
});

export const getServerSideProps = ((context) =>
  guarded(context, async () => ({ results: await look() }))) satisfies GetServerSideProps;
