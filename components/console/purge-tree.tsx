/** One purge: what it was, its tree from the edit to the pages, and how long each step took. */
import { countOf } from '../../lib/count-of';
import { isEmpty, retryOf } from '../../lib/console/purge-form';
import { treeOf, type TreePage, type TreeReason } from '../../lib/console/purge-tree';
import type { PurgeRecord } from '../../lib/console/record';
import { Badge } from './badge';
import { Chart } from './chart';
import { Fact } from './fact';
import { ConsoleForm } from './layout';
import {
  CallerLine,
  countsOf,
  edgesOf,
  Names,
  namesOf,
  pageAddress,
  ResultBadge,
} from './purge-words';
import { RowChart } from './row-chart';
import { durationOf, momentOf, numberOf } from './words';

/** Names that are written out on a purge's own page: all that the history has. */
const ALL = Infinity;
/** Pages below one reason that are seen without being asked for. */
const MOST_OPEN = 12;

/** Draws a purge. */
export function Purge({ purge, formToken }: { purge: PurgeRecord; formToken: string }) {
  const isRetried = purge.result === 'failed' && !isEmpty(retryOf(purge));
  return (
    <>
      <Facts purge={purge} />
      {isRetried && (
        <ConsoleForm action="retry" token={formToken} className="row">
          <input type="hidden" name="id" value={purge.id} />
          <button type="submit" className="main">
            Retry what failed
          </button>
        </ConsoleForm>
      )}
      <h2>From the edit to the pages</h2>
      <Tree purge={purge} />
      <h2>Steps</h2>
      <Steps purge={purge} />
    </>
  );
}

function Facts({ purge }: { purge: PurgeRecord }) {
  const { at, result, status, error, ms, caller, edges, instance, id } = purge;
  return (
    <dl className="facts">
      <Fact name="Result">
        <ResultBadge result={result} /> answered {status} after {durationOf(ms)}
      </Fact>
      {error && (
        <Fact name="Cause">
          <span className="failure">{error}</span>
        </Fact>
      )}
      <Fact name="Arrived">
        <time dateTime={at}>{momentOf(at)}</time>
      </Fact>
      <Fact name="Caller">
        <CallerLine caller={caller} />
      </Fact>
      {caller.agent && (
        <Fact name="User agent">
          <code>{caller.agent}</code>
        </Fact>
      )}
      <Fact name="Pages">
        {countsOf(purge)}
        {purge.unchanged > 0 && (
          <span className="soft">; {numberOf(purge.unchanged)} left as they were</span>
        )}
      </Fact>
      {edges && (
        <Fact name="Edges">
          {edgesOf(purge)}
          {edges.failure && <span className="failure">: {edges.failure}</span>}
        </Fact>
      )}
      <Fact name="Instance">
        <code>{instance}</code>
      </Fact>
      <Fact name="Id">
        <code>{id}</code>
      </Fact>
    </dl>
  );
}

function Tree({ purge }: { purge: PurgeRecord }) {
  const { named, told = [], morePages = 0, pages } = purge;
  const names = namesOf(named);
  const longestMs = Math.max(1, ...pages.map(({ ms }) => ms));
  const { reasons: tree, further } = treeOf(purge);
  return (
    <ul className="tree">
      <li>
        <div>
          <b>Edit</b>
          {names.length > 0 && (
            <>
              {' '}
              · named: <Names names={names} most={ALL} />
            </>
          )}
          {told.length > 0 && (
            <>
              {' '}
              · said to have changed: <Names names={told} most={ALL} />
            </>
          )}
        </div>
        {tree.length > 0 ? (
          <ul>
            {tree.map((reason) => (
              <Reason key={reason.reason} {...reason} longestMs={longestMs} />
            ))}
            {further.length > 0 && (
              <li>
                <div>
                  <span className="soft">Also a reason of pages above:</span>{' '}
                  <Names names={further} most={ALL} />
                </div>
              </li>
            )}
            {morePages > 0 && (
              <li>
                <div>
                  <b>{countOf(morePages, 'more page')}</b>, which the history does not list. Of all
                  pages by reason:{' '}
                  {Object.entries(purge.reasons)
                    .map(([reason, count]) => `${reason} ${numberOf(count)}`)
                    .join(', ')}
                  .
                </div>
              </li>
            )}
          </ul>
        ) : (
          <p className="soft">No page was purged.</p>
        )}
      </li>
    </ul>
  );
}

function Reason({ reason, pages, longestMs }: TreeReason & { longestMs: number }) {
  // What failed is always seen.
  const sorted = [...pages].sort((a, b) => Number(isFailed(b)) - Number(isFailed(a)));
  const most = Math.max(MOST_OPEN, pages.filter(isFailed).length);
  const [first, others] = [sorted.slice(0, most), sorted.slice(most)];
  return (
    <li>
      <div>
        {reason === 'named' ? (
          <b>Named in the call</b>
        ) : (
          <>
            <span className="soft">Because of</span> <b>{reason}</b>
          </>
        )}{' '}
        <span className="soft">{countOf(pages.length, 'page')}</span>
      </div>
      <ul>
        {first.map((page) => (
          <li key={page.path}>
            <Page {...page} longestMs={longestMs} />
          </li>
        ))}
        {others.length > 0 && (
          <li>
            <details>
              <summary>{countOf(others.length, 'more page')}</summary>
              <ul>
                {others.map((page) => (
                  <li key={page.path}>
                    <Page {...page} longestMs={longestMs} />
                  </li>
                ))}
              </ul>
            </details>
          </li>
        )}
      </ul>
    </li>
  );
}

const isFailed = ({ result }: TreePage): boolean => result === 'failed';

const TONES = { regenerated: 'good', removed: 'good', failed: 'bad', absent: 'warn' } as const;
/** The width of a page's bar, if it took the longest of all. */
const BAR = 80;

function Page({ path, result, ms, error, others, longestMs }: TreePage & { longestMs: number }) {
  return (
    <div className="page">
      <a href={pageAddress(path)}>{path}</a>
      <Badge tone={TONES[result]} word={result} />
      <span className="took">
        <svg width={BAR} height="8" viewBox={`0 0 ${BAR} 8`} aria-hidden="true">
          <rect className="of-regenerated" width={Math.max(1, (BAR * ms) / longestMs)} height="8" />
        </svg>{' '}
        {durationOf(ms)}
      </span>
      {others.length > 0 && (
        <span className="soft">
          also for <Names names={others} most={ALL} />
        </span>
      )}
      {error && <span className="failure">{error}</span>}
    </div>
  );
}

const STEPS = [
  ['waited', 'for its turn'],
  ['read', 'the sources'],
  ['planned', 'what is stored, compared with the site'],
  ['regenerated', 'pages, rendered and stored'],
  ['told', 'the edges, and the end of the purge'],
] as const;

function Steps({ purge: { steps, ms } }: { purge: PurgeRecord }) {
  const rows = (steps ? STEPS : []).map(([name, what], at) => {
    const value = steps?.[name] ?? 0;
    const begin = STEPS.slice(0, at).reduce((sum, [before]) => sum + (steps?.[before] ?? 0), 0);
    return { name, what, value, begin, text: durationOf(value) };
  });
  const words = rows.map(({ name, text }) => `${name} ${text}`).join(', ');
  return (
    <Chart
      title="Time by step"
      note={`of ${durationOf(ms)} from the call’s arrival to its answer; of a batch, the steps of all its calls`}
      numbers={{
        head: ['Step', 'Took'],
        rows: rows.map(({ name, what, text }) => ({
          key: name,
          cells: [`${name}: ${what}`, text],
        })),
      }}
      nothing="There was nothing to do."
    >
      <RowChart label={`Time by step: ${words}.`} rows={rows} />
    </Chart>
  );
}
