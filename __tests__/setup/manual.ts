/** The manual, which `npm run init` removes: tests of it run only where it is. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './build-site';

/** Its folder. */
export const MANUAL = path.join(ROOT, 'posts/manual');

/** The files of its posts; empty where it was removed. */
export const MANUAL_FILES: readonly string[] = existsSync(MANUAL)
  ? readdirSync(MANUAL).map((name) => path.join(MANUAL, name))
  : [];
