/** "Is this page fresh?", for scripts: the answer with its proof, as the console shows it. */
import createError from 'http-errors';
import { operatorsEndpoint } from '../../lib/console/endpoint';
import { runtimeOfProcess } from '../../lib/runtime-of-process';

/** Next would parse a body of 1 MB before the secret is checked. */
export const config = { api: { bodyParser: false } };

export default operatorsEndpoint(async ({ path }) => {
  if (typeof path !== 'string') {
    throw createError(400, 'path must be one page, such as /blog/my-post');
  }
  return (await runtimeOfProcess()).freshness.ask(path);
}, 'This cannot be told now');
