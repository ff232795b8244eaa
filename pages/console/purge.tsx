/** Purging from the console: what to purge, its plan, and what failed lately. */
import type { GetServerSideProps, InferGetServerSidePropsType } from 'next';
import type { ReactNode } from 'react';
import { ConsoleForm, ConsoleLayout } from '../../components/console/layout';
import { momentOf } from '../../components/console/words';
import { Plan } from '../../components/console/plan';
import { environment } from '../../lib/config';
import { guarded } from '../../lib/console/guard';
import { isEmpty, namedIn, requestOf, type Named } from '../../lib/console/purge-form';
import { planOf } from '../../lib/console/purge-plan';
import { callerOf } from '../../lib/purge/caller';
import { meansOf } from '../../lib/purge/means';
import { runtimeOfProcess } from '../../lib/runtime-of-process';

export const config = { unstable_runtimeJS: false };

export default function PurgePage({
  named,
  plan,
  failed,
  lost,
  console: { formToken },
}: InferGetServerSidePropsType<typeof getServerSideProps>) {
  return (
    <ConsoleLayout title="Purge" active="purge" formToken={formToken}>
      {lost !== undefined && <Lost outcome={lost} />}
      {plan && <Plan plan={plan} named={named} formToken={formToken} />}
      <section aria-labelledby="what">
        <h2 id="what">{plan ? 'Another plan' : 'What to purge'}</h2>
        <NameForm named={named} formToken={formToken} />
      </section>
      {failed.length > 0 && (
        <section aria-labelledby="failed">
          <h2 id="failed">Failed lately</h2>
          {failed.map(({ id, at, error }) => (
            <ConsoleForm key={id} action="retry" token={formToken} className="row">
              <input type="hidden" name="id" value={id} />
              <p className="grow">
                <a href={`/console/purges/${encodeURIComponent(id)}`}>{momentOf(at)}</a>
                {error !== undefined && `: ${error}`}
              </p>
              <button aria-label={`Retry what failed at ${momentOf(at)}`}>Retry what failed</button>
            </ConsoleForm>
          ))}
        </section>
      )}
    </ConsoleLayout>
  );
}

function NameForm({ named, formToken }: { named: Named; formToken: string }) {
  return (
    <ConsoleForm action="plan" token={formToken}>
      <div className="parts">
        <NamesField id="path" label="Paths and patterns, one a line" names={named.paths}>
          Such as <code>/blog/hello</code>, <code>/blog/*</code> or <code>/tag/[tag]</code>
        </NamesField>
        <NamesField id="tag" label="Tags, one a line" names={named.tags}>
          Such as <code>post:hello</code>, <code>tag:news</code> or <code>posts</code>
        </NamesField>
      </div>
      <div className="field">
        <label>
          <input type="checkbox" name="changed" value="1" defaultChecked={named.changed} />
          Whatever has changed
        </label>
      </div>
      <button className="main">Show the plan</button>
    </ConsoleForm>
  );
}

function NamesField({
  id,
  label,
  names,
  children,
}: {
  id: string;
  label: string;
  names: readonly string[];
  children: ReactNode;
}) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        name={id}
        rows={4}
        spellCheck={false}
        aria-describedby={`${id}-form`}
        defaultValue={names.join('\n')}
      />
      <small id={`${id}-form`}>{children}</small>
    </div>
  );
}

/** What became of a purge that is in no history. */
const LOST = ['done', 'failed'] as const;

const Lost = ({ outcome }: { outcome: (typeof LOST)[number] }) => (
  <p className={`note ${outcome === 'done' ? 'warn' : 'bad'}`} role="status">
    {outcome === 'done' ? 'The purge was carried out' : 'The purge failed'}, and could not be kept
    in the history: <a href="/console">see why</a>.
  </p>
);

/** How many failed purges can be retried from here. */
const MOST_FAILED = 5;

export const getServerSideProps = ((context) =>
  guarded(context, async () => {
    const { query } = context;
    const named = namedIn(query);
    const { purges } = await failedLately();
    return {
      named,
      plan: isEmpty(named) ? undefined : await planFor(named, context),
      failed: purges.map(({ id, at, error }) => ({ id, at, error })),
      lost: LOST.find((outcome) => outcome === query.lost),
    };
  })) satisfies GetServerSideProps;

/** Without the history the rest of the page is there all the same: the first page says what is wrong with it. */
async function failedLately() {
  const { history } = await runtimeOfProcess();
  return history.find({ result: 'failed', most: MOST_FAILED }).catch(() => ({ purges: [] }));
}

async function planFor(named: Named, { req }: Parameters<GetServerSideProps>[0]) {
  const settings = environment();
  const { ledger } = await runtimeOfProcess();
  const outcome = await ledger.purge({
    ...meansOf(req, { revalidate: async () => undefined }, settings),
    caller: callerOf(req, { form: {}, json: {} }, undefined, settings.secrets),
    read: () => requestOf(named, true),
    started: performance.now(),
  });
  return planOf(outcome);
}
