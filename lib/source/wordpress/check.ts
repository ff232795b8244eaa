/**
 * The other half of our plugin's connection test: reads WordPress back, and tells its owner what to fix.
 */
import { z } from 'zod';
import { previewsClosed, type Environment } from '../../config';
import {
  LIMITS,
  openAsUser,
  openWordPress,
  WordPressFailure,
  type Access,
  type Ask,
} from './client';
import { messageOf } from '../../message-of';
import { describeProblem, type Warning } from '../post';

/** One thing that was looked at. A note is something that works, and could do more. */
export interface Finding {
  state: 'good' | 'note' | 'fault';
  message: string;
}

/** Who asks is waiting in a browser. */
const QUICK = { ...LIMITS, timeoutMs: 4000, retries: 0 };

/** Clocks that differ by more make links to previews expire early, or late. */
const CLOCKS_DIFFER_MS = 60_000;

const Linked = z.array(z.object({ link: z.url() }));
const Pictures = z.array(z.object({ source_url: z.url({ protocol: /^https?$/ }) }));
const Me = z.object({ capabilities: z.record(z.string(), z.unknown()) });

/**
 * Looks at the WordPress whose home page is at `home`, which asks, or at the one that the site reads; `warnings` are
 * what the site does without.
 */
export async function checkWordPress(
  {
    wordpressUrl,
    wordpressLogin: login,
    wordpressBasicAuth: basicAuth,
    secrets,
  }: Pick<Environment, 'wordpressUrl' | 'wordpressLogin' | 'wordpressBasicAuth' | 'secrets'>,
  home: string | undefined,
  warnings: readonly Warning[],
): Promise<Finding[]> {
  if (wordpressUrl === undefined) {
    const message = `The site does not read this WordPress: set WORDPRESS_URL=${home} there, and build it again.`;
    return [{ state: 'fault', message }];
  }
  const findings = await Promise.all([
    checkReading({ login, basicAuth }, wordpressUrl, home),
    basicAuth ? checkPictures({ login, basicAuth }, wordpressUrl) : [],
    login
      ? checkPreviews(openAsUser(wordpressUrl, { login, basicAuth }, QUICK), login.user, secrets)
      : note('Previews are off: set WORDPRESS_USER and WORDPRESS_APP_PASSWORD on the site.'),
  ]);
  return [...findings.flat(), ...findingsOf(warnings)];
}

/** Warnings that the owner is shown one by one. */
const MOST_SHOWN = 20;

function findingsOf(warnings: readonly Warning[]): Finding[] {
  const shown = warnings.slice(0, MOST_SHOWN).map(describeProblem);
  const more = warnings.length - shown.length;
  return [...shown, ...(more > 0 ? [`And ${more} more.`] : [])].flatMap(note);
}

async function checkReading(
  access: Access,
  address: string,
  home: string | undefined,
): Promise<Finding[]> {
  let answer;
  try {
    answer = await openWordPress(address, QUICK, access)(
      'posts',
      { per_page: 1, _fields: 'link' },
      Linked,
    );
  } catch (error) {
    return fault(`The site cannot read posts. ${explain(error)}`);
  }
  const [post] = answer.data;
  if (post && home !== undefined && !isUnder(post.link, home)) {
    return fault(
      `The site reads another WordPress: ${address}. Set WORDPRESS_URL=${home} there, and build it again.`,
    );
  }
  const findings = good(
    `The site reads this WordPress, which shows ${answer.total ?? 'its'} posts.`,
  );
  if (answer.total === 0) {
    findings.push(
      ...note(
        'It shows the site no posts. If it has some, a security plugin keeps them from the REST API: let everybody read /wp-json/wp/v2/.',
      ),
    );
  }
  if (answer.as !== undefined) {
    findings.push(
      ...note(
        `Its REST API is closed to strangers, so what is published is read as ${answer.as}. Posts that only some may read stay off the site, and so does what a plugin shows to members, as long as this plugin is active.`,
      ),
    );
  }
  if (post && new URL(post.link).searchParams.has('p')) {
    findings.push(
      ...note(
        'Permalinks are plain. The site can do with that; other plugins that name posts by their addresses need “Post name”, under Settings → Permalinks.',
      ),
    );
  }
  const behindMs = Date.now() - answer.atMs;
  if (Math.abs(behindMs) > CLOCKS_DIFFER_MS) {
    const minutes = (Math.abs(behindMs) / 60_000).toFixed(1);
    const where = behindMs > 0 ? 'behind' : 'ahead of';
    findings.push(
      ...fault(
        `The clock of WordPress is ${minutes} minutes ${where} that of the site: set both by NTP, or links to previews expire too early or too late.`,
      ),
    );
  }
  return findings;
}

/** Browsers ask WordPress for pictures, and have no password for its web server. */
async function checkPictures(access: Access, address: string): Promise<Finding[]> {
  const ask = openWordPress(address, QUICK, access);
  const parameters = { media_type: 'image', per_page: 1, _fields: 'source_url' };
  // That posts cannot be read is said already.
  const answer = await ask('media', parameters, Pictures).catch(() => undefined);
  const [picture] = answer?.data ?? [];
  const response =
    picture &&
    (await fetch(picture.source_url, {
      method: 'HEAD',
      signal: AbortSignal.timeout(QUICK.timeoutMs),
    }).catch(() => undefined));
  return response?.status === 401
    ? note(
        'Visitors do not see the pictures: their browsers fetch them from WordPress, whose web server asks for a password (WORDPRESS_BASIC_AUTH). Let everybody read wp-content/uploads there.',
      )
    : [];
}

async function checkPreviews(
  ask: Ask,
  user: string,
  secrets: readonly string[],
): Promise<Finding[]> {
  const closed = previewsClosed(secrets);
  if (closed) return fault(closed);
  try {
    const { data } = await ask('users/me', { context: 'edit', _fields: 'capabilities' }, Me);
    return data.capabilities.edit_others_posts === true
      ? good(`Previews are read as ${user}.`)
      : fault(`${user} may not read the drafts of others: previews need the role of an editor.`);
  } catch (error) {
    return fault(`Previews do not work. ${explain(error)}`);
  }
}

const BAD_LOGIN = ['rest_not_logged_in', 'incorrect_password', 'invalid_username', 'invalid_email'];

/** What WordPress said, and what helps. */
function explain(error: unknown): string {
  const message = messageOf(error);
  return [message.replace(/\.?$/, '.'), adviceFor(error)].join(' ').trim();
}

function adviceFor(error: unknown): string {
  if (!(error instanceof WordPressFailure)) return '';
  const { status, code, as, notJson, guarded } = error.why;
  // It has said what helps.
  if (guarded) return '';
  // WordPress says the first where a password is wrong as well as where none arrives.
  if (as !== undefined && BAD_LOGIN.includes(code ?? '')) {
    return 'Make a new application password under Users → Profile, and set WORDPRESS_USER and WORDPRESS_APP_PASSWORD on the site. If they are right, the web server keeps back the header Authorization (for Apache: CGIPassAuth On), or application passwords are switched off, as they are without HTTPS.';
  }
  if (status === 401 || status === 403) {
    return 'A security plugin or a firewall keeps the REST API shut: let everybody read /wp-json/wp/v2/, or set WORDPRESS_USER and WORDPRESS_APP_PASSWORD on the site.';
  }
  if (status === 404 || notJson) {
    return 'Is WORDPRESS_URL the address of the WordPress, and is its REST API switched on?';
  }
  return '';
}

const isUnder = (link: string, home: string): boolean => {
  const plain = (url: string) => url.replace(/^https?:\/\/(?:www\.)?|\/+$/g, '');
  return `${plain(link)}/`.startsWith(`${plain(home)}/`);
};

const good = (message: string): Finding[] => [{ state: 'good', message }];
const note = (message: string): Finding[] => [{ state: 'note', message }];
const fault = (message: string): Finding[] => [{ state: 'fault', message }];
