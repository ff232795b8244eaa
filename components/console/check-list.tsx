/** What the checks of the doctor found, the worst first. */
import type { CheckResult } from '../../lib/console/checks';

const WORST_FIRST: readonly CheckResult['state'][] = ['error', 'warning', 'ok', 'skipped'];

const BADGES = { error: 'bad', warning: 'warn', ok: 'good', skipped: '' } as const;

export function CheckList({ results }: { results: readonly CheckResult[] }) {
  return (
    <ul className="checks">
      {WORST_FIRST.flatMap((wanted) =>
        results
          .filter(({ state }) => state === wanted)
          .map(({ name, state, found, remedy }, index) => (
            <li key={`${wanted} ${index}`}>
              <span className={`badge ${BADGES[state]}`}>{state}</span>
              <b>{name}</b>
              <p>
                {found}
                {remedy !== undefined && <span className="line soft">{remedy}</span>}
              </p>
            </li>
          )),
      )}
    </ul>
  );
}
