/** Whether one page is fresh, and all that the answer rests on. */
import type { Proof } from '../../lib/console/freshness';
import { pageAddress } from './purge-words';
import { countOf, durationOf, momentOf, numberOf } from './words';

const VERDICTS = {
  yes: {
    sign: '✓',
    tone: 'good',
    word: 'Fresh: yes',
    why: 'Nobody who comes from now on is served an older version than the sources had when you asked.',
  },
  no: {
    sign: '✕',
    tone: 'bad',
    word: 'Fresh: no',
    why: 'Something below does not hold: an older version may be served.',
  },
  unknown: {
    sign: '?',
    tone: 'warn',
    word: 'Fresh: unknown',
    why: 'What would prove it could not be found out, or nothing is stored yet.',
  },
};

/** Why a page was rendered, in a sentence. */
const REASONS = new Map([
  ['purge', 'a purge asked for it'],
  ['interval', 'its interval had passed'],
  ['visit', 'a visitor came when it was not there'],
]);

/** Draws the answer. */
export function PageProof({ proof, askedAtMs }: { proof: Proof; askedAtMs: number }) {
  const { sign, tone, word, why } = VERDICTS[proof.fresh];
  return (
    <>
      <div className={`verdict ${tone}`}>
        <p>
          <span aria-hidden="true">{sign}</span> {word}
        </p>
        <p>
          <code>{proof.path}</code> at {momentOf(askedAtMs)}. {why}
        </p>
      </div>
      <p className="row">
        <a href={`/console/purge?${new URLSearchParams({ path: proof.path })}`}>Purge this page</a>
        <a href={proof.path}>Visit it</a>
      </p>
      <h2>The proof</h2>
      <ul className="checks">
        {proof.checks.map(({ what, ok, detail }) => (
          <li key={what}>
            <Sign ok={ok} /> <b>{what}</b>
            <br />
            <span className="soft">{detail}</span>
          </li>
        ))}
      </ul>
      <Revisions {...proof} />
      <ServedByEdges edges={proof.edges} />
      <div className="parts">
        <Shows shows={proof.shows} />
        <ShownBy {...proof.shownBy} />
      </div>
    </>
  );
}

function Sign({ ok }: { ok: boolean }) {
  return (
    <span className={`badge ${ok ? 'good' : 'bad'}`}>
      <span aria-hidden="true">{ok ? '✓' : '✕'}</span> {ok ? 'holds' : 'does not hold'}
    </span>
  );
}

function Revisions({ expected, stored }: Proof) {
  return (
    <>
      <h2>Stored and expected</h2>
      <dl className="facts">
        <dt>Expected revision</dt>
        <dd>{expected ? <Revision of={expected.revision} /> : 'cannot be known'}</dd>
        <dt>Stored revision</dt>
        <dd>{stored ? <Revision of={stored.revision} /> : 'nothing is stored'}</dd>
        {stored?.renderedAt && (
          <>
            <dt>Rendered</dt>
            <dd>
              <time dateTime={stored.renderedAt}>{momentOf(stored.renderedAt)}</time>
              {stored.ms !== undefined && ` in ${durationOf(stored.ms)}`}, because{' '}
              {REASONS.get(stored.reason ?? '') ??
                'of something that this instance no longer knows: it was the build, another instance, or before the last start'}
            </dd>
          </>
        )}
      </dl>
    </>
  );
}

const Revision = ({ of }: { of: string | null }) =>
  of === null ? <>no page</> : <code>{of}</code>;

function ServedByEdges({ edges }: Pick<Proof, 'edges'>) {
  if (edges.length === 0) return undefined;
  return (
    <>
      <h2 id="edges">What the edges serve right now</h2>
      <div className="table" role="region" aria-labelledby="edges" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Edge</th>
              <th scope="col">Byte for byte</th>
              <th scope="col" className="number">
                Status
              </th>
              <th scope="col" className="number">
                Bytes
              </th>
              <th scope="col" className="number">
                Kept for
              </th>
              <th scope="col">Owed</th>
            </tr>
          </thead>
          <tbody>
            {edges.map(({ edge, ok, status, bytes, age, isSame, owed, error }) => (
              <tr key={edge}>
                <th scope="row" className="wide">
                  {edge}
                </th>
                <td className="wide">
                  <span className={`badge ${ok ? 'good' : 'bad'}`}>
                    <span aria-hidden="true">{ok ? '✓' : '✕'}</span>{' '}
                    {isSame === undefined
                      ? 'no answer'
                      : isSame
                        ? 'what is stored'
                        : 'another page'}
                  </span>
                  {error && (
                    <>
                      <br />
                      <span className="failure">{error}</span>
                    </>
                  )}
                </td>
                <td className="number">{status ?? '–'}</td>
                <td className="number">{bytes === undefined ? '–' : numberOf(bytes)}</td>
                <td className="number">{age === undefined ? '–' : `${numberOf(age)} s`}</td>
                <td>{owed ? 'yes: it has not confirmed the last change' : 'no'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Shows({ shows }: Pick<Proof, 'shows'>) {
  return (
    <section>
      <h2>What it shows</h2>
      {shows.length === 0 && <p className="soft">No content is known of it.</p>}
      <ul className="tags">
        {shows.map(({ tag, isSame }) => (
          <li key={tag}>
            <code>{tag}</code>{' '}
            <span className={isSame ? 'soft' : 'badge bad'}>
              {isSame ? 'same as in the sources' : '≠ differs from the sources'}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ShownBy({ paths, more }: Proof['shownBy']) {
  return (
    <section>
      <h2>Who shows it</h2>
      {paths.length === 0 ? (
        <p className="soft">No other page shows its content.</p>
      ) : (
        <ul className="tags">
          {paths.map((path) => (
            <li key={path}>
              <a href={pageAddress(path)}>{path}</a>
            </li>
          ))}
          {more > 0 && <li className="soft">and {countOf(more, 'more page')}</li>}
        </ul>
      )}
    </section>
  );
}
