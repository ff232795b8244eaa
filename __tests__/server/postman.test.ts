/** The Postman collection, run as a person would run it, against a real server. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { ROOT } from '../setup/build-site';
import { startSite, type Site } from '../setup/site';

const NEWMAN = path.join(ROOT, 'node_modules/newman/bin/newman.js');
const COLLECTION = path.join(ROOT, 'postman/evergreen.postman_collection.json');
const ENVIRONMENT = path.join(ROOT, 'postman/evergreen.postman_environment.json');

/** With characters that an address, a form and JSON write each in their own way. */
const SECRET = 'of+the/tests&of=newman%41#0';

/** What Newman's JSON reporter writes, as far as it is read here. */
const Run = z.object({
  run: z.object({
    stats: z.object({
      requests: z.object({ total: z.number() }),
      assertions: z.object({ total: z.number() }),
    }),
    failures: z.array(
      z.object({
        error: z.object({ test: z.string().optional(), message: z.string() }),
        parent: z.object({ name: z.string().optional() }),
        source: z.object({ name: z.string().optional() }),
      }),
    ),
  }),
});

const Environment = z.object({ values: z.array(z.object({ key: z.string(), value: z.string() })) });

let site: Site;
beforeAll(async () => (site = await startSite({ hello: 'Text.' }, { MY_SECRET_TOKEN: SECRET })));
afterAll(() => site.close());

test('every request of the collection is answered as it says', async () => {
  const { stats, failures } = await runCollection();
  const names = failures.map(
    ({ parent, source, error }) =>
      `${parent.name} / ${source.name}: ${error.test ?? 'no answer'}: ${error.message}`,
  );
  expect(names).toEqual([]);
  expect(stats.requests.total).toBeGreaterThanOrEqual(134);
  expect(stats.assertions.total).toBeGreaterThanOrEqual(700);
});

test('the environment holds the defaults and no secret', async () => {
  const { values } = Environment.parse(JSON.parse(await readFile(ENVIRONMENT, 'utf8')));
  expect(Object.fromEntries(values.map(({ key, value }) => [key, value]))).toEqual({
    baseUrl: 'http://localhost:3000',
    secret: '',
    post: 'what-a-200-promises',
  });
});

async function runCollection() {
  const result = path.join(site.dir, 'newman.json');
  const variables = { baseUrl: site.url, secret: SECRET, post: 'hello' };
  await promisify(execFile)(process.execPath, [
    NEWMAN,
    'run',
    COLLECTION,
    ...['--environment', ENVIRONMENT],
    ...Object.entries(variables).flatMap(([name, value]) => ['--env-var', `${name}=${value}`]),
    // Failed assertions are read from the result.
    '--suppress-exit-code',
    ...['--reporters', 'json', '--reporter-json-export', result],
  ]);
  return Run.parse(JSON.parse(await readFile(result, 'utf8'))).run;
}
