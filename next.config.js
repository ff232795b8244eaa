const { createHash } = require('node:crypto');
const { existsSync, readdirSync, readFileSync, rmSync, writeSync } = require('node:fs');
const { availableParallelism } = require('node:os');
const path = require('node:path');
const { createJiti } = require('jiti');
const { Features, transform } = require('lightningcss');
const { PHASE_DEVELOPMENT_SERVER, PHASE_PRODUCTION_BUILD } = require('next/constants');
const { dependencies } = require('./package.json');

/** Loads TypeScript, which Node 20 cannot. */
const jiti = createJiti(__filename);

/** @param {string} name */
const read = (name) => readFileSync(path.join(__dirname, name), 'utf8');

/** Names what turns bodies into HTML, so that nothing that is kept of them outlives a change of it. */
const compiler = createHash('sha256').update(String(process.env.NODE_ENV));
for (const name of [
  'package-lock.json',
  'components/mdx-components.tsx',
  'lib/column.ts',
  'lib/decoded.ts',
  'lib/html-bounds.ts',
  'lib/picture-size.ts',
  ...['lib/body', 'lib/site/words'].flatMap((folder) =>
    readdirSync(path.join(__dirname, folder))
      .sort()
      .map((file) => `${folder}/${file}`),
  ),
]) {
  compiler.update(read(name));
}
const compilerHash = compiler.digest('hex');

/** Names what makes words of texts, and how the index of the search lies in its file. */
const search = createHash('sha256');
for (const name of [
  'package-lock.json',
  'lib/plain-text.ts',
  ...['file', 'index', 'segment', 'terms', 'words'].map((part) => `lib/readers/search-${part}.ts`),
]) {
  search.update(read(name));
}
const searchHash = search.digest('hex');

/**
 * In every page, so that no page needs a second request. The range syntax of media queries would save
 * five bytes, and leave older browsers without the rules.
 * @param {string} filename
 * @param {string} text
 */
const minified = (filename, text) =>
  transform({
    filename,
    code: Buffer.from(text),
    minify: true,
    include: Features.MediaRangeSyntax,
  }).code.toString();

/** The origin of a WordPress without TLS: the policy allows all others already. */
const plainOrigin = [process.env.WORDPRESS_URL ?? '']
  .filter((address) => address.startsWith('http:') && URL.canParse(address))
  .map((address) => ` ${new URL(address).origin}`)
  .join('');

/**
 * What stands in pages: the stylesheet of lists or that of posts, those of the ones with blocks and with further letters,
 * that of the console, and the script of all.
 * @typedef {{ ofLists: string, ofPosts: string, ofConsole: string, ofBlocks: string, ofFurtherFonts: string, script: string }} Inline
 * @typedef {ReturnType<typeof import('./lib/site/hooks').originsOf>} HookOrigins
 */

/**
 * Nothing inline but the stylesheets and one script, which their hashes name. Images may come from anywhere that has TLS,
 * and from the WordPress of the build. Frames are those of embeds, which a page without one closes by itself.
 * @param {Inline} inline
 * @param {readonly string[]} frameOrigins
 * @param {HookOrigins} hooks What the owner takes from elsewhere.
 */
const contentSecurityPolicy = (inline, frameOrigins, hooks) =>
  [
    `default-src 'none'`,
    [`script-src 'self' ${sourceOf(inline.script)}`, ...hooks.script].join(' '),
    ['style-src', ...stylesOfSite(inline).map(sourceOf), ...hooks.style].join(' '),
    `font-src 'self'`,
    `img-src 'self' https: data:${plainOrigin}`,
    `media-src 'self' https:${plainOrigin}`,
    ['frame-src', ...frameOrigins, ...hooks.frame].join(' '),
    [`connect-src 'self'`, ...hooks.connect].join(' '),
    `manifest-src 'self'`,
    [`form-action 'self'`, ...hooks.form].join(' '),
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');

/** @param {Inline} inline */
const stylesOfSite = ({ ofLists, ofPosts, ofBlocks, ofFurtherFonts }) => [
  ofLists,
  ofPosts,
  ofBlocks,
  ofFurtherFonts,
];

/**
 * The console takes nothing from elsewhere, whatever the site does.
 * @param {Pick<Inline, 'ofConsole' | 'script'>} inline
 */
const policyOfConsole = ({ ofConsole, script }) =>
  [
    `default-src 'none'`,
    `script-src 'self' ${sourceOf(script)}`,
    `style-src ${sourceOf(ofConsole)}`,
    `img-src 'self'`,
    `connect-src 'self'`,
    `form-action 'self'`,
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');

/** @param {string} text */
const sourceOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** @type {(inline: Inline, frameOrigins: readonly string[], hooks: HookOrigins) => Record<string, string>} */
const securityHeaders = (inline, frameOrigins, hooks) => ({
  'Content-Security-Policy': contentSecurityPolicy(inline, frameOrigins, hooks),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'Strict-Transport-Security': 'max-age=31536000',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
});

/** What `lib/content/build-problems.ts` found is printed after all that Next prints, by the build's first process. */
function printProblemsLast() {
  const table = path.join('.next', 'problems.txt');
  rmSync(table, { force: true });
  process.on('exit', () => {
    if (existsSync(table)) writeSync(process.stderr.fd, readFileSync(table));
  });
}

/** What Next compiles in a way of its own. */
const COMPILED_IN = new Set(['next', 'react', 'react-dom']);

/** Bytes of resized images that are kept on disk; beyond them those go that were asked for least recently. */
const IMAGE_CACHE_BYTES = 256 * 1024 ** 2;

/** Bytes of pages that are kept in memory; Next's own default is 50 MiB. */
const MEMORY_OF_PAGES_BYTES = 20 * 1024 ** 2;

/** As `lib/site/other-addresses.ts` reads them. */
const WORDPRESS_QUERIES = [
  'p',
  'page_id',
  'attachment_id',
  'cat',
  'author',
  'name',
  'pagename',
  'category_name',
  'tag',
  'author_name',
  'feed',
  'sitemap',
  's',
  'paged',
];

const SPECULATION_RULES = '/speculation-rules.json';

/** @type {(source: string, headers: Record<string, string>) => import('next/dist/lib/load-custom-routes').Header} */
const headersFor = (source, headers) => ({
  source,
  headers: Object.entries(headers).map(([key, value]) => ({ key, value })),
});

/** @type {(phase: string) => Promise<import('next').NextConfig>} */
module.exports = async (phase) => {
  const isFirst = process.env.EVERGREEN_BUILD === undefined;
  if (phase === PHASE_PRODUCTION_BUILD && isFirst) {
    process.env.EVERGREEN_BUILD = '1';
    printProblemsLast();
  }
  const site = await siteConfig();
  /** @type {typeof import('./lib/site/stylesheet')} */
  const { fontPartsOf, withColours } = await jiti.import('./lib/site/stylesheet.ts');
  /** @type {typeof import('./lib/site/colour-choice')} */
  const { COLOUR_SCRIPT } = await jiti.import('./lib/site/colour-choice.ts');
  // Behind the fonts of the system, which they take the place of.
  const fonts = site.fonts === 'system' ? '' : read('components/fonts.css');
  const furtherFonts = site.fonts === 'system' ? '' : read('components/further-fonts.css');
  /** @param {string} name What the pages have besides, by the name of its file. */
  const stylesheetWith = (name) =>
    minified(
      `components/${name}`,
      withColours(
        [read('components/stylesheet.css'), fonts, read(`components/${name}`)].join('\n') +
          read('components/last.css'),
        site.colours,
      ),
    );
  const inline = {
    ofLists: stylesheetWith('lists.css'),
    ofPosts: stylesheetWith('post.css'),
    ofConsole: minified(
      'components/console/console.css',
      withColours(
        read('components/console/console.css') + read('components/console/views.css'),
        site.colours,
      ),
    ),
    ofBlocks: minified('components/blocks.css', read('components/blocks.css')),
    ofFurtherFonts: furtherFonts && minified('components/further-fonts.css', furtherFonts),
    script: COLOUR_SCRIPT,
  };
  const preloaded = fontPartsOf(fonts).concat(fontPartsOf(furtherFonts));
  if (isFirst && (phase === PHASE_PRODUCTION_BUILD || phase === PHASE_DEVELOPMENT_SERVER)) {
    /** @type {typeof import('./lib/readers/manifest')} */
    const { writeManifestAndIcons } = await jiti.import('./lib/readers/manifest.ts');
    await writeManifestAndIcons(site, path.join(__dirname, 'public'));
  }
  /** @type {typeof import('./lib/body/embeds')} */
  const { FRAME_ORIGINS } = await jiti.import('./lib/body/embeds.ts');
  const languages = Object.keys(site.languages ?? {});
  /** @type {typeof import('./lib/site/hooks')} */
  const { originsOf } = await jiti.import('./lib/site/hooks.ts');
  const hooks = originsOf(site.hooks);
  return configOf(phase, { inline, preloaded, frameOrigins: FRAME_ORIGINS, hooks, languages });
};

/** Returns what the owner set; ends the process with a sentence if that cannot be used. */
async function siteConfig() {
  try {
    const { default: config } = await import('./site.config.mjs');
    /** @type {typeof import('./lib/site/check-site-config')} */
    const { checkSiteConfig } = await jiti.import('./lib/site/check-site-config.ts');
    return checkSiteConfig(config, (name) => existsSync(path.join(__dirname, 'public', name)));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`The configuration cannot be loaded: ${reason}`);
    process.exit(1);
  }
}

/**
 * What a further language has below its code and no file in `pages/` serves there.
 * @param {readonly string[]} languages
 */
const rewritesOf = (languages) =>
  languages.length === 0
    ? []
    : [
        {
          source: `/:language(${languages.join('|')})/:file(feed\\.xml|atom\\.xml|feed\\.json|search)`,
          destination: '/:file',
        },
        {
          source: `/:language(${languages.join('|')})/:kind(category|tag)/:path+/feed.xml`,
          destination: '/topic-feed',
        },
      ];

/**
 * What the configuration is made of; `preloaded` are the parts of the font, the first of which all pages wait for.
 * @typedef {{ inline: Inline, preloaded: import('./lib/site/stylesheet').FontPart[], frameOrigins: readonly string[], hooks: HookOrigins, languages: readonly string[] }} Parts
 */

/** @type {(phase: string, parts: Parts) => import('next').NextConfig} */
const configOf = (phase, { inline, preloaded, frameOrigins, hooks, languages }) => ({
  // Of pages in memory: those that are visited most have their answers kept besides, in the form that is sent.
  cacheMaxMemorySize: MEMORY_OF_PAGES_BYTES,
  cacheHandler: path.join(__dirname, 'lib', 'store', 'cache-handler.js'),
  env: {
    EVERGREEN_MDX: compilerHash,
    EVERGREEN_SEARCH: searchHash,
    EVERGREEN_LISTS: inline.ofLists,
    EVERGREEN_POSTS: inline.ofPosts,
    EVERGREEN_BLOCKS: inline.ofBlocks,
    EVERGREEN_CONSOLE: inline.ofConsole,
    // The development server needs scripts of its own, and eval.
    ...(phase === PHASE_DEVELOPMENT_SERVER
      ? {}
      : { EVERGREEN_CONSOLE_POLICY: policyOfConsole(inline) }),
    EVERGREEN_FURTHER_FONTS: inline.ofFurtherFonts,
    EVERGREEN_FONT_PARTS: JSON.stringify(preloaded),
  },
  // By default Next renders all pages of a build in one process.
  experimental: {
    cpus: availableParallelism(),
    // It takes longer than to compile, and no reader gets what it makes shorter: pages have no script of Next's.
    turbopackMinify: false,
    // To write that cache takes longer than what the next build would save.
    turbopackFileSystemCacheForBuild: false,
  },
  headers: async () => [
    // The development server needs scripts of its own, and eval.
    ...(phase === PHASE_DEVELOPMENT_SERVER
      ? []
      : [headersFor('/:path*', securityHeaders(inline, frameOrigins, hooks))]),
    // By a header, so that the policy need not allow them in the page.
    headersFor('/:path((?!api/|_next/).*)', { 'Speculation-Rules': `"${SPECULATION_RULES}"` }),
    // Their names change with what is in them.
    headersFor('/fonts/:file', { 'Cache-Control': 'public, max-age=31536000, immutable' }),
    headersFor(SPECULATION_RULES, {
      'Cache-Control': 'public, max-age=86400',
      'Content-Type': 'application/speculationrules+json',
    }),
  ],
  // A static page is the same whatever its query is; by these WordPress names something else than its home.
  rewrites: async () => ({
    beforeFiles: [
      ...WORDPRESS_QUERIES.map((key) => ({
        source: '/:index(index\\.php)?',
        /** @type {[{ type: 'query', key: string }]} */
        has: [{ type: 'query', key }],
        destination: '/wp-query',
      })),
      // A category may lie below others, and no file in pages/ can follow a catch-all.
      { source: '/:kind(category|tag)/:path+/feed.xml', destination: '/topic-feed' },
      ...rewritesOf(languages),
    ],
  }),
  images: {
    // The widths of the text's column, on phones and on screens of double density. The edges in deploy/
    // take no others, and no other quality: change them there, too.
    deviceSizes: [480, 720, 1080, 1440],
    imageSizes: [],
    qualities: [75],
    formats: ['image/avif', 'image/webp'],
    // What is in public/, and not what is drawn or computed: each file there is a picture at most.
    localPatterns: [{ pathname: '/(?!(?:cards|api|_next)/)**', search: '' }],
    maximumDiskCacheSize: IMAGE_CACHE_BYTES,
  },
  // For an image: with what it needs of node_modules, and no more.
  output: process.env.STANDALONE ? 'standalone' : undefined,
  // What pictures of links are drawn with is read as files, which Next does not see.
  outputFileTracingIncludes: {
    '/*': ['lib/store/redis/scripts/*.lua'],
    '/cards/*': [
      'node_modules/@fontsource/{inter,vazirmatn,noto-sans-*}/{{package,unicode}.json,files/*-{400,700}-normal.woff}',
      'node_modules/@fontsource-variable/noto-sans-*/{{package,unicode}.json,files/*-wght-normal.woff2}',
      // The letters of a text are cut out of those by WebAssembly.
      'node_modules/{subset-font,harfbuzzjs,wawoff2,fontverter}/**',
      'node_modules/@twemoji/svg/*',
    ],
  },
  // Loaded from where they lie, as pages do by themselves: what starts the server would be compiled with a copy of each.
  serverExternalPackages: Object.keys(dependencies).filter((name) => !COMPILED_IN.has(name)),
  poweredByHeader: false,
  reactStrictMode: true,
  // A newcomer's build would wait for it: `npm run check` checks types, and so does CI.
  typescript: { ignoreBuildErrors: true },
});
