/** What a caller without the secret can have a real server do. The bodies are in revalidate.test.ts. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from '../setup/build-site';
import { SECRET, startSite, type Site } from '../setup/site';

let site: Site;
beforeAll(async () => (site = await startSite({ hello: 'Text.' })));
afterAll(() => site.close());

const post = async (route: string, body: string, headers: Record<string, string> = {}) => {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  };
  const response = await fetch(site.url + route, init);
  return { status: response.status, text: await response.text() };
};

/** Next's parser would answer 400 to the first and 413 to the second. */
const BODIES = ['{"broken', JSON.stringify('x'.repeat(1_100_000))];

const ROUTES: [route: string, status: number][] = [
  ['/api/check-wordpress', 401],
  ['/api/check-wordpress?secret=wrong', 401],
  ['/api/console', 415],
  ['/api/dev-changes', 404],
  ['/api/fresh', 405],
  ['/api/metrics', 405],
  ['/api/preview', 405],
  ['/api/purges', 405],
  ['/api/rendered', 405],
  ['/api/health', 405],
  ['/api/revalidate?secret=wrong', 401],
];

test.each(ROUTES)('%s parses no body of a stranger', async (route, status) => {
  for (const body of BODIES) expect((await post(route, body)).status).toBe(status);
});

test('the list above holds every route of the API', async () => {
  const files = await readdir(path.join(ROOT, 'pages/api'));
  const listed = new Set(ROUTES.map(([route]) => route.replace(/^.api.|\?.*$/g, '')));
  expect(files.map((file) => file.replace(/\.ts$/, '')).sort()).toEqual([...listed].sort());
});

test('a query of more fields than Next hands over is refused, not cut', async () => {
  const query = (fields: number) => `secret=${SECRET}&${'path=/&'.repeat(fields - 2)}path=/nobody`;
  const full = await post(`/api/revalidate?${query(1000)}`, '');
  expect(full.text).toContain('/nobody');
  expect(await post(`/api/revalidate?${query(1001)}`, '')).toMatchObject({
    status: 413,
    text: expect.stringContaining('1,000 fields'),
  });
});
