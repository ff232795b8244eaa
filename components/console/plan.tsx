/** The plan of a purge: which pages it would regenerate and why, and the form that carries it out. */
import { countOf } from '../../lib/count-of';
import type { PurgePlan } from '../../lib/console/purge-plan';
import type { Named } from '../../lib/console/purge-form';
import { ConsoleForm } from './layout';
import { durationOf, listOf, numberOf } from './words';

export function Plan({
  plan,
  named,
  formToken,
}: {
  plan: PurgePlan;
  named: Named;
  formToken: string;
}) {
  return (
    <section aria-labelledby="plan">
      <h2 id="plan">The plan</h2>
      {'problem' in plan ? (
        <Refused plan={plan} formToken={formToken} />
      ) : (
        <Planned plan={plan} named={named} formToken={formToken} />
      )}
    </section>
  );
}

function Refused({
  plan: { problem, isConfirmable },
  formToken,
}: {
  plan: Extract<PurgePlan, { problem: string }>;
  formToken: string;
}) {
  return (
    <>
      <p className="note bad">{problem}</p>
      {isConfirmable && (
        <ConsoleForm action="plan" token={formToken}>
          <input type="hidden" name="confirm" value="removals" />
          <button>Show what would be removed</button>
        </ConsoleForm>
      )}
    </>
  );
}

function Planned({
  plan: { pages, more, unchanged, ignored, alwaysFresh, ms },
  named,
  formToken,
}: {
  plan: Exclude<PurgePlan, { problem: string }>;
  named: Named;
  formToken: string;
}) {
  const count = pages.length + more;
  return (
    <>
      <p>
        {listOf([
          count === 0 ? 'No page has to be regenerated' : `${countOf(count, 'page')} to regenerate`,
          unchanged > 0 && `${countOf(unchanged, 'stored page')} left as they are`,
        ])}
        . The plan was made in {durationOf(ms)}; nothing was changed.
      </p>
      {ignored.length > 0 && (
        <p className="note warn">No page of this site, so left alone: {ignored.join(', ')}</p>
      )}
      {alwaysFresh.length > 0 && (
        <p className="note">Computed for each visit, so never stale: {alwaysFresh.join(', ')}</p>
      )}
      {pages.length > 0 && (
        <div className="table" role="region" aria-label="Pages of the plan" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Page</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {pages.map(({ path, because }) => (
                <tr key={path}>
                  <th scope="row" className="wide">
                    <a href={`/console/page?${new URLSearchParams({ path }).toString()}`}>{path}</a>
                  </th>
                  <td className="wide">{because.join(', ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {more > 0 && <p>and {numberOf(more)} more</p>}
      <ConsoleForm action="purge" token={formToken}>
        <Names named={named} />
        {named.confirm && (
          <p className="note warn">
            Most of what is stored is missing from the sources. This removes it from the site.
          </p>
        )}
        <button className="main">{buttonOf(count, named)}</button>
      </ConsoleForm>
    </>
  );
}

function buttonOf(count: number, { confirm }: Named): string {
  if (confirm) return `Confirm the removals, and purge ${countOf(count, 'page')}`;
  return count === 0 ? 'Purge all the same' : `Purge ${countOf(count, 'page')}`;
}

/** What was planned, for the form that has it carried out. */
const Names = ({ named: { paths, tags, changed, confirm } }: { named: Named }) => (
  <>
    {paths.length > 0 && <input type="hidden" name="path" value={paths.join('\n')} />}
    {tags.length > 0 && <input type="hidden" name="tag" value={tags.join('\n')} />}
    {changed && <input type="hidden" name="changed" value="1" />}
    {confirm && <input type="hidden" name="confirm" value="removals" />}
  </>
);
