/** What a check of a site is, and how one is carried out: bounded in time, and itself a result if it throws. */
import type { Environment } from '../../config';
import { messageOf } from '../../message-of';
import { TimeOut, within } from '../../within';

/** What a check found, and what to do about it. */
export interface Found {
  /** `warning`: it works, and will not always; `skipped`: there is nothing to look at. */
  state: 'ok' | 'warning' | 'error' | 'skipped';
  found: string;
  remedy?: string;
}

/** The same with the name of the check. */
export interface CheckResult extends Found {
  name: string;
}

/** One check; it may find several things. */
export interface SiteCheck {
  name: string;
  look: (settings: Environment) => Promise<Found | Found[]>;
  /** For what may take long without being wrong. */
  limitMs?: number;
}

/** One that does without the settings. */
export interface BareCheck extends SiteCheck {
  look: () => Promise<Found | Found[]>;
}

/** For one check. */
const LIMIT_MS = 5000;

/** Carries a check out. Never throws. */
export async function resultsOf(
  { name, look, limitMs = LIMIT_MS }: SiteCheck,
  settings: Environment,
): Promise<CheckResult[]> {
  return resultsOfBare({ name, look: () => look(settings), limitMs });
}

/** Carries a check out that does without the settings. Never throws. */
export async function resultsOfBare({
  name,
  look,
  limitMs = LIMIT_MS,
}: BareCheck): Promise<CheckResult[]> {
  try {
    const found = await within(look(), limitMs);
    return [found].flat().map((one) => ({ name, ...one }));
  } catch (error) {
    const late = `it took longer than ${limitMs / 1000} s`;
    const said = error instanceof TimeOut ? late : messageOf(error);
    return [{ name, ...wrong(sentence(said)) }];
  }
}

export const ok = (found: string): Found => ({ state: 'ok', found });
export const skipped = (found: string): Found => ({ state: 'skipped', found });
export const warning = (found: string, remedy?: string): Found => ({
  state: 'warning',
  found,
  remedy,
});
export const wrong = (found: string, remedy?: string): Found => ({ state: 'error', found, remedy });

/** A message as a sentence. */
export const sentence = (message: string): string =>
  `${message.charAt(0).toUpperCase()}${message.slice(1).replace(/[.\s]*$/, '')}.`;
