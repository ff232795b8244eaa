/**
 * Addresses of a WordPress: how they are compared, and which of them are in a post. Pure.
 */
import { decodeHTMLAttribute } from 'entities';
import { hasSegmentForm, slugOf, spelledOurWay } from '../../site/slugs';

/** Names an address whatever its host: a headless WordPress goes by several names. */
export function keyOf({ pathname, search }: URL): string {
  return decoded(pathname).replace(/\/+$/, '').normalize('NFC') + search;
}

/**
 * The addresses in HTML that lead to one of these hosts, each as its link says it, with its key. By an
 * expression, which may find one too many: a parser takes a hundred times as long, and runs when the body
 * is rendered.
 */
export function addressesIn(html: string, hosts: string[]): [string, string][] {
  const known = new Set(hosts.map((host) => new URL(host).host));
  const found = new Map<string, string>();
  for (const [, double, single] of html.matchAll(/\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)) {
    const written = decodeHTMLAttribute(double ?? single ?? '').split('#')[0];
    if (!written || !URL.canParse(written, hosts[0])) continue;
    const url = new URL(written, `${hosts[0]}/`);
    if (known.has(url.host)) found.set(written, keyOf(url));
  }
  return [...found];
}

/** A slug of WordPress as the site has it; empty if it is nothing that an address can hold. */
export function slugIn(written: string): string {
  const slug = spelledOurWay(decoded(written));
  return hasSegmentForm(slug) ? slug : slugOf(slug);
}

/** Percent-decoded, as far as it is UTF-8. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%[\da-f]{2}/gi, '-');
  }
}
