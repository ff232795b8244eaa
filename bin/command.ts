/** What the commands have in common that begin posts. */
import path from 'node:path';
import { environment } from '../lib/config';
import { messageOf } from '../lib/message-of';
import { Stop } from './stop';

/** Runs a command, which ends with a sentence on standard error if it stops. */
export async function run(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(error.message);
    process.exitCode = error.status;
  }
}

/** The posts folder; that of a site without files too, whose first post this is. Throws where none can be told. */
export function postsDir(): string {
  try {
    return environment().postsDir ?? path.resolve('posts');
  } catch (error) {
    throw new Stop(messageOf(error), 1);
  }
}

/** The day where the author is. */
export function today(): string {
  const now = new Date();
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  return parts.map((part) => String(part).padStart(2, '0')).join('-');
}
