/** One page: whether it is fresh, with the proof, and its last purges. */
import { isHttpError } from 'http-errors';
import type { GetServerSideProps } from 'next';
import { ConsoleLayout } from '../../components/console/layout';
import { PageProof } from '../../components/console/page-proof';
import { PurgeLines } from '../../components/console/purge-lines';
import type { Proof } from '../../lib/console/freshness';
import { guarded, type ConsoleProps } from '../../lib/console/guard';
import { unreadable } from '../../lib/console/history';
import { fieldOf, listAddress } from '../../lib/console/list-query';
import type { PurgeRecord } from '../../lib/console/record';
import { runtimeOfProcess } from '../../lib/runtime-of-process';

export const config = { unstable_runtimeJS: false };

/** The last purges that are shown of a page. */
const MOST_PURGES = 10;

interface OnePageProps {
  /** What was asked for, as it was written; empty if nothing was. */
  path: string;
  /** What is wrong with it. */
  problem?: string;
  answer?: { proof: Proof; askedAtMs: number };
  /** The page's last purges, or why they cannot be read. */
  purges?: { list: PurgeRecord[]; hasMore: boolean } | { problem: string };
}

export default function OnePage(props: ConsoleProps & OnePageProps) {
  const { path, problem, answer, purges } = props;
  return (
    <ConsoleLayout title="Is this page fresh?" active="page" formToken={props.console.formToken}>
      <form className="row" role="search" aria-label="One page">
        <div className="field">
          <label htmlFor="path">Path or address of a page</label>
          <input
            type="text"
            id="path"
            name="path"
            defaultValue={path}
            placeholder="/blog/my-post"
            required
          />
        </div>
        <button type="submit" className="main">
          Ask
        </button>
      </form>
      {problem && (
        <p className="note bad" role="alert">
          {problem}
        </p>
      )}
      {answer && <PageProof {...answer} />}
      {answer && purges && (
        <>
          <h2>Its last purges</h2>
          <LastPurges path={answer.proof.path} purges={purges} />
        </>
      )}
    </ConsoleLayout>
  );
}

function LastPurges({
  path,
  purges,
}: {
  path: string;
  purges: NonNullable<OnePageProps['purges']>;
}) {
  if ('problem' in purges) return <p className="note bad">{purges.problem}</p>;
  if (purges.list.length === 0) {
    return (
      <p className="soft">
        None that the history lists named it, or had it among the first hundred pages.
      </p>
    );
  }
  return (
    <>
      <PurgeLines purges={purges.list} />
      {purges.hasMore && <a href={`${listAddress({ path })}#list`}>All purges of this page</a>}
    </>
  );
}

export const getServerSideProps = ((context) =>
  guarded(context, async (): Promise<OnePageProps> => {
    const path = fieldOf(context.query.path);
    if (path === '') return { path };
    const askedAtMs = Date.now();
    try {
      const { freshness } = await runtimeOfProcess();
      const proof = await freshness.ask(path);
      return { path, answer: { proof, askedAtMs }, purges: await purgesOf(proof.path) };
    } catch (error) {
      if (!isHttpError(error) || !error.expose) throw error;
      context.res.statusCode = error.status;
      return { path, problem: error.message };
    }
  })) satisfies GetServerSideProps<ConsoleProps & OnePageProps>;

async function purgesOf(path: string): Promise<OnePageProps['purges']> {
  try {
    const { history } = await runtimeOfProcess();
    const { purges, hasMore } = await history.find({ path, most: MOST_PURGES });
    return { list: purges, hasMore };
  } catch (error) {
    return { problem: unreadable(error) };
  }
}
