/**
 * The door of the console's pages: closed, they are pages that are not there; open, they are for those who signed in.
 */
import { isHttpError } from 'http-errors';
import type { GetServerSidePropsContext, GetServerSidePropsResult } from 'next';
import { environment } from '../config';
import { secretsOfConsole, SESSION_COOKIE, sessionOf, type Session } from './session';

/** What the frame of each page of the console needs. */
export interface ConsoleProps {
  console: { formToken: string };
}

export const SIGN_IN = '/console/sign-in';

/** next.config.js makes it of the console's stylesheet; the development server has none. */
const POLICY = process.env.EVERGREEN_CONSOLE_POLICY ?? '';

/**
 * The props of a page of the console. A page that throws an HTTP error 404 is not there. Members that are undefined
 * are left out, since Next refuses them.
 */
export async function guarded<P>(
  context: GetServerSidePropsContext,
  propsOf: (session: Session) => Promise<P>,
): Promise<GetServerSidePropsResult<P & ConsoleProps>> {
  const { req, res, resolvedUrl } = context;
  const { secrets } = environment();
  if (secretsOfConsole(secrets).length === 0 || !isRead(context)) return { notFound: true };
  res.setHeader('Cache-Control', 'no-store');
  const session = sessionOf(req.cookies[SESSION_COOKIE], secrets, Date.now());
  if (!session) {
    const destination = `${SIGN_IN}?to=${encodeURIComponent(resolvedUrl)}`;
    return { redirect: { destination, statusCode: 303 } };
  }
  try {
    const own = await propsOf(session);
    setHeaders(context);
    const props: P & ConsoleProps = JSON.parse(
      JSON.stringify({ ...own, console: { formToken: session.formToken } }),
    );
    return { props };
  } catch (error) {
    if (isHttpError(error) && error.status === 404) return { notFound: true };
    throw error;
  }
}

/** True for what reads a page: forms post to `pages/api/console.ts`. */
export const isRead = ({ req }: Pick<GetServerSidePropsContext, 'req'>): boolean =>
  req.method === 'GET' || req.method === 'HEAD';

/**
 * The headers of a page of the console, instead of those of the site. Only once it is there: a page that is not there
 * looks as all others of the site do.
 */
export function setHeaders({ res }: Pick<GetServerSidePropsContext, 'res'>): void {
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('X-Robots-Tag', 'noindex');
  res.removeHeader('Speculation-Rules');
  if (POLICY !== '') res.setHeader('Content-Security-Policy', POLICY);
}

/** Where a sign-in leads: what was asked for if it is a page of the console, and its first page otherwise. */
export function destinationOf(to: unknown): string {
  if (typeof to !== 'string' || !/^\/console(?:[/?][\x21-\x7e]*)?$/.test(to)) return '/console';
  // As a browser reads it: dots and backslashes may lead out.
  const { pathname, search } = new URL(to, 'http://site');
  return /^\/console(?:\/|$)/.test(pathname) ? pathname + search : '/console';
}
