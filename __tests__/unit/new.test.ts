/** `npm run new`, as an author types it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
const JITI = path.join(
  path.dirname(createRequire(__filename).resolve('jiti/package.json')),
  'lib/jiti-cli.mjs',
);

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'new-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const run = (...args: string[]) => {
  const command = [JITI, path.join(ROOT, 'bin/new.ts'), ...args];
  const env = { ...process.env, POSTS_DIR: path.join(dir, 'posts') };
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: dir,
    env,
    encoding: 'utf8',
  });
  return { status, out: stdout, error: stderr };
};
const read = (name: string) => readFileSync(path.join(dir, 'posts', name), 'utf8');

test('begins a post with a slug, today, and a title that YAML understands', () => {
  const { status, out } = run('Çay: & "more"', '--draft');
  expect([status, out]).toEqual([
    0,
    'posts/çay-more.md\nhttp://localhost:3000/blog/%C3%A7ay-more shows it with npm run dev\n',
  ]);
  expect(read('çay-more.md')).toMatch(
    /^---\ntitle: 'Çay: & "more"'\ndate: \d{4}-\d\d-\d\d\ndraft: true\n---\n/,
  );
});

test('begins a page', () => {
  expect(run('Contact me', '--page').out).toContain('http://localhost:3000/contact-me ');
  expect(read('contact-me.md')).toContain('page: true');
});

test('begins a post in another language', () => {
  expect(run('Merhaba', '--lang', 'tr').status).toBe(0);
  expect(read('merhaba.md')).toContain('lang: tr\n');
});

test('never overwrites', () => {
  run('Hello');
  writeFileSync(path.join(dir, 'posts/hello.md'), 'Mine.');
  const { status, error } = run('hello!');
  expect([status, error]).toEqual([1, expect.stringMatching(/There is posts\/hello\.md already/)]);
  expect(read('hello.md')).toBe('Mine.');
});

test.each([
  [[], 2, /title is missing/],
  [['???'], 2, /needs a letter or a digit/],
  [['Search', '--page'], 1, /belongs to the site itself/],
  [['Hello', '--lang', 'klingonish'], 2, /klingonish is no language/],
  [['Hello', '--drfat'], 2, /--drfat/],
])('%j is refused with a sentence', (args, expected, why) => {
  const { status, error } = run(...args);
  expect([status, error]).toEqual([expected, expect.stringMatching(why)]);
  expect(existsSync(path.join(dir, 'posts'))).toBe(false);
});
