/**
 * What calls of the purge endpoint leave in the log: a line for each, and one a minute for all that an
 * address makes while it is throttled. No secret is in any.
 */
import { LRUCache } from 'lru-cache';
import type { NextApiRequest } from 'next';
import { knownSecrets, type Outcome, type PurgeResponse } from './response';
import { jsonLine, type Member } from '../log';
import type { PurgeReport } from './report';
import { withoutSecrets } from '../secret';
import { messageOf } from '../message-of';

const SUMMARISED_EACH_MS = 60_000;
/** Throttled addresses that are counted; the line of another makes room for it. */
const MOST_ADDRESSES = 1000;

/** Bytes that members of a line may take: together few enough to leave some for the pages. */
const MOST_BYTES = { address: 64, error: 300, path: 240, forwardedFor: 140, tags: 120 };

/** Writes a line of JSON about a call to standard output. `ms` is what the whole call took. */
export function logPurge(req: NextApiRequest, outcome: Outcome, ms: number): void {
  const address = req.socket.remoteAddress ?? 'unknown';
  if (outcome.answer.status === 429) noteThrottled(address);
  else writeLine(membersOf(req, outcome, ms));
}

function membersOf(req: NextApiRequest, outcome: Outcome, ms: number): Member[] {
  const { report, error, request, answer } = outcome;
  const pages = report?.pages ?? [];
  // Named pages come first.
  const [only] = request?.paths.length === 1 || pages.length === 1 ? pages : [];
  const address = req.socket.remoteAddress;
  // What a proxy says, or a caller pretends; Next fills in the address where neither does.
  const forwardedFor = req.headers['x-forwarded-for'];
  const result = only && 'result' in only ? only.result : resultOf(answer, report);
  return [
    ['event', 'purge'],
    ['at', new Date().toISOString()],
    ['address', address, MOST_BYTES.address],
    ['status', answer.status],
    ['result', result],
    ['ms', ms],
    ['error', error === undefined ? report?.message : messageOf(error), MOST_BYTES.error],
    ['path', only ? only.path : request?.paths, MOST_BYTES.path],
    [
      'forwardedFor',
      forwardedFor === address ? undefined : forwardedFor?.toString(),
      MOST_BYTES.forwardedFor,
    ],
    ['tags', request?.tags, MOST_BYTES.tags],
    // In a burst each classic call brings along the same pages.
    ['pages', pages.length > 1 && !request?.classic ? pages : undefined],
  ];
}

function resultOf({ status }: PurgeResponse, report: PurgeReport | undefined): string {
  if (status >= 500) return 'failed';
  if (status >= 400) return 'refused';
  return report?.dryRun ? 'planned' : 'regenerated';
}

function writeLine(members: Member[]): void {
  const secrets = knownSecrets();
  console.log(jsonLine(members, (text) => withoutSecrets(text, secrets)));
}

/** The calls of the running minute that were answered with 429, by address. */
const throttled = new LRUCache<string, { calls: number }>({
  max: MOST_ADDRESSES,
  dispose: ({ calls }, address, reason) => {
    if (reason === 'evict') writeThrottled(address, calls);
  },
});
let timer: NodeJS.Timeout | undefined;

function noteThrottled(address: string): void {
  const noted = throttled.get(address);
  if (noted) noted.calls += 1;
  else throttled.set(address, { calls: 1 });
  // It holds up no process that would end.
  timer ??= setTimeout(writeAllThrottled, SUMMARISED_EACH_MS).unref();
}

function writeAllThrottled(): void {
  timer = undefined;
  throttled.forEach(({ calls }, address) => writeThrottled(address, calls));
  throttled.clear();
}

function writeThrottled(address: string, calls: number): void {
  writeLine([
    ['event', 'purge'],
    ['at', new Date().toISOString()],
    ['address', address, MOST_BYTES.address],
    ['status', 429],
    ['result', 'refused'],
    ['calls', calls],
  ]);
}
