/** Checks what `site.config.mjs` exports, before anything is built or served with it. */
import { z } from 'zod';
import { withoutContrast } from './contrast';
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

const profile = z.union([webAddress, z.strictObject({ title: text, href: webAddress })], {
  error: 'must be an address that begins with https://, or a title and such an address',
});

const picture = z.union([z.string().regex(/^\/(?!\/)[^?#\s]+$/), z.url({ protocol: /^https$/ })], {
  error: 'must be a file in public/ such as /me.jpg, or an address that begins with https://',
});

const secure = z.url({
  protocol: /^https$/,
  error: 'must be an address that begins with https://',
});

const scriptHook = z.strictObject({
  script: secure,
  // No handler and no address of another kind: what a script needs to be told is data.
  attributes: z
    .record(
      z.string().regex(/^data-[a-z\d-]+$|^crossorigin$|^integrity$/, {
        error: 'must be an attribute such as data-domain',
      }),
      z.string(),
    )
    .optional(),
  connect: z.array(secure).optional(),
  frames: z.array(secure).optional(),
  styles: z.array(secure).optional(),
});

const hooks = z.strictObject({
  analytics: scriptHook.optional(),
  comments: scriptHook.optional(),
  newsletter: z.strictObject({ action: secure, field: text.optional() }).optional(),
});

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
            about: text.optional(),
            navigation: links.optional(),
            footer: links.optional(),
          }),
        )
        .optional(),
      owner: z.strictObject({ about: text.optional(), picture: picture.optional() }).optional(),
      fonts: z.enum(['own', 'system'], { error: "must be 'own' or 'system'" }).optional(),
      colours: z
        .strictObject({
          accent: colour,
          text: colour,
          soft: colour,
          page: colour,
          raised: colour,
          line: colour,
          mark: colour,
        })
        .superRefine((colours, { addIssue }) => {
          for (const { path, message } of withoutContrast(colours)) {
            addIssue({ code: 'custom', path, message });
          }
        }),
      navigation: links,
      footer: links.optional(),
      profiles: z.array(profile),
      wordpress: z
        .strictObject({
          posts: z.enum(['blog', 'permalinks'], { error: 'must be blog or permalinks' }).optional(),
          identity: z
            .enum(['wordpress', 'config'], { error: "must be 'wordpress' or 'config'" })
            .optional(),
        })
        .optional(),
      hooks: hooks.optional(),
    },
    { error: ({ code }) => (code === 'invalid_type' ? 'must be an object' : undefined) },
  )
  .refine(({ language, languages = {} }) => !Object.hasOwn(languages, language.toLowerCase()), {
    path: ['languages'],
    error: "must not have the site's own language, whose pages have no code",
  }) satisfies z.ZodType<SiteConfig>;

/**
 * Returns the configuration if it can be used. Otherwise throws an error whose message names the file
 * and each member that cannot. `isPublicFile` tells of a path whether there is such a file in `public/`.
 */
export function checkSiteConfig(
  config: unknown,
  isPublicFile: (path: string) => boolean = () => true,
): SiteConfig {
  const result = Config.superRefine(({ owner }, { addIssue }) => {
    const { picture = '' } = owner ?? {};
    if (!picture.startsWith('/') || isPublicFile(picture)) return;
    const message = `there is no file public${picture}`;
    addIssue({ code: 'custom', path: ['owner', 'picture'], message });
  }).safeParse(config);
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
