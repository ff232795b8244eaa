/** How many pages are stored. */
import type { Environment } from '../config';
import type { Store } from '../store/store';

/**
 * On disk what is stored is known by heart; from Redis all of it would have to be fetched for a count, so that marks of
 * removed pages are counted, too.
 */
export async function storedCount(
  { redisUrl }: Pick<Environment, 'redisUrl'>,
  store: Pick<Store, 'storedAtStart' | 'storedAtMost'>,
): Promise<number> {
  if (redisUrl !== undefined) return store.storedAtMost();
  const pages = [...(await store.storedAtStart()).values()];
  return pages.filter(({ revision }) => revision !== null).length;
}
