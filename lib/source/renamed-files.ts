/**
 * Which files of a folder were renamed, by git's word or since their text is the same, for their old addresses
 * to live on. Without git, or in a folder that it doesn't know, none was.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** As git prints them: a history of tens of thousands of commits. */
const MOST_BYTES = 64 * 1024 ** 2;

/** How much of a file must be as it was: git's own measure, in percent. */
const LIKENESS = 60;

/** A file that had another name: both relative to the folder, with slashes. */
export interface Renamed {
  from: string;
  to: string;
}

/** The files that are there under another name than once, the last rename first. */
export async function renamedFiles(folder: string): Promise<Renamed[]> {
  const git = async (...args: string[]) => {
    const options = { cwd: folder, maxBuffer: MOST_BYTES };
    const { stdout } = await run('git', ['-c', 'core.quotePath=false', ...args], options);
    return stdout;
  };
  const how = [`-M${LIKENESS}%`, '--diff-filter=R', '--name-status', '-z', '--relative'];
  try {
    // What was renamed and not yet committed comes last, so first here.
    const moved = await movedUnseen(folder, git);
    const staged = await git('diff', ...how, 'HEAD', '--', '.');
    const committed = await git('log', ...how, '--format=', '--', '.');
    return [...moved, ...pairsIn(staged), ...pairsIn(committed)];
  } catch {
    return [];
  }
}

/** Files that git knows nothing of, whose text is that of one that is gone. */
async function movedUnseen(
  folder: string,
  git: (...args: string[]) => Promise<string>,
): Promise<Renamed[]> {
  const list = async (...args: string[]) => (await git(...args)).split('\0').filter(Boolean);
  const gone = await list('ls-files', '--deleted', '-z');
  if (gone.length === 0) return [];
  const texts = new Map<string, string>();
  for (const from of gone) {
    const text = textIn(await git('show', `HEAD:./${from}`).catch(() => ''));
    if (text !== '') texts.set(text, from);
  }
  const pairs: Renamed[] = [];
  for (const to of await list('ls-files', '--others', '--exclude-standard', '-z')) {
    if (!/[.](?:mdx?|markdown)$/i.test(to)) continue;
    const from = texts.get(textIn(await readFile(path.join(folder, to), 'utf8').catch(() => '')));
    if (from !== undefined) pairs.push({ from, to });
  }
  return pairs;
}

/** What stands below the front matter. */
const textIn = (file: string): string =>
  file.replace(/^\uFEFF?(---|\+\+\+)[ \t]*\r?\n[^]*?\n\1[ \t]*(?:\r?\n|$)/, '').trim();

/** `R100`, the old name and the new one, each ended by a zero. */
function pairsIn(output: string): Renamed[] {
  const parts = output.split('\0').map((part) => part.replace(/^\n+/, ''));
  const pairs: Renamed[] = [];
  for (let index = 0; index + 2 < parts.length; index += 1) {
    const [status = '', from = '', to = ''] = parts.slice(index, index + 3);
    if (!/^R\d+$/.test(status)) continue;
    pairs.push({ from, to });
    index += 2;
  }
  return pairs;
}
