/** The history of purges of a test site, as a reader finds it who was not there. */
import path from 'node:path';
import { History } from '../../lib/console/history';
import { fileHistory } from '../../lib/console/history-file';
import type { PurgeRecord } from '../../lib/console/record';
import type { Site } from './site';

/** All purges that are kept, oldest first. */
export async function keptPurges({ dir }: Pick<Site, 'dir'>): Promise<PurgeRecord[]> {
  const history = new History(fileHistory(() => path.join(dir, '.evergreen/history')));
  const { purges } = await history.find({ most: Infinity });
  return purges.reverse();
}
