/** The site that `npm run purge` calls: its address, the secret, and what its refusals mean. */
import { withoutPasswords } from '../lib/without-passwords';
import { Stop } from './stop';

/** Exit statuses of the command. */
export const FAILED = 1;
export const WRONG_USE = 2;
export const REFUSED = 3;

/** What a site answered; `answer` is undefined for what is no JSON. */
export interface Called {
  status: number;
  answer?: { message?: string; [field: string]: unknown };
  location: string | null;
}

/** Calls an address of the site, with a body if there is one. Throws `Stop` if the site does not answer. */
export type CallSite = (where: string, body?: object) => Promise<Called>;

/** Opens a site. Throws `Stop` for an address or a secret that cannot be used. */
export function openSite(site: string, secret: string | undefined): CallSite {
  if (!/^https?:\/\/[^@]+$/i.test(site) || !URL.canParse(site)) {
    const shown = withoutPasswords(site);
    throw new Stop(`${shown} is no address of a site, such as https://example.com.`, WRONG_USE);
  }
  if (!secret) throw new Stop('Set MY_SECRET_TOKEN, here or in .env.local, to be let in.', REFUSED);
  // Checked here because fetch repeats such a header in its complaint.
  if (!/^[!-~]([ -~]*[!-~])?$/.test(secret)) {
    throw new Stop('MY_SECRET_TOKEN fits into no header: choose one of plain ASCII.', REFUSED);
  }
  const headers = {
    Authorization: `Bearer ${secret}`,
    'Content-Type': 'application/json',
    'User-Agent': 'evergreen-purge',
  };
  return async (where, body) => {
    const method = body ? 'POST' : 'GET';
    // A redirect is not followed: the server that it leads to would be handed the secret.
    const request = {
      method,
      redirect: 'manual',
      headers,
      body: body && JSON.stringify(body),
    } as const;
    const response = await fetch(new URL(where, site), request).catch((error) => {
      const { code, message } = error.cause ?? error;
      const advice = 'Is it running, and is this its address (--url)? See to it, and try again.';
      throw new Stop(`${site} did not answer (${code ?? message}). ${advice}`, FAILED);
    });
    const answer = await response.json().catch(() => undefined);
    return { status: response.status, answer, location: response.headers.get('location') };
  };
}

/** Why a site did not do what it was asked, and what helps; `missing` says what it did not answer with. */
export function refusal(
  site: string,
  { status, answer, location }: Called,
  missing = 'no report',
): Stop {
  const message = answer?.message ?? location ?? missing;
  if (status === 400) return new Stop(`${message}.`, WRONG_USE);
  const said = `${site} answered ${status}, ${message}`;
  if (status === 413) return new Stop(`${said}.`, WRONG_USE);
  if (status === 401) return new Stop(`${said}: set the site's own MY_SECRET_TOKEN here.`, REFUSED);
  if (status === 429) return new Stop(`${said}, and correct MY_SECRET_TOKEN.`, REFUSED);
  if (status >= 500) return new Stop(`${said}. Fix that, and try again.`, FAILED);
  return new Stop(`${said}: name the address of the site itself with --url.`, FAILED);
}
