/** Checks what `site.config.mjs` exports, before anything is built or served with it. */
import { z } from 'zod';
import type { SiteConfig } from './site-config';

/** Of one line, since it stands in titles. */
const text = z
  .string({ error: 'must be a text' })
  .regex(/^[^\p{Cc}]*\S[^\p{Cc}]*$/u, { error: 'must be one line of text, and not empty' });

// No other form: it is written into the stylesheet, SVG and the manifest.
const hex = z
  .string({ error: 'must be a colour such as #1c6b45' })
  .regex(/^#[\da-f]{6}$/i, { error: 'must be a colour such as #1c6b45' });
const colour = z.strictObject({ light: hex, dark: hex });

const webAddress = z.url({
  protocol: /^https?$/,
  error: 'must be an address that begins with https://',
});

const language = text.refine(isLanguage, { error: 'must be a language such as en or de-CH' });

const address = z.union([z.string().regex(/^\/(?!\/)\S*$/), webAddress], {
  error: 'must be a path such as /topics, or an address that begins with https://',
});

const links = z.array(z.strictObject({ title: text, href: address }));

/** Languages whose codes are parts of addresses already. */
const TAKEN = new Set(['api', 'tag']);

const code = z
  .string()
  .refine((name) => /^[a-z]{2,3}(?:-[a-z\d]+)*$/.test(name) && isLanguage(name), {
    error: 'must be the code of a language in lower case, such as tr or pt-br',
  })
  .refine((name) => !TAKEN.has(name), { error: 'is taken by the addresses of the site' });

const Config = z
  .strictObject(
    {
      name: text,
      tagline: text,
      description: text,
      author: text.optional(),
      authors: z
        .record(
          text,
          z.strictObject({
            about: text.optional(),
            picture: address.optional(),
            links: links.optional(),
          }),
        )
        .optional(),
      language,
      languages: z
        .record(
          code,
          z.strictObject({
            name: text.optional(),
            tagline: text.optional(),
            description: text.optional(),
            navigation: links.optional(),
          }),
        )
        .optional(),
      colours: z.strictObject({
        accent: colour,
        text: colour,
        soft: colour,
        page: colour,
        raised: colour,
        line: colour,
        mark: colour,
      }),
      navigation: links,
      profiles: z.array(webAddress),
      wordpress: z
        .strictObject({
          posts: z.enum(['blog', 'permalinks'], { error: 'must be blog or permalinks' }).optional(),
          identity: z
            .enum(['wordpress', 'config'], { error: "must be 'wordpress' or 'config'" })
            .optional(),
        })
        .optional(),
    },
    { error: ({ code }) => (code === 'invalid_type' ? 'must be an object' : undefined) },
  )
  .refine(({ language, languages = {} }) => !Object.hasOwn(languages, language.toLowerCase()), {
    path: ['languages'],
    error: "must not have the site's own language, whose pages have no code",
  }) satisfies z.ZodType<SiteConfig>;

/**
 * Returns the configuration if it can be used. Otherwise throws an error whose message names the file
 * and each member that cannot.
 */
export function checkSiteConfig(config: unknown): SiteConfig {
  const result = Config.safeParse(config);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => {
    const name = path.length > 0 ? path.join('.') : 'the default export';
    const value = path.reduce<unknown>((of, key) => Object(of)[key], config);
    return `  ${name}: ${message}${value === undefined ? ', and is missing' : ''}`;
  });
  throw new Error(`site.config.mjs cannot be used:\n${lines.join('\n')}`);
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
