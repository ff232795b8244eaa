/**
 * Addresses that nothing is known of, and of which WordPress is asked: seldom, since any stranger can have it
 * asked, and nothing that it says outlives a purge.
 */
import { LRUCache } from 'lru-cache';
import type { Environment } from '../config';
import { messageOf } from '../message-of';
import type { Lead } from '../site/other-addresses';
import { pathOf, segmentsOf } from '../site/paths';
import type { Site } from '../site/site';
import { hasSlugForm, spelledOurWay } from '../site/slugs';
import type { Snapshot } from './snapshots';
import { whereIs } from '../source/wordpress/where';

/** Questions in a minute. */
const MOST_QUESTIONS = 10;
const MINUTE_MS = 60_000;

/** Answers that are kept; beyond them those go that nobody asked for lately. */
const MOST_ANSWERS = 1000;

/** Deeper is nothing in a WordPress, and what strangers try is no slug. */
const MOST_SEGMENTS = 6;

/** Where visitors of a path that is no page are led, if anywhere. */
export async function leadAt(
  path: string,
  { site, problemAt, unchecked }: Pick<Snapshot, 'site' | 'problemAt' | 'unchecked'>,
  elsewhere: Pick<Elsewhere, 'leadOf'>,
): Promise<Lead | undefined> {
  // There may be a page any moment.
  if (problemAt.has(path) || unchecked.has(path)) return undefined;
  return site.leadOf(path) ?? elsewhere.leadOf(path, site);
}

/** What WordPress said of addresses. */
export class Elsewhere {
  private readonly answers = new LRUCache<string, { where?: string }>({ max: MOST_ANSWERS });
  private readonly asking = new Map<string, Promise<void>>();
  private askedAtMs: number[] = [];
  /** Counts the times that all was forgotten. */
  private age = 0;

  constructor(
    private readonly parts: {
      settings: () => Environment;
      now: () => number;
      whereIs?: typeof whereIs;
    },
  ) {}

  /**
   * Where visitors of an address are led, given as a path, perhaps with a query; undefined if nothing is known.
   * Of a site without a WordPress nothing ever is.
   */
  async leadOf(written: string, site: Site): Promise<Lead | undefined> {
    const asked = asAsked(written);
    if (asked === undefined) return undefined;
    if (!this.answers.has(asked)) await this.ask(asked);
    const where = this.answers.get(asked)?.where;
    if (where === undefined) return undefined;
    if (!where.startsWith('/')) return { to: where, status: 308 };
    const { pathname, searchParams } = new URL(where, 'http://n');
    const path = pathname.replace(/(.)\/$/, '$1');
    const { pages, leadOf, leadOfQuery } = site;
    const lead =
      path === '/' && searchParams.size > 0
        ? leadOfQuery(searchParams)
        : pages.has(path)
          ? ({ to: path, status: 301 } as const)
          : leadOf(path);
    // WordPress leads what it does not know to its home page, as some plugins have it: that is a 404 here.
    return lead && lead.to !== '/' ? { ...lead, status: 301 } : undefined;
  }

  /** Forgets all: what was at an address may be elsewhere now. */
  clear(): void {
    this.age += 1;
    this.answers.clear();
    this.asking.clear();
  }

  private async ask(asked: string): Promise<void> {
    const { settings, now } = this.parts;
    const { wordpressUrl, wordpressLogin: login, wordpressBasicAuth: basicAuth } = settings();
    if (wordpressUrl === undefined) return;
    const known = this.asking.get(asked);
    if (known) return known;
    const nowMs = now();
    this.askedAtMs = this.askedAtMs.filter((atMs) => nowMs - atMs < MINUTE_MS);
    if (this.askedAtMs.length >= MOST_QUESTIONS) return;
    this.askedAtMs.push(nowMs);
    const { age } = this;
    const { whereIs: find = whereIs } = this.parts;
    const question = find(asked, wordpressUrl, { login, basicAuth })
      .then(
        (where) => {
          if (age === this.age) this.answers.set(asked, { where });
        },
        // Not kept: it is a 404 until WordPress can be asked.
        (error: unknown) =>
          console.warn(`WordPress cannot be asked what is at ${asked}: ${messageOf(error)}`),
      )
      .finally(() => {
        if (this.asking.get(asked) === question) this.asking.delete(asked);
      });
    this.asking.set(asked, question);
    return question;
  }
}

/**
 * An address in one spelling, if it may be one that WordPress had: most of what strangers try is not. Given as a
 * path, or as `/?p=12`.
 */
function asAsked(written: string): string | undefined {
  if (/^\/\?p=\d+$/.test(written)) return written;
  let segments: string[];
  try {
    segments = segmentsOf(written).map(spelledOurWay);
  } catch {
    return undefined;
  }
  const below = segments[0] === 'index.php' ? segments.slice(1) : segments;
  const isPlausible =
    below.length > 0 &&
    below.length <= MOST_SEGMENTS &&
    below.every((segment) => hasSlugForm(segment.replace(/_+|\.html?$/g, '')));
  return isPlausible ? pathOf(...segments) : undefined;
}
