/** Over which connection a request for the console came, and whether a page of this site sent it. */
import type { IncomingHttpHeaders } from 'node:http';

/** True if a browser would not keep the console's cookie: over plain http, unless it is on the same machine. */
export function losesCookies(headers: IncomingHttpHeaders, siteUrl: string): boolean {
  const host = headers.host ?? '';
  // Next says http where a proxy says nothing, so the site's own address counts as well.
  const isSecure =
    headers['x-forwarded-proto']?.toString().startsWith('https') ||
    (siteUrl.startsWith('https:') && new URL(siteUrl).host === host);
  return !isSecure && !LOCAL.test(host);
}

/** Hosts that browsers trust without TLS. */
const LOCAL = /^(?:(?:[^/@]*\.)?localhost|127\.[\d.]+|\[::1\])(?::\d+)?$/i;

/** False if the browser says that a page of another site sent this form. */
export function isOfThisSite(headers: IncomingHttpHeaders, siteUrl: string): boolean {
  const fetchSite = headers['sec-fetch-site'];
  if (fetchSite !== undefined) return fetchSite === 'same-origin';
  const { origin } = headers;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const hosts = [headers.host, headers['x-forwarded-host']?.toString(), new URL(siteUrl).host];
  return hosts.includes(new URL(origin).host);
}
