import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { renamedFiles } from '../../../lib/source/renamed-files';

let repository: string;
beforeEach(() => {
  repository = mkdtempSync(path.join(tmpdir(), 'renamed-'));
  git('init', '-q');
  mkdirSync(path.join(repository, 'posts'));
});
afterEach(() => rmSync(repository, { recursive: true }));

function git(...args: string[]) {
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  execFileSync('git', [...who, ...args], { cwd: repository, stdio: 'pipe' });
}

const at = (name: string) => path.join(repository, 'posts', name);
const post = (name: string, title: string, text: string) =>
  writeFileSync(at(name), `---\ntitle: ${title}\n---\n\n${text}\n`);
const commit = () => {
  git('add', '-A');
  git('commit', '-q', '-m', 'One');
};
const found = () => renamedFiles(path.join(repository, 'posts'));

test('what was renamed in a commit is found, by names relative to the folder', async () => {
  post('first-snöw.md', 'Snow', 'It came early this year.\n\nAnd went again.');
  commit();
  renameSync(at('first-snöw.md'), at('snow.md'));
  commit();
  expect(await found()).toEqual([{ from: 'first-snöw.md', to: 'snow.md' }]);
});

test('what was renamed a moment ago is found by its text, though its front matter changed', async () => {
  post('a.md', 'Snow', 'It came early this year.');
  post('b.md', 'Rain', 'It came late.');
  commit();
  rmSync(at('a.md'));
  post('snow.md', 'First snow', 'It came early this year.');
  post('other.md', 'Hail', 'It never came.');
  expect(await found()).toEqual([{ from: 'a.md', to: 'snow.md' }]);
});

test('a folder that git does not know has no renamed files', async () => {
  rmSync(path.join(repository, '.git'), { recursive: true });
  post('a.md', 'Snow', 'It came early this year.');
  expect(await found()).toEqual([]);
});
