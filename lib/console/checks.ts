/**
 * The checks of a site, for `npm run doctor` and for the console: settings, secret, sources, store, history, edges,
 * disk, clock, permissions and versions. They run side by side, each bounded in time, and change nothing.
 */
import { environment, type Environment } from '../config';
import { messageOf } from '../message-of';
import { withoutSecrets } from '../secret';
import { withoutPasswords } from '../without-passwords';
import { resultsOf, resultsOfBare, type CheckResult, type SiteCheck } from './checks/check';
import { clockCheck } from './checks/clock';
import { edgesCheck } from './checks/edges';
import { historyCheck, type CheckedHistory } from './checks/history';
import { redisCheck } from './checks/redis';
import {
  addressCheck,
  foundOfSettings,
  secretCheck,
  versionsCheck,
  watchingCheck,
} from './checks/settings';
import { postsCheck, wordPressCheck, type CountedPosts } from './checks/sources';
import { buildCheck, diskCheck, foldersCheck, permissionsCheck } from './checks/storage';

export type { CheckResult } from './checks/check';

/** What the running site knows better than somebody who looks from outside. */
export interface CheckParts {
  settings?: () => Environment;
  history?: CheckedHistory;
  /** What was read last, so that it is not read again. */
  posts?: CountedPosts;
}

/** Carries all checks out. Never throws. No result holds a secret or a password. */
export async function runChecks({
  settings = environment,
  history,
  posts,
}: CheckParts = {}): Promise<CheckResult[]> {
  const checks: SiteCheck[] = [
    secretCheck,
    addressCheck,
    watchingCheck,
    postsCheck(posts),
    wordPressCheck,
    foldersCheck,
    diskCheck,
    redisCheck,
    historyCheck(history),
    edgesCheck,
    clockCheck,
  ];
  const bare = [buildCheck, permissionsCheck, versionsCheck];
  const { values, failure } = settingsOf(settings);
  const ofSettings = { name: 'settings', ...foundOfSettings(failure) };
  const secrets = values ? secretsOf(values) : [];
  const others = await Promise.all([
    ...checks.map((check) => (values ? resultsOf(check, values) : [withoutSettings(check)])),
    ...bare.map(resultsOfBare),
  ]);
  return [ofSettings, ...others.flat()].map((result) => clean(result, secrets));
}

function settingsOf(settings: () => Environment): { values?: Environment; failure?: string } {
  try {
    return { values: settings() };
  } catch (error) {
    return { failure: messageOf(error) };
  }
}

const withoutSettings = ({ name }: SiteCheck): CheckResult => ({
  name,
  state: 'skipped',
  found: 'The settings cannot be used, so this was not looked at.',
});

/** Whatever must not be printed. */
function secretsOf({
  secrets,
  metricsToken = '',
  notifyUrl = '',
  wordpressLogin,
  wordpressBasicAuth,
  redisUrl,
}: Environment): string[] {
  const ofRedis = redisUrl === undefined ? '' : new URL(redisUrl).password;
  const ofWordPress = [wordpressLogin, wordpressBasicAuth].flatMap((login) =>
    login ? [login.password, login.password.replaceAll(' ', '')] : [],
  );
  const all = [...secrets, metricsToken, notifyUrl, ...ofWordPress];
  return [...all, ofRedis, decodeURIComponent(ofRedis)].filter((text) => text !== '');
}

function clean({ name, state, found, remedy }: CheckResult, secrets: string[]): CheckResult {
  const cleaned = (text: string) => withoutPasswords(withoutSecrets(text, secrets));
  return { name, state, found: cleaned(found), remedy: remedy && cleaned(remedy) };
}
