/**
 * A real WordPress for a test: PHP's own web server and a MariaDB, on free ports and in a folder of
 * their own, from Debian's packages (`.ci/wordpress` installs them). It is installed once per run of
 * Jest and then copied, and asks no host but this machine. For another WordPress than Debian's, name its
 * unpacked folder in `WORDPRESS_DIR` (`docs/wordpress-plugin.md`).
 */
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import { ROOT, TEST_DIR } from './build-site';
import { copyFolder } from './copy-folder';
import { freePort, until } from './site';

const run = promisify(execFile);

const WORDPRESS_FILES = process.env.WORDPRESS_DIR ?? '/usr/share/wordpress';
const PLUGIN = path.join(ROOT, 'wordpress/evergreen');
const TEMPLATE = path.join(TEST_DIR, 'wordpress');

const USER = 'admin';
const PASSWORD = 'the-password-of-the-tests';

/** How a test wants its WordPress. */
export interface WordPressOptions {
  permalinks?: 'pretty' | 'plain';
  /** Constants for wp-config.php. */
  constants?: Record<string, string>;
  /** A network of sites in folders, with one site so far. */
  multisite?: boolean;
}

/** A running WordPress, and what a test may do to it. */
export interface WordPress {
  url: string;
  /** The folder that holds `www`, the web server's root. */
  dir: string;
  admin: { user: string; password: string; appPassword: string };
  /** Calls the REST API as the administrator: `rest('POST', '/wp/v2/posts', { title: 'New' })`. */
  rest: (method: string, path: string, body?: object) => Promise<RestAnswer>;
  /** Copies our plugin, activates it and sets its options. */
  activate: (options: { url: string; secret: string }) => Promise<void>;
  /** Runs PHP code inside WordPress, and some before it is loaded; answers what was printed. */
  php: (code: string, before?: string) => Promise<string>;
  /** Does what is due now, as a call of wp-cron.php does. */
  cron: () => Promise<void>;
  /** The requests that the web server saw, such as `GET /?rest_route=/wp/v2/posts`. */
  log: () => Promise<string[]>;
  /** Warnings, notices and deprecations about our plugin; WordPress has some of its own. */
  complaints: () => Promise<string[]>;
  /** Signs a browser in as the administrator. */
  signIn: (page: Page, as?: { user: string; password: string }) => Promise<void>;
  /** Web server and database down, and up again with the same content. */
  stop: () => Promise<void>;
  start: () => Promise<void>;
  /** Stops everything and removes its folder. */
  close: () => Promise<void>;
}

/** What a test reads of an answer; WordPress sends more. */
export interface RestAnswer {
  [field: string]: unknown;
  id: number;
  slug: string;
  link: string;
  modified_gmt: string;
}

/** Whether this machine has PHP, MariaDB and WordPress. */
export const isInstalled = (): boolean =>
  existsSync(WORDPRESS_FILES) && ['php', 'mariadbd', 'mariadb-install-db'].every(hasCommand);

const hasCommand = (name: string): boolean =>
  [...(process.env.PATH ?? '').split(':'), '/usr/sbin'].some((dir) =>
    existsSync(path.join(dir, name)),
  );

/** A `describe` that is left out, and says so once, where WordPress is not installed. */
export function describeWithWordPress(name: string, tests: () => void): void {
  if (isInstalled()) {
    describe(name, tests);
    return;
  }
  describe.skip(name, tests);
  try {
    writeFileSync(path.join(TEST_DIR, 'no-wordpress'), '', { flag: 'wx' });
    process.stderr.write('Left out the tests with WordPress; to run them: sudo .ci/wordpress\n');
  } catch {
    // Another file of tests has said it.
  }
}

/** Starts a fresh WordPress with one user, one post and one page, in a second or two. */
export async function startWordPress(options: WordPressOptions = {}): Promise<WordPress> {
  await makeTemplate();
  const dir = path.join(TEST_DIR, randomUUID());
  await copyFolder(TEMPLATE, dir);
  const { permalinks = 'pretty', constants = {}, multisite = false } = options;
  const define = async (values: Record<string, string>) => {
    const lines = Object.entries(values).map(
      ([name, value]) => `define(${quote(name)}, ${quote(value)});\n`,
    );
    await writeFile(path.join(dir, 'constants.php'), `<?php\n${lines.join('')}`);
  };
  await define(constants);

  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const appPassword = await readFile(path.join(dir, 'app-password'), 'utf8');
  const machine = await machineIn(dir, url);

  const wordpress: WordPress = {
    url,
    dir,
    admin: { user: USER, password: PASSWORD, appPassword },
    rest: async (method, where, body) => {
      const [route, query = ''] = where.split('?');
      const response = await fetch(`${url}/?rest_route=${route}&${query}`, {
        method,
        headers: {
          Authorization: `Basic ${Buffer.from(`${USER}:${appPassword}`).toString('base64')}`,
          'Content-Type': 'application/json',
        },
        body: body && JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${text}`);
      const answer: RestAnswer = JSON.parse(text);
      return answer;
    },
    activate: async ({ url: site, secret }) => {
      const plugins = path.join(dir, 'www/wp-content/plugins/evergreen');
      await cp(PLUGIN, plugins, { recursive: true });
      await machine.php(
        `update_option('evergreen_settings', ['url' => ${quote(site)}, 'secret' => ${quote(secret)}]);
        require_once ABSPATH . 'wp-admin/includes/plugin.php';
        $failure = activate_plugin('evergreen/evergreen.php');
        if (is_wp_error($failure)) throw new Exception($failure->get_error_message());`,
      );
    },
    php: machine.php,
    cron: async () => {
      const response = await fetch(`${url}/wp-cron.php?doing_wp_cron`);
      if (!response.ok) throw new Error(`WP-Cron: ${response.status} ${await response.text()}`);
    },
    log: async () => (await readIfThere(path.join(dir, 'requests.log'))).split('\n').slice(0, -1),
    complaints: async () => {
      const lines = (await readIfThere(path.join(dir, 'debug.log'))).split('\n');
      return lines.filter((line) => line.includes('plugins/evergreen'));
    },
    signIn: async (page, { user, password } = { user: USER, password: PASSWORD }) => {
      // A script of the form selects what is typed a moment after it was loaded.
      await until(async () => {
        await page.goto(`${url}/wp-login.php`);
        await page.fill('#user_login', user);
        await page.fill('#user_pass', password);
        await page.click('#wp-submit');
        return page.url().includes('/wp-admin/');
      }, 60_000);
    },
    stop: async () => {
      await machine.stopWeb();
      await machine.stopDatabase();
    },
    start: async () => {
      await machine.startDatabase();
      await machine.startWeb(port);
    },
    close: async () => {
      await wordpress.stop();
      await machine.removeSocket();
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };

  await machine.startDatabase();
  if (multisite) {
    await machine.php(INSTALL_NETWORK);
    await define({ ...constants, ...NETWORK, DOMAIN_CURRENT_SITE: `127.0.0.1:${port}` });
  }
  if (permalinks === 'pretty') {
    await machine.php(
      `global $wp_rewrite;
      $wp_rewrite->set_permalink_structure('/%year%/%monthnum%/%day%/%postname%/');
      flush_rewrite_rules();`,
    );
  }
  await machine.startWeb(port);
  return wordpress;
}

/** The title in the block editor, whose canvas has been in a frame since WordPress 6.3. */
export async function titleInEditor(page: Page): Promise<Locator> {
  const bare = page.locator('.editor-post-title__input');
  const framed = page
    .frameLocator('iframe[name="editor-canvas"]')
    .locator('.editor-post-title__input');
  await until(async () => (await bare.count()) + (await framed.count()) > 0);
  return (await bare.count()) > 0 ? bare : framed;
}

const readIfThere = (file: string) => readFile(file, 'utf8').catch(() => '');

/** A text as PHP writes it. */
export const quote = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`;

/** The processes of one WordPress. */
async function machineIn(dir: string, url: string) {
  const www = path.join(dir, 'www');
  // A socket's path may be 107 bytes long at most.
  const socketDir = await mkdtemp(path.join(tmpdir(), 'evergreen-'));
  const socket = path.join(socketDir, 'db');
  const env = {
    ...process.env,
    PATH: `${process.env.PATH}:/usr/sbin`,
    // A MariaDB that starts removes the temporary tables that it finds, of any other one.
    TMPDIR: dir,
    PHP_CLI_SERVER_WORKERS: '4',
    EVERGREEN_TEST_URL: url,
    EVERGREEN_TEST_SOCKET: socket,
  };
  let database: Tied | undefined;
  let web: Tied | undefined;

  return {
    startDatabase: async () => {
      const args = [...DATABASE, `--datadir=${dir}/data`, `--socket=${socket}`];
      database = startTied('mariadbd', args, env);
      await database.until(async () => existsSync(socket));
    },
    stopDatabase: async () => database?.stop(),
    startWeb: async (port: number) => {
      const args = [...PHP, '-S', `127.0.0.1:${port}`, '-t', www, `${dir}/router.php`];
      web = startTied('php', args, env);
      await web.until(async () => {
        const answer = await fetch(`${url}/wp-includes/version.php`).catch(() => undefined);
        return answer !== undefined;
      });
    },
    stopWeb: async () => web?.stop(),
    php: async (code: string, before = '') => {
      const load = `require ${quote(`${www}/wp-load.php`)};`;
      const whole = `try { ${before} ${load} ${code} }
        catch (Throwable $error) { fwrite(STDERR, $error); exit(1); }`;
      const { stdout } = await run('php', [...PHP, '-r', whole], { env, cwd: dir });
      return stdout;
    },
    removeSocket: () => rm(socketDir, { recursive: true, force: true }),
  };
}

/** A server, and all that it forks: PHP's workers outlive a server that is ended alone. */
interface Tied {
  /** Waits until the server is ready. Throws with what it said if it ends before. */
  until: (isReady: () => Promise<boolean>) => Promise<void>;
  stop: () => Promise<void>;
}

/** Ends everything when standard input does: when we end it, or when we end, however that happens. */
const TIE = `
trap : TERM
(trap : TERM; "$@"; kill -TERM 0) </dev/null &
cat >/dev/null
kill -TERM 0
wait
`;

function startTied(command: string, args: string[], env: NodeJS.ProcessEnv): Tied {
  let output = '';
  const child = spawn('sh', ['-c', TIE, 'sh', command, ...args], { env, detached: true });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => (output += data.toString()));
  }
  const exited = once(child, 'exit');
  return {
    until: (isReady) =>
      until(async () => {
        if (child.exitCode !== null) throw new Error(`${command} ended:\n${output}`);
        return isReady();
      }),
    stop: async () => {
      child.stdin.end();
      await exited;
    },
  };
}

const PHP = ['-d', 'opcache.enable_cli=1'];

/** Small, and careless about power cuts. */
const DATABASE = [
  '--no-defaults',
  ...(process.getuid?.() === 0 ? ['--user=root'] : []),
  '--skip-networking',
  '--skip-grant-tables',
  '--innodb-buffer-pool-size=16M',
  '--innodb-log-file-size=4M',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-doublewrite=0',
  '--performance-schema=0',
];

/** Installs WordPress once per run of Jest; whoever comes first does it, and the others wait. */
async function makeTemplate(): Promise<void> {
  await mkdir(TEST_DIR, { recursive: true });
  const lock = `${TEMPLATE}.lock`;
  await until(async () => {
    if (existsSync(TEMPLATE)) return true;
    const isOurs = await mkdir(lock).then(
      () => true,
      () => false,
    );
    if (!isOurs) return false;
    try {
      if (!existsSync(TEMPLATE)) await installInto(`${TEMPLATE}.new`);
      return true;
    } finally {
      await rm(lock, { recursive: true });
    }
  }, 60_000);
}

async function installInto(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir);
  await cp(WORDPRESS_FILES, path.join(dir, 'www'), { recursive: true, dereference: true });
  await mkdir(path.join(dir, 'www/wp-content/mu-plugins'));
  await writeFile(path.join(dir, 'www/wp-config.php'), CONFIG);
  await writeFile(path.join(dir, 'www/wp-content/mu-plugins/tests.php'), MUST_USE);
  await writeFile(path.join(dir, 'router.php'), ROUTER);
  await writeFile(path.join(dir, 'constants.php'), '<?php\n');
  const args = [
    '--no-defaults',
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--innodb-log-file-size=4M',
    `--datadir=${dir}/data`,
  ];
  await run('mariadb-install-db', args, { env: { ...process.env, TMPDIR: dir } });

  const machine = await machineIn(dir, 'http://127.0.0.1');
  await machine.startDatabase();
  await machine.php(INSTALL, BEFORE_INSTALL);
  await writeFile(path.join(dir, 'app-password'), await machine.php(MAKE_APP_PASSWORD));
  await machine.stopDatabase();
  await machine.removeSocket();
  await rename(dir, TEMPLATE);
}

/** Everything that differs from one copy to the next comes from outside. */
const CONFIG = `<?php
require dirname( __DIR__ ) . '/constants.php';
define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'root' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', 'localhost:' . getenv( 'EVERGREEN_TEST_SOCKET' ) );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
define( 'AUTH_KEY', 'auth' );
define( 'SECURE_AUTH_KEY', 'secure auth' );
define( 'LOGGED_IN_KEY', 'logged in' );
define( 'NONCE_KEY', 'nonce' );
define( 'AUTH_SALT', 'auth salt' );
define( 'SECURE_AUTH_SALT', 'secure auth salt' );
define( 'LOGGED_IN_SALT', 'logged in salt' );
define( 'NONCE_SALT', 'nonce salt' );
if ( defined( 'MULTISITE' ) ) {
	// A command has no address of its own.
	$_SERVER += array( 'HTTP_HOST' => DOMAIN_CURRENT_SITE, 'REQUEST_URI' => '/' );
} else {
	define( 'WP_HOME', getenv( 'EVERGREEN_TEST_URL' ) );
	define( 'WP_SITEURL', getenv( 'EVERGREEN_TEST_URL' ) );
}
// Application passwords without TLS.
define( 'WP_ENVIRONMENT_TYPE', 'local' );
define( 'DISABLE_WP_CRON', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
// A name that never resolves is asked for in tests of what cannot be reached.
define( 'WP_ACCESSIBLE_HOSTS', 'localhost,127.0.0.1,*.invalid' );
define( 'WP_DEBUG', true );
define( 'WP_DEBUG_DISPLAY', false );
define( 'WP_DEBUG_LOG', dirname( __DIR__ ) . '/debug.log' );
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
`;

const MUST_USE = `<?php
add_filter( 'pre_wp_mail', '__return_true' );
// Of the address of a new site of a network, WordPress loses the colon before the port.
add_filter( 'wp_normalize_site_data', fn( $site ) => array( 'domain' => DOMAIN_CURRENT_SITE ) + $site, 20 );
`;

/** Notes each request, and makes pretty permalinks and the sites of a network work, as .htaccess does for Apache. */
const ROUTER = `<?php
file_put_contents(
	__DIR__ . '/requests.log',
	$_SERVER['REQUEST_METHOD'] . ' ' . $_SERVER['REQUEST_URI'] . "\\n",
	FILE_APPEND | LOCK_EX
);
$path = rawurldecode( parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) );
$file = $_SERVER['DOCUMENT_ROOT'] . $path;
if ( ! is_file( $file ) && preg_match( '~^/[a-z]+(/(?:wp-admin/)?[a-z-]+[.]php)$~', $path, $found ) ) {
	$_SERVER['SCRIPT_NAME'] = $found[1];
	$_SERVER['PHP_SELF']    = $found[1];
	require $_SERVER['DOCUMENT_ROOT'] . $found[1];
	return true;
}
if ( is_file( $file ) || ( '/' !== $path && is_file( "$file/index.php" ) ) ) {
	return false;
}
$_SERVER['SCRIPT_NAME'] = '/index.php';
$_SERVER['PHP_SELF']    = '/index.php';
require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
`;

const BEFORE_INSTALL = `
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = '127.0.0.1';
$_SERVER['REQUEST_METHOD'] = 'GET';
$database = new mysqli('localhost', 'root', '', '', 0, getenv('EVERGREEN_TEST_SOCKET'));
$database->query('CREATE DATABASE wordpress CHARACTER SET utf8mb4');
`;

const INSTALL = `
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Test blog', ${quote(USER)}, 'admin@example.com', true, '', ${quote(PASSWORD)});
update_option('permalink_structure', '');
update_option('show_avatars', 0);
// The block editor's greeting would lie over the editor.
update_user_meta(1, 'wp_persisted_preferences', ['core/edit-post' => ['welcomeGuide' => false]]);
`;

const MAKE_APP_PASSWORD = `
echo WP_Application_Passwords::create_new_application_password(1, ['name' => 'Tests'])[0];
`;

/** As the screen "Network Setup" does it; WordPress then wants constants. */
const INSTALL_NETWORK = `
global $wpdb;
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
foreach ( $wpdb->tables( 'ms_global' ) as $name => $table ) {
	$wpdb->$name = $table;
}
install_network();
$url = getenv( 'EVERGREEN_TEST_URL' );
populate_network( 1, parse_url( $url, PHP_URL_HOST ) . ':' . parse_url( $url, PHP_URL_PORT ), 'admin@example.com', 'Network', '/', false );
// Was an option of the site, which is now asked of the network.
$wpdb->insert( $wpdb->sitemeta, array( 'site_id' => 1, 'meta_key' => 'using_application_passwords', 'meta_value' => '1' ) );
foreach ( array( 'home', 'siteurl' ) as $name ) {
	$wpdb->update( $wpdb->options, array( 'option_value' => $url ), array( 'option_name' => $name ) );
}
`;

const NETWORK = {
  MULTISITE: '1',
  SUBDOMAIN_INSTALL: '',
  PATH_CURRENT_SITE: '/',
  SITE_ID_CURRENT_SITE: '1',
  BLOG_ID_CURRENT_SITE: '1',
};
