/** Checks of what the owner sets: variables and where they come from, the secret, the address, versions. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { SECRET_CHARACTERS, type Environment } from '../../config';
import {
  ok,
  sentence,
  skipped,
  warning,
  wrong,
  type BareCheck,
  type Found,
  type SiteCheck,
} from './check';

/** The files that Next reads in production, the one that counts most first. */
export const ENV_FILES = ['.env.production.local', '.env.local', '.env.production', '.env'];

/** The releases of Node.js that the tests run on. */
const NODE = { least: 20, most: 26 };

const MAKE_A_SECRET = 'openssl rand -hex 32';

const isLocal = (hostname: string): boolean =>
  /^(?:localhost|127\..*|\[::1\]|.*\.localhost)$/.test(hostname);

/** What came of reading the environment: `failure` is why it cannot be used. */
export function foundOfSettings(failure: string | undefined): Found {
  const files = ENV_FILES.filter((name) => existsSync(/* turbopackIgnore: true */ name));
  const where =
    files.length > 0
      ? `the environment of the process counts first, then ${files.join(', then ')}`
      : 'all of them are of the environment of the process, since there is no .env file';
  if (failure === undefined) return ok(`The settings can be used: ${where}.`);
  return wrong(
    sentence(failure),
    `Correct what is named (${where}); .env.example says what each variable takes. Then restart.`,
  );
}

export const secretCheck: SiteCheck = {
  name: 'secret',
  look: async ({ secrets }) => foundOfSecret(secrets),
};

/** What there is to say of the secrets. */
export function foundOfSecret([current, previous]: readonly string[]): Found {
  const advice = `Set a random MY_SECRET_TOKEN on the site and at all senders: ${MAKE_A_SECRET}`;
  if (current === undefined) return wrong('No secret is set, so nobody can purge.', advice);
  if (current.length < SECRET_CHARACTERS) {
    return warning(
      `The secret has fewer than ${SECRET_CHARACTERS} characters, so previews and the console are closed.`,
      advice,
    );
  }
  return previous === undefined
    ? ok('The secret is set, and long enough.')
    : warning(
        'The previous secret is still accepted.',
        'Remove MY_SECRET_TOKEN_PREVIOUS once all senders have the current one.',
      );
}

export const addressCheck: SiteCheck = {
  name: 'address',
  look: async (settings) => foundOfAddress(settings),
};

/** What there is to say of the address of the site. */
export function foundOfAddress({
  siteUrl,
  edges,
  redisUrl,
}: Pick<Environment, 'siteUrl' | 'edges' | 'redisUrl'>): Found {
  const { hostname } = new URL(siteUrl);
  if (!isLocal(hostname)) {
    return ok(`Canonical links, feeds and the sitemap begin with ${siteUrl}.`);
  }
  const found = `Canonical links, feeds and the sitemap begin with ${siteUrl}, which only this machine can open.`;
  const isPublic = edges.length > 0 || redisUrl !== undefined;
  const advice = 'Set SITE_URL to the public address of the site, and build again.';
  return isPublic
    ? wrong(found, advice)
    : warning(found, `${advice} On your own machine it may stay.`);
}

export const watchingCheck: SiteCheck = {
  name: 'watching',
  look: async (settings) => foundOfWatching(settings),
};

/** What there is to say of the token of the metrics and of the webhook for notices. */
export function foundOfWatching({
  secrets,
  metricsToken,
  notifyUrl,
}: Pick<Environment, 'secrets' | 'metricsToken' | 'notifyUrl'>): Found[] {
  const found: Found[] = [];
  if (metricsToken !== undefined) {
    found.push(
      secrets.includes(metricsToken)
        ? warning(
            'METRICS_TOKEN is the purge secret, so those who read the metrics can purge.',
            `Set another one: ${MAKE_A_SECRET}`,
          )
        : ok('METRICS_TOKEN is set: it opens the metrics, and nothing else.'),
    );
  }
  if (notifyUrl !== undefined) {
    const { protocol, hostname } = new URL(notifyUrl);
    found.push(
      protocol === 'https:' || isLocal(hostname)
        ? ok(`Notices are sent to ${hostname}.`)
        : warning(
            `Notices are sent to ${hostname} without encryption, and so is whatever secret NOTIFY_URL holds.`,
            'Use its https address, unless a network of your own leads there.',
          ),
    );
  }
  return found.length > 0
    ? found
    : [skipped('Neither METRICS_TOKEN nor NOTIFY_URL is set: metrics ask for the purge secret.')];
}

export const versionsCheck: BareCheck = {
  name: 'versions',
  look: async () => {
    const asked = packageIn('.')?.dependencies?.next;
    return [foundOfNode(process.versions.node), foundOfNext(asked, installedNext())];
  },
};

/** What there is to say of a version of Node.js. */
export function foundOfNode(version: string): Found {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const said = `Node.js is ${version}`;
  if (major < NODE.least || (major === NODE.least && minor < 9)) {
    return wrong(`${said}, which is too old.`, `Install Node.js ${NODE.least}.9 or newer.`);
  }
  if (major > NODE.most) {
    return warning(
      `${said}, which is newer than what this release was tested with.`,
      `Use Node.js ${NODE.least} to ${NODE.most}, or a newer release of Evergreen.`,
    );
  }
  return ok(`${said}.`);
}

/** What there is to say of Next as it is asked for, and as it is installed; undefined is not there. */
export function foundOfNext(asked: string | undefined, installed: string | undefined): Found {
  if (installed === undefined) return wrong('Next is not installed.', 'Run npm ci.');
  if (asked === undefined) return skipped(`Next is ${installed}; there is no package.json here.`);
  return asked === installed
    ? ok(`Next is ${installed}, as package.json has it.`)
    : wrong(
        `Next is ${installed}, and package.json asks for ${asked}.`,
        'Run npm ci and npm run build: what the page store needs of Next changes between its releases.',
      );
}

const Package = z.object({
  version: z.string().optional(),
  dependencies: z.object({ next: z.string().optional() }).optional(),
});

/** The `package.json` of a folder, if it can be read. */
function packageIn(folder: string): z.infer<typeof Package> | undefined {
  try {
    const file = path.resolve(/* turbopackIgnore: true */ folder, 'package.json');
    return Package.parse(JSON.parse(readFileSync(/* turbopackIgnore: true */ file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** As Node.js finds it: here, or in a folder above. */
function installedNext(): string | undefined {
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    const found = packageIn(
      path.join(/* turbopackIgnore: true */ folder, 'node_modules', 'next'),
    )?.version;
    if (found !== undefined || folder === path.dirname(folder)) return found;
  }
}
