/** Whether one page is fresh, and all that the answer rests on. */
import { countOf } from '../../lib/count-of';
import type { EdgeProof, Proof } from '../../lib/console/freshness';
import { Badge, Sign } from './badge';
import { Fact } from './fact';
import { pageAddress } from './purge-words';
import { durationOf, listOf, momentOf, numberOf } from './words';

const VERDICTS = {
  yes: {
    tone: 'good',
    word: 'Fresh: yes',
    why: 'Nobody who comes from now on is served an older version than the sources had when you asked.',
  },
  no: { tone: 'bad', word: 'Fresh: no', why: 'An older version may be served.' },
  unknown: {
    tone: 'warn',
    word: 'Fresh: unknown',
    why: 'It could not be proved, one way or the other.',
  },
} as const;

/** Why a page was rendered, in a sentence. */
const REASONS = new Map([
  ['purge', 'A purge asked for it.'],
  ['interval', 'Its interval had passed.'],
  ['visit', 'A visitor came when it was not there as it should be.'],
]);

/** Draws the answer. */
export function PageProof({ proof, askedAtMs }: { proof: Proof; askedAtMs: number }) {
  const { tone, word, why } = VERDICTS[proof.fresh];
  return (
    <>
      <div className={`verdict ${tone}`}>
        <p>
          <Sign tone={tone} isOpen={proof.fresh === 'unknown'} /> {word}
        </p>
        <p>
          <code>{proof.path}</code> at {momentOf(askedAtMs)}. {why}
        </p>
        {proof.fresh !== 'yes' && <Failing {...proof} />}
      </div>
      <p className="row">
        <a href={`/console/purge?${new URLSearchParams({ path: proof.path })}`}>Purge this page</a>
        <a href={proof.path}>Visit it</a>
      </p>
      <h2>The proof</h2>
      <ul className="checks">
        {proof.checks.map(({ what, ok, detail }) => (
          <li key={what}>
            <Badge tone={ok ? 'good' : 'bad'} word={ok ? 'holds' : 'does not hold'} /> <b>{what}</b>
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

/** What keeps the answer from being a yes. */
function Failing({ checks, edges }: Pick<Proof, 'checks' | 'edges'>) {
  const failing = [
    ...checks.filter(({ ok }) => !ok).map(({ what, detail }) => `${what}: no. ${detail}`),
    ...edges.filter(({ ok }) => !ok).map((proof) => `${proof.edge}: ${sentenceOf(proof)}`),
  ];
  if (failing.length === 0) return undefined;
  return (
    <ul>
      {failing.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

function Revisions({ expected, stored }: Proof) {
  return (
    <>
      <h2>Revisions</h2>
      <dl className="facts">
        <Fact name="Expected">
          {expected ? <Revision of={expected.revision} /> : 'cannot be known'}
        </Fact>
        <Fact name="Stored">
          {stored ? <Revision of={stored.revision} /> : 'nothing is stored'}
        </Fact>
        {stored?.renderedAt && (
          <>
            <Fact name="Rendered">
              <time dateTime={stored.renderedAt}>{momentOf(stored.renderedAt)}</time>
            </Fact>
            <Fact name="Why">
              {REASONS.get(stored.reason ?? '') ??
                'Not known: it was rendered by the build, by another instance, or before the last start.'}
              {stored.ms !== undefined && ` It took ${durationOf(stored.ms)}.`}
            </Fact>
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
      <h2>What the edges serve right now</h2>
      <ul className="checks">
        {edges.map((proof) => (
          <li key={proof.edge}>
            <Badge tone={proof.ok ? 'good' : 'bad'} word={proof.ok ? 'same' : wordOf(proof)} />{' '}
            <b>{proof.edge}</b>
            <br />
            <span className="soft">{sentenceOf(proof)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

const wordOf = ({ isSame, error }: EdgeProof): string =>
  error !== undefined ? 'no answer' : isSame ? 'owed' : 'differs';

function sentenceOf(proof: EdgeProof): string {
  const { status, bytes, age, owed, error } = proof;
  if (error !== undefined) return `It cannot be asked: ${error}.`;
  const parts = [
    status !== undefined && `status ${status}`,
    bytes !== undefined && countOf(bytes, 'byte'),
    age !== undefined && `kept for ${numberOf(age)} s`,
  ];
  const owes = owed ? ' It has not confirmed the last change yet.' : '';
  return `${servedOf(proof)}: ${listOf(parts)}.${owes}`;
}

/** Of a page its bytes are compared, of a redirect its target. */
function servedOf({ status = 0, isSame }: EdgeProof): string {
  if (!isSame) return 'It serves something other than what is stored';
  if (status === 404) return 'It says that there is no such page, as it should';
  if (status >= 300 && status < 400) return 'It leads to where the stored redirect does';
  return 'It serves what is stored, byte for byte';
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
