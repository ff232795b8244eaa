/**
 * The other half of our plugin's connection test: reads WordPress back, and tells its owner what to fix.
 */
import { z } from 'zod';
import { previewsClosed, type Environment } from '../../config';
import { LIMITS, openWordPress, WordPressFailure, type Ask } from './client';
import { messageOf } from '../../message-of';
import { describeProblem, type Problem } from '../post';

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
const Me = z.object({ capabilities: z.record(z.string(), z.unknown()) });

/** Looks at the WordPress whose home page is at `home`, which asks; `warnings` are what the site does without. */
export async function checkWordPress(
  {
    wordpressUrl,
    wordpressLogin,
    secrets,
  }: Pick<Environment, 'wordpressUrl' | 'wordpressLogin' | 'secrets'>,
  home: string,
  warnings: readonly Problem[],
): Promise<Finding[]> {
  if (wordpressUrl === undefined) {
    const message = `The site does not read this WordPress: set WORDPRESS_URL=${home} there, and build it again.`;
    return [{ state: 'fault', message }];
  }
  const [reading, previews] = await Promise.all([
    checkReading(openWordPress(wordpressUrl, QUICK), wordpressUrl, home),
    wordpressLogin
      ? checkPreviews(
          openWordPress(wordpressUrl, QUICK, wordpressLogin),
          wordpressLogin.user,
          secrets,
        )
      : note('Previews are off: set WORDPRESS_USER and WORDPRESS_APP_PASSWORD on the site.'),
  ]);
  return [...reading, ...previews, ...findingsOf(warnings)];
}

/** Warnings that the owner is shown one by one. */
const MOST_SHOWN = 20;

function findingsOf(warnings: readonly Problem[]): Finding[] {
  const shown = warnings.slice(0, MOST_SHOWN).map(describeProblem);
  const more = warnings.length - shown.length;
  return [...shown, ...(more > 0 ? [`And ${more} more.`] : [])].flatMap(note);
}

async function checkReading(ask: Ask, address: string, home: string): Promise<Finding[]> {
  let answer;
  try {
    answer = await ask('posts', { per_page: 1, _fields: 'link' }, Linked);
  } catch (error) {
    return fault(`The site cannot read posts. ${explain(error)}`);
  }
  const [post] = answer.data;
  if (post && !isUnder(post.link, home)) {
    return fault(
      `The site reads another WordPress: ${address}. Set WORDPRESS_URL=${home} there, and build it again.`,
    );
  }
  const findings = good(
    `The site reads this WordPress, which shows ${answer.total ?? 'its'} posts.`,
  );
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

/** What WordPress said, and what helps. */
function explain(error: unknown): string {
  const message = messageOf(error);
  return [message.replace(/\.?$/, '.'), adviceFor(error)].join(' ').trim();
}

function adviceFor(error: unknown): string {
  if (!(error instanceof WordPressFailure)) return '';
  const { status, code, notJson } = error.why;
  // WordPress says the first where a password is wrong as well as where none arrives.
  if (code === 'rest_not_logged_in' || code === 'incorrect_password') {
    return 'Make a new application password under Users → Profile, and set WORDPRESS_USER and WORDPRESS_APP_PASSWORD on the site. If they are right, the web server keeps back the header Authorization (for Apache: CGIPassAuth On), or application passwords are switched off, as they are without HTTPS.';
  }
  if (status === 401 || status === 403) {
    return 'A security plugin or a firewall keeps the REST API shut: let everybody read /wp-json/wp/v2/.';
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
