/** The check of the clock: when posts are published, and how long a preview is open, depends on it. */
import { basicOf } from '../../source/wordpress/client';
import type { Environment } from '../../config';
import { ok, skipped, warning, wrong, type Found, type SiteCheck } from './check';
import { HARMLESS } from './edges';
import { withRedis } from './redis';

/** Clocks that are closer count as the same, in ms; and those that differ by more break something. */
const SAME_MS = 2000;
const BROKEN_MS = 60_000;

const ANSWER_MS = 4000;

/** How far a clock is ahead of ours, at least, in ms; below zero: behind. */
interface Offset {
  of: string;
  aheadMs: number;
}

export const clockCheck: SiteCheck = {
  name: 'clock',
  look: async (settings) => {
    // Who does not answer has a check of their own.
    const asked = clocksOf(settings).map((ask) => ask().catch(() => undefined));
    return foundOfClocks((await Promise.all(asked)).filter((offset) => offset !== undefined));
  },
};

/** What there is to say of our clock beside others. */
export function foundOfClocks(offsets: readonly Offset[]): Found[] {
  if (offsets.length === 0) return [skipped('There is no other clock to compare with.')];
  const far = offsets.filter(({ aheadMs }) => Math.abs(aheadMs) > SAME_MS);
  if (far.length === 0) {
    return [ok(`The clock agrees with ${offsets.map(({ of }) => of).join(', ')}.`)];
  }
  return far.map(({ of, aheadMs }) => {
    const seconds = (Math.abs(aheadMs) / 1000).toFixed(1);
    const found = `The clock of ${of} is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the one here.`;
    const advice = 'Have NTP set both: scheduled posts and links to previews depend on them.';
    return Math.abs(aheadMs) > BROKEN_MS ? wrong(found, advice) : warning(found, advice);
  });
}

/** How far a time that was told between two of ours is off, at least: it may have been told at either. */
export function offsetOf(
  toldMs: number,
  precisionMs: number,
  sentMs: number,
  gotMs: number,
): number {
  if (toldMs > gotMs) return toldMs - gotMs;
  return Math.min(0, toldMs + precisionMs - sentMs);
}

type AskClock = () => Promise<Offset | undefined>;

function clocksOf({ wordpressUrl, wordpressBasicAuth, edges, redisUrl }: Environment): AskClock[] {
  const headers = wordpressBasicAuth && { Authorization: basicOf(wordpressBasicAuth) };
  return [
    // Its REST API is kept by no cache.
    ...(wordpressUrl === undefined
      ? []
      : [() => askHttp('WordPress', `${wordpressUrl}/?rest_route=/`, { method: 'HEAD', headers })]),
    // What an edge answers to a PURGE is its own, and not the site's.
    ...edges.map((edge) => () => askHttp(edge, edge + HARMLESS, { method: 'PURGE' })),
    ...(redisUrl === undefined ? [] : [() => askRedis(redisUrl)]),
  ];
}

async function askHttp(of: string, url: string, init: RequestInit): Promise<Offset | undefined> {
  const sentMs = Date.now();
  const signal = AbortSignal.timeout(ANSWER_MS);
  const response = await fetch(url, { ...init, redirect: 'manual', signal });
  const gotMs = Date.now();
  await response.arrayBuffer();
  const toldMs = Date.parse(response.headers.get('date') ?? '');
  // In whole seconds.
  return Number.isNaN(toldMs) ? undefined : { of, aheadMs: offsetOf(toldMs, 999, sentMs, gotMs) };
}

const askRedis = (url: string): Promise<Offset> =>
  withRedis(url, async (client) => {
    const sentMs = Date.now();
    const [seconds, microseconds] = await client.time();
    const toldMs = Number(seconds) * 1000 + Number(microseconds) / 1000;
    return { of: 'Redis', aheadMs: offsetOf(toldMs, 0, sentMs, Date.now()) };
  });
