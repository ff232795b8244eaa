/**
 * Asks WordPress where something is now that was, or is, at an address: it keeps the slugs that posts had, and
 * pictures have pages of their own there.
 */
import { z } from 'zod';
import { slugIn } from './addresses';
import { basicOf, LIMITS, openWordPress, type Access, type Parameters } from './client';

/** A visitor waits. */
const QUICK = { ...LIMITS, timeoutMs: 3000, retries: 0 };

/** Has our plugin lead nobody to the site, which is what asks. */
const HEADERS = { 'X-Evergreen': 'resolve' };

const Found = z.array(
  z.object({
    post: z.number().nullable().catch(null),
    source_url: z.url({ protocol: /^https?$/ }),
  }),
);

/**
 * Where WordPress leads visitors of an address, given as a path, perhaps with a query: as another address
 * of it, also a path, or as that of a file there, in full. Undefined if nowhere.
 */
export async function whereIs(
  asked: string,
  address: string,
  access: Access,
): Promise<string | undefined> {
  // All posts and pages that visitors may see are known by their numbers, and pictures have some, too.
  const number = new URL(asked, 'http://n').searchParams.get('p');
  if (number !== null) return pictureOf({ include: number }, address, access);
  let next = inWordPress(asked);
  // The first may only add a slash to the address, or take it away.
  for (let questions = 0; questions < 2; questions += 1) {
    const response = await askFor(address + next, access);
    const location = response.headers.get('location');
    if (location === null) break;
    const to = ownPath(location, next, address);
    if (to === undefined || withoutSlash(to) !== withoutSlash(next)) return to;
    next = to;
  }
  const slug = slugIn(withoutSlash(asked).split('/').at(-1) ?? '');
  return slug === '' ? undefined : pictureOf({ slug }, address, access);
}

const withoutSlash = (path: string): string => path.replace(/\/$/, '');

/** Where WordPress has it: the site's own address of a post says only its slug. */
function inWordPress(asked: string): string {
  const [, slug] = /^\/blog\/([^/?]+)$/.exec(asked) ?? [];
  if (slug !== undefined) return `/?name=${slug}`;
  return `${asked}/`;
}

const askFor = (url: string, { basicAuth }: Access): Promise<Response> =>
  fetch(url, {
    method: 'HEAD',
    redirect: 'manual',
    headers: { ...HEADERS, ...(basicAuth && { Authorization: basicOf(basicAuth) }) },
    signal: AbortSignal.timeout(QUICK.timeoutMs),
  });

function ownPath(location: string, asked: string, address: string): string | undefined {
  if (!URL.canParse(location, address + asked)) return undefined;
  const { host, pathname, search } = new URL(location, address + asked);
  const home = new URL(address);
  if (host !== home.host) return undefined;
  const base = home.pathname.replace(/\/$/, '');
  const isBelow = pathname.startsWith(`${base}/`);
  return isBelow ? pathname.slice(base.length) + search : undefined;
}

/** Where a picture of the media library is: the post that it is in, or its file. */
async function pictureOf(
  which: Parameters,
  address: string,
  access: Access,
): Promise<string | undefined> {
  const parameters = { ...which, per_page: 1, _fields: 'post,source_url' };
  const { data } = await openWordPress(address, QUICK, access)('media', parameters, Found);
  const [picture] = data;
  if (!picture) return undefined;
  return picture.post ? `/?p=${picture.post}` : picture.source_url;
}
