/** `npm run init`, as a newcomer types it, in a copy of what it changes. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
const JITI = path.join(
  path.dirname(createRequire(__filename).resolve('jiti/package.json')),
  'lib/jiti-cli.mjs',
);
const CONFIG = path.join(ROOT, '__tests__/setup/site.config.mjs');

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'init-'));
  cpSync(CONFIG, at('site.config.mjs'));
  for (const folder of ['posts/manual', 'public/manual'])
    mkdirSync(at(folder), { recursive: true });
  writeFileSync(at('posts/manual/about.mdx'), '---\ntitle: About\npage: true\n---\n');
  writeFileSync(at('public/manual/list.webp'), '');
});
afterEach(() => rmSync(dir, { recursive: true }));

const at = (name: string) => path.join(dir, name);
const read = (name: string) => readFileSync(at(name), 'utf8');
const command = (name: string, ...args: string[]) =>
  spawnSync(name, args, { cwd: dir, encoding: 'utf8' });

const run = (...args: string[]) => {
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: 'development' };
  for (const name of ['MY_SECRET_TOKEN', 'SITE_URL', 'POSTS_DIR']) delete env[name];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [JITI, path.join(ROOT, 'bin/init.ts'), ...args],
    { cwd: dir, env, encoding: 'utf8', input: '' },
  );
  return { status, out: stdout, error: stderr };
};

const MINE = ['--yes', '--name', "Ayşe'nin defteri", '--language', 'tr', '--author', 'Ayşe'];

test('names the blog, removes the manual and begins a first post in its language', () => {
  const { status, out } = run(...MINE, '--accent', '#ffcc00', '--address', 'https://ayse.example/');
  expect([status, out]).toEqual([0, expect.stringContaining("Ayşe'nin defteri is yours:")]);
  const config = read('site.config.mjs');
  expect(config).toContain("  name: 'Ayşe\\'nin defteri',\n");
  expect(config).toContain("{ title: 'Konular', href: '/topics' }");
  // As bright as it was where it can be read, and as dark as it has to be.
  expect(config).toMatch(/accent: \{ light: '#[0-9a-f]{6}', dark: '#ffcc00' \},/);
  expect(config).not.toContain("light: '#ffcc00'");
  expect(config).toContain('The site of the tests, whatever');
  expect(read('.env.local')).toMatch(
    /^SITE_URL=https:\/\/ayse\.example\nMY_SECRET_TOKEN=[0-9a-f]{48}\n$/,
  );
  expect(existsSync(at('posts/manual')) || existsSync(at('public/manual'))).toBe(false);
  expect(read('posts/hello-world.md')).toMatch(
    /^---\ntitle: Merhaba dünya\ndate: \d{4}-\d\d-\d\d\n---\n/,
  );
});

test('run twice, it keeps what the owner has', () => {
  run(...MINE);
  const [config, env] = [read('site.config.mjs'), read('.env.local')];
  writeFileSync(at('posts/hello-world.md'), 'Mine.');
  expect(run('--yes').status).toBe(0);
  expect([read('site.config.mjs'), read('.env.local')]).toEqual([config, env]);
  expect(read('posts/hello-world.md')).toBe('Mine.');
});

test('keeps other variables, and posts that are there', () => {
  writeFileSync(at('.env.local'), 'REDIS_URL=redis://a\nMY_SECRET_TOKEN=mine\n#end');
  writeFileSync(at('posts/first.md'), '---\ntitle: First\ndate: 2026-01-01\n---\n');
  expect(run(...MINE, '--keep-manual').status).toBe(0);
  expect(read('.env.local')).toBe(
    'REDIS_URL=redis://a\nMY_SECRET_TOKEN=mine\n#end\nSITE_URL=http://localhost:3000\n',
  );
  expect(existsSync(at('posts/hello-world.md'))).toBe(false);
  expect(existsSync(at('posts/manual/about.mdx'))).toBe(true);
});

test('a manual with changes that git does not have is not removed', () => {
  command('git', 'init', '-q');
  command('git', 'add', '-A');
  command('git', '-c', 'user.name=a', '-c', 'user.email=a@b.example', 'commit', '-qm', 'First');
  writeFileSync(at('posts/manual/about.mdx'), 'Mine now.');
  const before = read('site.config.mjs');
  const { status, error } = run(...MINE);
  expect([status, error]).toEqual([1, expect.stringContaining(' M posts/manual/about.mdx')]);
  expect(read('site.config.mjs')).toBe(before);
  expect(read('posts/manual/about.mdx')).toBe('Mine now.');
});

test('a configuration that it cannot change stays, and so does all else', () => {
  const other = read('site.config.mjs').replace("  name: 'Evergreen',", '  ...{ name: "A" },');
  writeFileSync(at('site.config.mjs'), other);
  const { status, error } = run(...MINE);
  expect([status, error]).toEqual([1, expect.stringContaining('name is not found in site.config')]);
  expect(read('site.config.mjs')).toBe(other);
  expect(existsSync(at('.env.local'))).toBe(false);
  expect(existsSync(at('posts/manual'))).toBe(true);
});

test.each([
  [[], 2, /Nobody can be asked here: add --yes/],
  [['--yes'], 2, /Name of the blog: "". Write one line/],
  [['--yes', '--name', 'A', '--language', 'a language'], 2, /Write a language by its code/],
  [['--yes', '--name', 'A', '--accent', 'red'], 2, /Write a colour such as #1c6b45/],
  [['--yes', '--name', 'A', '--address', 'https://a.example/blog'], 2, /without a path/],
  [['--yse'], 2, /--yse/],
])('%j is refused with a sentence', (args, expected, why) => {
  const { status, error } = run(...args);
  expect([status, error]).toEqual([expected, expect.stringMatching(why)]);
  expect(existsSync(at('posts/manual'))).toBe(true);
});
