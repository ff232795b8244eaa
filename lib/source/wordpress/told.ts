/**
 * What WordPress tells of the site itself: asks our plugin, which sees what administrators see; or, without
 * it, what everybody may ask.
 */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { SECRET_CHARACTERS } from '../../config';
import { WordPressFailure, type Ask } from './client';
import { textOf } from './html-text';
import { maybe, plainText, webAddress } from './schemas';

/** The route of our plugin, and that of WordPress itself. */
const PLUGIN_ROUTE = '/evergreen/v1/site';
const INDEX_ROUTE = '/';

/** For how long a signature counts, so that clocks may differ by some minutes. */
const SIGNED_FOR_SECONDS = 600;

const isLanguage = (tag: string): boolean => {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
};

const id = z.number().int().positive();

/** An item of a menu, as it is stored. */
const MenuItem = z.object({
  id,
  /** The item above it; 0 if there is none. */
  parent: z.number().int().catch(0),
  /** Its own title; empty if it goes by that of what it leads to. */
  title: z
    .string()
    .catch('')
    .transform((html) => textOf(html)),
  /** `post_type`, `taxonomy`, or another word for an address. */
  type: z.string().catch('custom'),
  /** Of a post or a term: what it is of, and its number. */
  object: z.string().catch(''),
  objectId: z.number().int().catch(0),
  url: z.string().catch(''),
  /** True in a list of all pages, which WordPress makes by itself. */
  listed: z.boolean().catch(false),
});
export type MenuItem = z.infer<typeof MenuItem>;

/** What is told of the site. */
const Told = z.object({
  name: maybe(plainText),
  tagline: maybe(z.string().transform((html) => textOf(html))),
  /** The address of WordPress's home page. */
  home: maybe(webAddress),
  icon: maybe(webAddress),
  language: maybe(z.string().refine(isLanguage)),
  dateFormat: maybe(z.string().min(1)),
  /** The number of the page at which the posts stand. */
  postsPage: maybe(id),
  menu: maybe(z.array(MenuItem)),
  /** The name under which it numbers news. */
  newsFrom: maybe(z.string().min(1)),
  /** Whether its own pages are open to visitors, and do not lead them to the site. */
  isOpen: maybe(z.boolean()),
});
export type Told = z.infer<typeof Told>;

/** WordPress's own index, of which older versions have less. */
const Index = z
  .object({
    name: z.unknown().optional(),
    description: z.unknown().optional(),
    home: z.unknown().optional(),
    site_icon_url: z.unknown().optional(),
    show_on_front: z.unknown().optional(),
    page_for_posts: z.unknown().optional(),
    namespaces: z.array(z.unknown()).catch([]),
  })
  .transform((index) => ({ ...index, hasPlugin: index.namespaces.includes('evergreen/v1') }))
  .transform(({ hasPlugin, ...index }) => ({
    hasPlugin,
    told: Told.parse({
      name: index.name,
      tagline: index.description,
      home: index.home,
      icon: index.site_icon_url,
      postsPage: index.show_on_front === 'page' ? index.page_for_posts : undefined,
      isOpen: hasPlugin ? undefined : true,
    }),
  }));
const INDEX_FIELDS = 'name,description,home,site_icon_url,show_on_front,page_for_posts,namespaces';

/** What was told, and what the owner should know of that. */
export interface Answer {
  told: Told;
  warning?: string;
}

/**
 * Asks for what WordPress tells of the site. Where it is refused, what is told is less, and nothing if need
 * be: posts don't wait for it. Throws if WordPress cannot be reached.
 */
export async function readTold(ask: Ask, secrets: readonly string[]): Promise<Answer> {
  const long = secrets.filter((secret) => secret.length >= SECRET_CHARACTERS);
  for (const secret of long) {
    const told = await ask(PLUGIN_ROUTE, {}, Told, signed(secret)).catch(unlessRefused);
    if (told) return { told: told.data };
  }
  const index = await ask(INDEX_ROUTE, { _fields: INDEX_FIELDS }, Index).catch(unlessRefused);
  // Nothing tells that visitors are kept from its pages.
  if (!index) return { told: { isOpen: true } };
  const { told, hasPlugin } = index.data;
  return { told, warning: hasPlugin ? whyRefused(long) : undefined };
}

/** As `evergreen_check_signature()` of our plugin has it. */
function signed(secret: string): Record<string, string> {
  const expires = Math.floor(Date.now() / 1000) + SIGNED_FOR_SECONDS;
  const signature = createHmac('sha256', secret)
    .update(`GET ${PLUGIN_ROUTE} ${expires}`)
    .digest('hex');
  return { 'X-Evergreen-Expires': String(expires), 'X-Evergreen-Signature': signature };
}

/** What cannot be read now is no answer: only what WordPress keeps shut, or does not have, is undefined. */
function unlessRefused(error: unknown): undefined {
  if (!(error instanceof WordPressFailure) || error.why.passing) throw error;
}

const whyRefused = (long: readonly string[]): string =>
  (long.length === 0
    ? `MY_SECRET_TOKEN has fewer than ${SECRET_CHARACTERS} characters, so that it signs nothing. `
    : 'The plugin in WordPress has another secret than MY_SECRET_TOKEN. ') +
  'Menus, date format and language are not read until both have the same long one';
