/** What is said of a purge in lists and on its own page: who called, what was named, what became of it. */
import type { PurgeRecord } from '../../lib/console/record';
import { Badge } from './badge';
import { listOf, numberOf } from './words';

/** The most names that are written out in a line. */
const MOST_IN_LINE = 3;

/** A result in a word. */
export const RESULT_WORDS = { regenerated: 'done', failed: 'failed', refused: 'refused' } as const;
const TONES = { regenerated: 'good', failed: 'bad', refused: 'warn' } as const;

/** The result of a purge. */
export const ResultBadge = ({ result }: Pick<PurgeRecord, 'result'>) => (
  <Badge tone={TONES[result]} word={RESULT_WORDS[result]} />
);

/** Who called, in a line. */
export function CallerLine({
  caller: { sender, address, forwardedFor, secret },
}: Pick<PurgeRecord, 'caller'>) {
  const way = secret === 'console' ? 'in the console' : `with the ${secret} secret`;
  return (
    <>
      <b>{sender}</b> from{' '}
      {forwardedFor === undefined ? address : `${forwardedFor} through ${address}`}, {way}
    </>
  );
}

/** What a call named, as it was written; all that changed, where it named nothing. */
export function namesOf({
  paths,
  tags,
  more = 0,
  changed,
  confirm,
}: PurgeRecord['named']): string[] {
  return [
    ...paths,
    ...tags,
    ...(more > 0 ? [`${numberOf(more)} more`] : []),
    ...(changed ? ['what has changed'] : []),
    ...(confirm ? [`confirm=${confirm}`] : []),
  ];
}

/** The first of a list of names, and how many more there are. */
export function Names({ names, most = MOST_IN_LINE }: { names: readonly string[]; most?: number }) {
  const more = names.length - most;
  return (
    <>
      {names.slice(0, most).map((name, at) => (
        <span key={name}>
          {at > 0 && ', '}
          <code>{name}</code>
        </span>
      ))}
      {more > 0 && ` and ${numberOf(more)} more`}
    </>
  );
}

/** How many pages came to each result. */
export function countsOf({ counts }: Pick<PurgeRecord, 'counts'>): string {
  const { regenerated, removed, failed, absent } = counts;
  const parts = [
    regenerated > 0 && `${numberOf(regenerated)} regenerated`,
    removed > 0 && `${numberOf(removed)} removed`,
    failed > 0 && `${numberOf(failed)} failed`,
    absent > 0 && `${numberOf(absent)} absent`,
  ];
  return listOf(parts) || 'no page';
}

/** What the edges did. */
export function edgesOf({ edges }: Pick<PurgeRecord, 'edges'>): string | undefined {
  if (!edges) return undefined;
  const told = edges.told === 1 ? '1 edge told' : `${numberOf(edges.told)} edges told`;
  return edges.failure === undefined ? told : `${told}, one failed`;
}

/** Where the console shows a page. */
export const pageAddress = (path: string): string =>
  `/console/page?${new URLSearchParams({ path })}`;

/** Where the console shows a purge. */
export const purgeAddress = (id: string): string => `/console/purges/${encodeURIComponent(id)}`;
