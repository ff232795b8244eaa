/** The purges of the history: pictures of all, and a list that can be narrowed down. */
import { countOf } from '../../../lib/count-of';
import type { GetServerSideProps } from 'next';
import { ConsoleLayout } from '../../../components/console/layout';
import { Pictures } from '../../../components/console/pictures';
import { PurgeFilters } from '../../../components/console/purge-filters';
import { PurgeLines } from '../../../components/console/purge-lines';
import { guarded, type ConsoleProps } from '../../../lib/console/guard';
import { listAddress } from '../../../lib/console/list-query';
import { purgeList, type PurgeList } from '../../../lib/console/purge-list';
import { runtimeOfProcess } from '../../../lib/runtime-of-process';

export const config = { unstable_runtimeJS: false };

export default function Purges({
  console: { formToken },
  list,
}: ConsoleProps & { list: PurgeList }) {
  const { fields, problem, pictures, purges, next, senders, lost } = list;
  return (
    <ConsoleLayout title="Purges" active="purges" formToken={formToken}>
      <Lost {...lost} />
      {pictures && <Pictures {...pictures} />}
      <h2 id="list">{headingOf(list)}</h2>
      <PurgeFilters fields={fields} senders={senders} />
      {problem ? (
        <p className="note bad" role="alert">
          {problem.message}
        </p>
      ) : purges.length === 0 ? (
        <p>{pictures ? 'There has been no purge yet.' : 'No purge fits.'}</p>
      ) : (
        <PurgeLines purges={purges} />
      )}
      <nav aria-label="Further purges" className="pages">
        {!pictures && <a href="/console/purges">All purges, with pictures</a>}
        {next && <a href={`${listAddress({ ...fields, before: next })}#list`}>Older purges</a>}
      </nav>
    </ConsoleLayout>
  );
}

function headingOf({ fields, pictures }: PurgeList): string {
  if (pictures) return 'All purges';
  const { before, ...filters } = fields;
  const isFiltered = Object.values(filters).some((text) => text !== '');
  return isFiltered ? 'The purges that fit' : before === '' ? 'Purges' : 'Older purges';
}

function Lost({ count, reason, torn }: PurgeList['lost']) {
  return (
    <>
      {count > 0 && (
        <p className="note bad">
          {countOf(count, 'purge')} could not be kept since the start: {reason}. The purges
          themselves were carried out.
        </p>
      )}
      {torn > 0 && (
        <p className="note warn">
          {countOf(torn, 'entry', 'entries')} of the history cannot be read: written as a process
          was killed, or as the disk was full.
        </p>
      )}
    </>
  );
}

export const getServerSideProps = ((context) =>
  guarded(context, async () => {
    const list = await purgeList(await runtimeOfProcess(), context.query, Date.now());
    if (list.problem) context.res.statusCode = list.problem.status;
    return { list };
  })) satisfies GetServerSideProps<ConsoleProps & { list: PurgeList }>;
