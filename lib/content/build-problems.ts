/**
 * What a build says of posts that it cannot use: all of them in one table, which next.config.js prints
 * last. Files stop the build; what WordPress has is left out, since its editor is somebody else.
 */
import { countOf } from '../count-of';
import path from 'node:path';
import { replaceFile } from '../replace-file';
import { describeProblem, type Problem, type Warning } from '../source/post';
import { filesIn, problemTable } from './problem-table';

/** Where next.config.js finds the table. */
const TABLE = path.join('.next', 'problems.txt');

/** Leaves the table, with warnings of files by their kinds; throws if a file has a problem. */
export function reportProblems(
  ofFiles: Problem[],
  ofWordPress: Warning[],
  warnings: readonly string[],
): void {
  const table = [
    ...tableOf(ofFiles, 'cannot be used, and the build stopped'),
    ...tableOf(ofWordPress, 'of WordPress cannot be used, and the site does without'),
    ...(warnings.length > 0
      ? [
          '',
          'Warnings:',
          '',
          ...warnings.map((line) => `  ${line}`),
          '  What posts say themselves is in the table of npm run check:posts.',
          '',
        ]
      : []),
  ].join('\n');
  if (table === '') return;
  try {
    // Several processes of a build may say the same.
    replaceFile(TABLE, table, `${TABLE}.${process.pid}`);
  } catch (error) {
    console.error(
      `${table}\n(The table could not be kept for the end of the build: ${String(error)})`,
    );
  }
  const [first, ...others] = ofFiles;
  if (!first) return;
  const more = others.length > 0 ? `; and ${others.length} more, see the table at the end` : '';
  throw new Error(describeProblem(first) + more);
}

function tableOf(problems: Warning[], what: string): string[] {
  if (problems.length === 0) return [];
  const posts = countOf(filesIn(problems).size, 'post');
  return ['', `${posts} ${what}:`, '', ...problemTable(problems)];
}
