import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fixPosts } from '../../../lib/import/fix-posts';

let repository: string;
beforeEach(() => {
  repository = mkdtempSync(path.join(tmpdir(), 'fix-'));
  mkdirSync(path.join(repository, 'posts'));
  git('init', '-q');
});
afterEach(() => rmSync(repository, { recursive: true }));

function git(...args: string[]) {
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  execFileSync('git', [...who, ...args], { cwd: repository, stdio: 'pipe' });
}

const folder = () => path.join(repository, 'posts');
const at = (name: string) => path.join(folder(), name);
const write = (name: string, ...lines: string[]) => writeFileSync(at(name), lines.join('\n'));
const read = (name: string) => readFileSync(at(name), 'utf8');
const commit = () => {
  git('add', '-A');
  git('commit', '-q', '-m', 'One');
};

test('a post that was renamed twice gets both slugs as aliases, beside those that it has', async () => {
  const text = 'It came early this year, and went again before noon.\n';
  write(
    'snow.md',
    '---',
    'title: Snow # kept',
    'date: 2026-01-01',
    'aliases: [/2019/s]',
    '---',
    text,
  );
  commit();
  renameSync(at('snow.md'), at('first-snow.md'));
  commit();
  renameSync(at('first-snow.md'), at('2026-01-01-early-snow.md'));
  commit();
  expect(await fixPosts(folder())).toEqual([
    'posts/2026-01-01-early-snow.md: aliases: first-snow, snow',
  ]);
  expect(read('2026-01-01-early-snow.md')).toBe(
    `---\ntitle: Snow # kept\ndate: 2026-01-01\naliases:\n  - /2019/s\n  - first-snow\n  - snow\n---\n${text}`,
  );
  // What is written already is not written again.
  expect(await fixPosts(folder())).toEqual([]);
});

test('the slug of a post that is there now is no alias of the one that had it', async () => {
  write(
    'a.md',
    '---',
    'title: A',
    'date: 2026-01-01',
    '---',
    'The text of the first of both posts.',
  );
  commit();
  renameSync(at('a.md'), at('b.md'));
  commit();
  write('a.md', '---', 'title: Another', 'date: 2026-01-01', '---', 'Something else.');
  expect(await fixPosts(folder())).toEqual([]);
});

test('a title of the file’s name and quotes around a value are written', async () => {
  write('first-snow.md', '---', 'date: 2026-01-01', '---', 'Text.', '');
  write('colon.md', '---', 'title: Snow: a study', 'date: 2026-01-01', '---', 'Text.', '');
  expect(await fixPosts(folder())).toEqual([
    'posts/colon.md: quotes in line 2',
    expect.stringMatching(/^posts\/first-snow\.md: title: First snow$/i),
  ]);
  expect(read('colon.md')).toContain('title: "Snow: a study"\n');
  expect(read('first-snow.md')).toMatch(/^---\ndate: 2026-01-01\ntitle: First snow\n---\nText\./i);
  expect(await fixPosts(folder())).toEqual([]);
});
