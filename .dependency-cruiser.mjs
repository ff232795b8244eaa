/**
 * Who may import whom: `npm run lint` holds it, and `npm run picture` draws it. The table is that of
 * `docs/architecture.md`. Types count as much as values: a room knows what it names.
 */

/** Leaves directly in `lib/`, which any room may import: each one small subject without a room. */
const LEAVES = '^lib/[a-z-]+\\.ts$';
/** Files in `lib/` that are no leaves: they know all rooms. */
const WIRING = '^lib/(runtime|runtime-of-process|start|in-render-thread|start-render-thread)\\.ts$';

/** What each room may import, besides itself and the leaves. */
const ROOMS = {
  site: { types: ['source'] },
  source: { all: ['site'] },
  body: { all: ['site'], types: ['source'] },
  store: { all: ['site'], types: ['source'] },
  content: { all: ['source', 'site', 'body'], types: ['store'] },
  edge: { types: ['store', 'content', 'site'], all: ['site'] },
  purge: { all: ['content', 'site', 'store', 'edge', 'source'] },
  import: { all: ['source', 'site'] },
  readers: { all: ['content', 'site', 'body', 'source'] },
  console: { all: ['source', 'body', 'site', 'content', 'store', 'edge', 'purge', 'readers'] },
};

const anyOf = (rooms = []) => rooms.map((room) => `^lib/${room}/`);

/** @type {import('dependency-cruiser').IConfiguration} */
const config = {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Imports point one way; types of one room may know each other.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...Object.entries(ROOMS).flatMap(([room, { all, types }]) => [
      {
        name: `${room}-imports`,
        severity: 'error',
        from: { path: `^lib/${room}/` },
        to: {
          path: '^(lib|components|pages)/',
          pathNot: [`^lib/${room}/`, LEAVES, ...anyOf(all), ...anyOf(types)],
        },
      },
      ...(types
        ? [
            {
              name: `${room}-imports-types-only`,
              severity: 'error',
              from: { path: `^lib/${room}/` },
              to: {
                path: anyOf(types),
                pathNot: anyOf(all),
                dependencyTypesNot: ['type-only'],
              },
            },
          ]
        : []),
      {
        name: `${room}-is-wired-from-outside`,
        severity: 'error',
        from: { path: `^lib/${room}/` },
        to: { path: WIRING },
      },
    ]),
    {
      name: 'leaves-import-leaves',
      severity: 'error',
      from: { path: LEAVES, pathNot: WIRING },
      to: { path: '^(lib|components|pages)/', pathNot: LEAVES },
    },
    {
      name: 'lib-does-not-import-components',
      severity: 'error',
      from: { path: '^lib/', pathNot: WIRING },
      to: { path: '^(components|pages)/' },
    },
    {
      name: 'components-do-not-import-pages',
      severity: 'error',
      from: { path: '^components/' },
      to: { path: '^pages/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^(lib|components|pages|instrumentation)',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    reporterOptions: {
      mermaid: { minify: false },
      archi: { collapsePattern: '^(lib/[^/]+|components|pages)' },
    },
  },
};

export default config;
