/**
 * The environment: the only module that reads it, and only when asked, so that a value set after
 * the module was loaded (by a test, or by Next from `.env.local`) counts.
 */
import path from 'node:path';
import { z } from 'zod';
import { withoutPasswords } from './without-passwords';

/** A variable that is set to nothing counts as not set, as in a shell's `${NAME:-default}`. */
const set = (value: unknown) => (value === '' ? undefined : value);

const wholeNumber = (unit: string, least: number) => {
  const error = `must be a whole number of ${unit}, at least ${least}`;
  const number = z
    .string()
    .regex(/^\d+$/, { error })
    .transform(Number)
    .refine((value) => value >= least, { error });
  return z.preprocess(set, number.optional());
};

/**
 * What an http address may not hold: it is printed. Any `@` counts, since a password with a slash in it
 * that is not encoded is taken for a port and a path.
 */
const withoutAt = (address: string) => !address.includes('@');
const WITHOUT_PASSWORD = 'must not hold a password, or another @';

/**
 * Characters of a secret from which on nobody guesses it offline, from something that it signed. Purges
 * do with fewer, which are guessed online, one call each.
 */
export const SECRET_CHARACTERS = 16;

/** How long a 404 may be kept: its page may be published any moment, and without a purge. */
export const NOT_FOUND_SECONDS = 60;

/**
 * Why there are no previews, if so. A link that was signed with a short secret would give the secret
 * away: somebody who may preview, and not purge, could guess it from the link without asking the site.
 */
export function previewsClosed([current = '']: readonly string[]): string | undefined {
  if (current.length >= SECRET_CHARACTERS) return undefined;
  return (
    `Previews are closed: MY_SECRET_TOKEN has fewer than ${SECRET_CHARACTERS} characters, and links ` +
    'to previews are signed with it. Set a longer one on the site and in WordPress.'
  );
}

const addressesIn = (list: string): string[] =>
  list
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');

const edge = z
  .url({ protocol: /^https?$/, error: 'must be http or https addresses, separated by commas' })
  .refine(withoutAt, { error: WITHOUT_PASSWORD })
  .refine((value) => !/[?#]/.test(value), { error: 'must not hold a query or a fragment' })
  .transform((value) => value.replace(/\/+$/, ''));

const Environment = z.object({
  MY_SECRET_TOKEN: z.preprocess(set, z.string().optional()),
  MY_SECRET_TOKEN_PREVIOUS: z.preprocess(set, z.string().optional()),
  SITE_URL: z.preprocess(
    set,
    z
      .url({ protocol: /^https?$/, error: 'must be the http or https address of the site' })
      .refine(withoutAt, { error: WITHOUT_PASSWORD })
      .default('http://localhost:3000'),
  ),
  POSTS_DIR: z.preprocess(set, z.string().optional()),
  WORDPRESS_URL: z.preprocess(
    set,
    z
      .url({ protocol: /^https?$/, error: 'must be the http or https address of a WordPress' })
      .refine(withoutAt, { error: `${WITHOUT_PASSWORD}; what is published is read without one` })
      .optional(),
  ),
  WORDPRESS_USER: z.preprocess(set, z.string().optional()),
  WORDPRESS_APP_PASSWORD: z.preprocess(set, z.string().optional()),
  WORDPRESS_BASIC_AUTH: z.preprocess(
    set,
    z
      .string()
      .regex(/^[^:]+:./, { error: 'must be a user and a password, as user:password' })
      .optional(),
  ),
  REDIS_URL: z.preprocess(
    set,
    z
      .url({
        protocol: /^rediss?$/,
        error: 'must be the address of a Redis, redis:// or rediss://',
      })
      .regex(/^rediss?:\/\/[^/?#]*(?:[/?#][^@]*)?$/, {
        error:
          'must have / ? # in its password written as %2F %3F %23, after redis:// or rediss://',
      })
      .optional(),
  ),
  REDIS_KEEP_DAYS: wholeNumber('days', 1),
  PRERENDER_POSTS: wholeNumber('posts', 0),
  REVALIDATE_SECONDS: wholeNumber('seconds', 1),
  DATA_DIR: z.preprocess(set, z.string().default('.evergreen')),
  EDGE_URLS: z.preprocess(set, z.string().transform(addressesIn).pipe(z.array(edge)).optional()),
  METRICS_TOKEN: z.preprocess(
    set,
    z
      .string()
      .min(SECRET_CHARACTERS, { error: `must have at least ${SECRET_CHARACTERS} characters` })
      .optional(),
  ),
  NOTIFY_URL: z.preprocess(
    set,
    z
      .url({ protocol: /^https?$/, error: 'must be the http or https address of a webhook' })
      .refine(withoutAt, { error: WITHOUT_PASSWORD })
      .optional(),
  ),
  /** Set by Next itself. */
  NEXT_PHASE: z.string().optional(),
  NODE_ENV: z.string().optional(),
});

/** What Next says while it builds. */
const BUILDING = 'phase-production-build';

/** A user and a password: of WordPress, where it is an application password, or of its web server. */
export interface WordPressLogin {
  user: string;
  password: string;
}

/** What Evergreen takes from the environment, checked. Callers share it. */
export interface Environment {
  /** The secrets that authorise a purge; empty means that nobody may purge. */
  readonly secrets: readonly string[];
  /** Origin of the site in canonical links: scheme, host and port, no trailing slash. */
  readonly siteUrl: string;
  /** Absolute path of the folder of posts, if it is a source: it is where nothing else is named. */
  readonly postsDir?: string;
  /** Address of a WordPress that is a source, without trailing slash. */
  readonly wordpressUrl?: string;
  /** Who reads drafts there for previews, and what is published where strangers may not, if anybody. */
  readonly wordpressLogin?: Readonly<WordPressLogin>;
  /** What the web server in front of it asks for, by HTTP basic authentication. */
  readonly wordpressBasicAuth?: Readonly<WordPressLogin>;
  /** The Redis in which several instances keep their pages; otherwise they are on disk. */
  readonly redisUrl?: string;
  /** Days after which Redis drops a page that nobody wrote again. */
  readonly redisKeepDays: number;
  /** How many of the newest posts a build renders; the others are rendered at their first visit. */
  readonly prerenderPosts: number;
  /** Seconds after which a page is compared with its source again, without a purge. */
  readonly revalidateSeconds: number;
  /** Absolute path of the folder for what must outlive a build. */
  readonly dataDir: string;
  /** Caches in front of the site that are told of each purge, without trailing slash. */
  readonly edges: readonly string[];
  /** Lets somebody read the metrics, and do nothing else. */
  readonly metricsToken?: string;
  /** The webhook that is told when something breaks, and when it works again. Most hold a secret. */
  readonly notifyUrl?: string;
  /** True while `next build` renders pages. */
  readonly building: boolean;
  /** True under `next dev`. */
  readonly developing: boolean;
}

/** True under `next start`, whatever else is wrong with the environment. */
export const isProductionServer = (): boolean =>
  process.env.NODE_ENV === 'production' && process.env.NEXT_PHASE !== BUILDING;

const NAMES = Object.keys(Environment.shape);

/** All that is read: the variables, and the folder that relative paths begin in. */
const rawValues = () => [process.cwd(), ...NAMES.map((name) => process.env[name])];

/** What was parsed last, and from what: each request asks several times, and little else costs as much. */
let last: { raw: (string | undefined)[]; environment: Environment } | undefined;

/** Reads the environment now. Throws an error that names each variable that cannot be used. */
export function environment(): Environment {
  const raw = rawValues();
  if (!last?.raw.every((value, index) => value === raw[index])) {
    last = { raw, environment: parsed() };
  }
  return last.environment;
}

function parsed(): Environment {
  const result = Environment.safeParse(process.env);
  if (!result.success) {
    const lines = result.error.issues.map(({ path: [name], message }) => {
      const value = NEVER_SHOWN.has(name) ? '…' : process.env[String(name)];
      return `${String(name)}=${shown(value ?? '')}: ${message}`;
    });
    throw new Error(`The environment cannot be used: ${lines.join('; ')}`);
  }
  const { MY_SECRET_TOKEN, MY_SECRET_TOKEN_PREVIOUS, ...rest } = result.data;
  return {
    // A previous secret alone authorises nobody: without a current one the endpoint is closed.
    secrets: MY_SECRET_TOKEN
      ? [MY_SECRET_TOKEN, MY_SECRET_TOKEN_PREVIOUS].filter((secret) => secret !== undefined)
      : [],
    siteUrl: new URL(rest.SITE_URL).origin,
    ...sourcesIn(rest),
    redisUrl: rest.REDIS_URL,
    redisKeepDays: rest.REDIS_KEEP_DAYS ?? 30,
    prerenderPosts: rest.PRERENDER_POSTS ?? 1000,
    revalidateSeconds: rest.REVALIDATE_SECONDS ?? 3600,
    dataDir: path.resolve(/* turbopackIgnore: true */ rest.DATA_DIR),
    edges: rest.EDGE_URLS ?? [],
    metricsToken: rest.METRICS_TOKEN,
    notifyUrl: rest.NOTIFY_URL,
    building: rest.NEXT_PHASE === BUILDING,
    developing: rest.NODE_ENV === 'development',
  };
}

/** What is a secret as a whole. */
const NEVER_SHOWN: ReadonlySet<unknown> = new Set<keyof z.infer<typeof Environment>>([
  'WORDPRESS_BASIC_AUTH',
  'METRICS_TOKEN',
  'NOTIFY_URL',
]);

/** A value in a message. What is no whole address may hold a password too, such as `user:…@host`. */
const shown = (value: string) =>
  value.includes('//') ? withoutPasswords(value) : value.replace(/^[^]*@/, '…@');

function sourcesIn({
  POSTS_DIR,
  WORDPRESS_URL,
  WORDPRESS_USER: user,
  WORDPRESS_APP_PASSWORD: password,
  WORDPRESS_BASIC_AUTH: guard,
}: z.infer<typeof Environment>) {
  const folder = POSTS_DIR ?? (WORDPRESS_URL === undefined ? 'posts' : undefined);
  return {
    postsDir: folder && path.resolve(/* turbopackIgnore: true */ folder),
    wordpressUrl: WORDPRESS_URL?.replace(/[?#].*$/, '').replace(/\/+$/, ''),
    wordpressLogin: user && password ? { user, password } : undefined,
    wordpressBasicAuth: guard === undefined ? undefined : loginIn(guard),
  };
}

/** The password may hold colons, the user may not. */
function loginIn(text: string): WordPressLogin {
  const [user = '', ...password] = text.split(':');
  return { user, password: password.join(':') };
}
