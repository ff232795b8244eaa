/**
 * Before all tests: one real `next build` of a copy of this project, which the tests copy and serve.
 * The copy differs in this: it has the configuration, pictures and posts of the tests, and a profile elsewhere.
 * What tests hold and note, they do from outside: see `observe-runtime.js`.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { mutateByName, rewrite } from './mutants';
import config from './site.config.mjs';

export const ROOT = path.resolve(__dirname, '../..');
/** Inside the project, so that the copies find its node_modules; of this run of Jest alone. */
export const TEST_DIR = path.join(ROOT, '.test', (process.env.TEST_RUN ??= String(process.pid)));
/** Whether the next run of Jest shall find what this one built: for CI, which has two. */
export const IS_KEPT = process.env.KEEP_TEST_RUN === '1';
export const BUILT = path.join(TEST_DIR, 'built');
export const NEXT = path.join(ROOT, 'node_modules/next/dist/bin/next');
/** What the commands in bin/ are run with. */
export const JITI = path.join(ROOT, 'node_modules/jiti/lib/jiti-cli.mjs');

/** A page of the author's elsewhere, which the copy names. */
export const PROFILE = 'https://social.example/@evergreen';

const COPIED = [
  'components',
  'lib',
  'pages',
  'public',
  'instrumentation.ts',
  'next.config.js',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

/** The handler of the tutorials, to see that the tests for the truth of the 200 tell it apart. */
const TEN_LINES = 'bench/baseline/pages/api/revalidate.ts';

export default async function buildSite(): Promise<void> {
  if (IS_KEPT && existsSync(path.join(BUILT, '.next/BUILD_ID'))) return;
  await mkdir(path.join(BUILT, 'posts'), { recursive: true });
  for (const name of COPIED) {
    await cp(path.join(ROOT, name), path.join(BUILT, name), { recursive: true });
  }
  await mutateByName(BUILT, process.env.HISTORY_MUTANT);
  await cp(path.join(ROOT, '__tests__/public'), path.join(BUILT, 'public'), { recursive: true });
  const profiled = { ...config, profiles: [PROFILE] };
  await writeFile(
    path.join(BUILT, 'site.config.mjs'),
    `export default ${JSON.stringify(profiled)};\n`,
  );
  if (process.env.TEN_LINE_HANDLER) {
    await cp(path.join(ROOT, TEN_LINES), path.join(BUILT, 'pages/api/revalidate.ts'));
    await rewrite(path.join(BUILT, 'next.config.js'), (text) =>
      text.replace(/^ *cacheHandler:.*$/m, ''),
    );
    // As a tutorial's page does, each render reads its content anew.
    await rewrite(path.join(BUILT, 'lib/source/sources.ts'), (text) =>
      text.replace(/(SHARED_FOR_MS =) \d+/, '$1 0'),
    );
  }
  await writeFile(
    path.join(BUILT, 'posts/first.mdx'),
    '---\ntitle: First\ndate: 2026-01-01\n---\n\nBuilt text.\n',
  );
  await runBuild(BUILT);
}

/** Runs `next build` in a folder; answers what it printed, and throws with that if it failed. */
export async function runBuild(dir: string, env: Record<string, string> = {}): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [NEXT, 'build'], {
    cwd: dir,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', ...env },
  });
  return stdout + stderr;
}
