/** One purge of the history, from the edit to the pages. */
import createError from 'http-errors';
import type { GetServerSideProps } from 'next';
import { ConsoleLayout } from '../../../components/console/layout';
import { Purge } from '../../../components/console/purge-tree';
import { momentOf } from '../../../components/console/words';
import { guarded, type ConsoleProps } from '../../../lib/console/guard';
import { unreadable } from '../../../lib/console/history';
import type { PurgeRecord } from '../../../lib/console/record';
import { runtimeOfProcess } from '../../../lib/runtime-of-process';

export const config = { unstable_runtimeJS: false };

type OnePurgeProps = { purge: PurgeRecord } | { problem: string };

export default function OnePurge(props: ConsoleProps & OnePurgeProps) {
  const title = 'purge' in props ? `Purge of ${momentOf(props.purge.at)}` : 'One purge';
  const { formToken } = props.console;
  return (
    <ConsoleLayout title={title} active="purges" formToken={formToken}>
      {'purge' in props ? (
        <Purge purge={props.purge} formToken={formToken} />
      ) : (
        <p className="note bad">{props.problem}</p>
      )}
      <p>
        <a href="/console/purges">All purges</a>
      </p>
    </ConsoleLayout>
  );
}

export const getServerSideProps = ((context) =>
  guarded(context, async (): Promise<OnePurgeProps> => {
    const { history } = await runtimeOfProcess();
    const purge = await history
      .one(String(context.params?.id))
      .catch((error: unknown) => ({ problem: unreadable(error) }));
    if (!purge) throw createError(404, 'There is no such purge');
    if (!('problem' in purge)) return { purge };
    context.res.statusCode = 503;
    return purge;
  })) satisfies GetServerSideProps<ConsoleProps & OnePurgeProps>;
