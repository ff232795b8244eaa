/** Keeps tests of handlers away from a build of this project, whose pages are those of other posts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Has the tests of a file run in an empty folder: what a build left would count as removed. */
export function awayFromBuild(): void {
  const root = process.cwd();
  const elsewhere = mkdtempSync(path.join(tmpdir(), 'no-build-'));
  beforeAll(() => process.chdir(elsewhere));
  afterAll(() => {
    process.chdir(root);
    rmSync(elsewhere, { recursive: true });
  });
}
