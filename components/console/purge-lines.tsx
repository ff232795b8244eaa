/** Purges as a list, newest first: when, who, what was named, what had changed, and what became of the pages. */
import type { PurgeRecord } from '../../lib/console/record';
import {
  CallerLine,
  countsOf,
  edgesOf,
  Names,
  namesOf,
  purgeAddress,
  ResultBadge,
} from './purge-words';
import { durationOf, momentOf } from './words';

/** Draws the list. */
export function PurgeLines({ purges }: { purges: readonly PurgeRecord[] }) {
  return (
    <ol className="purges">
      {purges.map((purge) => (
        <li key={purge.id}>
          <PurgeLine purge={purge} />
        </li>
      ))}
    </ol>
  );
}

function PurgeLine({ purge }: { purge: PurgeRecord }) {
  const { id, at, result, ms, named, changed, error } = purge;
  const names = namesOf(named);
  const edges = edgesOf(purge);
  return (
    <>
      <p>
        <a href={purgeAddress(id)}>
          <time dateTime={at}>{momentOf(at)}</time>
        </a>
        <br />
        <ResultBadge result={result} /> <span className="soft">in {durationOf(ms)}</span>
      </p>
      <p className="soft">
        <CallerLine caller={purge.caller} />
      </p>
      <p>
        {names.length > 0 && (
          <span className="line">
            <span className="soft">Named</span> <Names names={names} />
          </span>
        )}
        {changed.length > 0 && (
          <span className="line">
            <span className="soft">Because of</span> <Names names={changed} />
          </span>
        )}
        {error && <span className="line failure">{error}</span>}
      </p>
      <p className="soft">
        {countsOf(purge)}
        {edges && (
          <>
            <br />
            {edges}
          </>
        )}
      </p>
    </>
  );
}
