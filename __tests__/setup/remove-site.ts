/** After all tests: removes what they built. */
import { rm } from 'node:fs/promises';
import { IS_KEPT, TEST_DIR } from './build-site';

export default async function removeSite(): Promise<void> {
  if (!IS_KEPT) await rm(TEST_DIR, { recursive: true, force: true });
}
