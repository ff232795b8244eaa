/** The history of purges, for who has the secret: filters and paging are in `lib/console/purges-query.ts`. */
import createError from 'http-errors';
import { operatorsEndpoint } from '../../lib/console/endpoint';
import { purgesQuery } from '../../lib/console/purges-query';
import { runtimeOfProcess } from '../../lib/runtime-of-process';

/** Next would parse a body of 1 MB, which nothing here reads. */
export const config = { api: { bodyParser: false } };

export default operatorsEndpoint(async (query) => {
  const { history } = await runtimeOfProcess();
  const asked = purgesQuery(query);
  if ('id' in asked) {
    const purge = await history.one(asked.id);
    if (!purge) throw createError(404, 'The history has no purge of this id');
    return { purges: [purge], lost: history.lost };
  }
  const { purges, hasMore } = await history.find(asked);
  const next = hasMore ? purges.at(-1)?.id : undefined;
  return { path: asked.path, purges, next, lost: history.lost };
}, 'The history cannot be read');
