/** What the history says of each purge is what was done, over failures and `kill -9`. */
import { randomUUID } from 'node:crypto';
import type { PurgeRecord } from '../../lib/console/record';
import { keptPurges } from '../setup/kept-purges';
import { SECRET, startSite, until, type Site } from '../setup/site';

let site: Site;
afterEach(() => site.close());

const outcomesIn = ({ status, pages }: Pick<PurgeRecord, 'status' | 'pages'>) => ({
  status,
  pages: pages.map(({ path: at, result, because, error }) => ({
    path: at,
    result,
    because,
    error,
  })),
});

test('each purge is kept as it was answered, with who called and why each page', async () => {
  site = await startSite({ hello: 'Text.', other: 'Text.' });
  const call = async (body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${site.url}/api/revalidate`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${SECRET}`,
        'content-type': 'application/json',
        ...headers,
      },
      body: JSON.stringify(body),
    });
    const { pages = [] }: { pages?: PurgeRecord['pages'] } = await response.json();
    return outcomesIn({ status: response.status, pages });
  };
  await site.visit('/blog/hello');
  await site.visit('/');
  const answers = [];
  await site.write('hello', 'New text.', { title: 'Another' });
  answers.push(await call({ path: '/blog/hello' }, { 'user-agent': 'curl/8.0 <b>' }));
  answers.push(await call({ tag: 'post:other' }));
  await site.remove('other');
  answers.push(await call({ changed: true, postId: 12 }));
  await site.write('hello', 'A <Broken');
  answers.push(await call({ changed: true }));
  answers.push(await call({ path: '/nothing/of/this/form' }));
  // A plan does nothing, and a stranger is nobody's history.
  await call({ changed: true, dryRun: true });
  expect((await fetch(`${site.url}/api/revalidate?secret=no&path=/`)).status).toBe(401);

  const records = await keptPurges(site);
  expect(records.map(outcomesIn)).toEqual(answers);
  expect(records.map(({ result }) => result)).toEqual([
    'regenerated',
    'regenerated',
    'regenerated',
    'failed',
    'refused',
  ]);
  const [first, , third] = records;
  expect(first).toMatchObject({
    caller: { agent: 'curl/8.0 <b>', sender: 'curl', secret: 'current' },
    named: { paths: ['/blog/hello'], tags: [] },
    changed: expect.arrayContaining(['post:hello']),
    steps: { read: expect.any(Number), told: expect.any(Number) },
  });
  expect(third).toMatchObject({ told: ['post 12'], counts: { removed: 1 } });
  expect(JSON.stringify(records)).not.toContain(SECRET);
});

test('kill -9 at any moment loses no purge that was answered', async () => {
  site = await startSite({ hello: 'Text 0.' });
  const answered: string[] = [];
  let sent = 0;
  const purgeOn = async (until: () => boolean) => {
    while (!until()) {
      const name = `/blog/hello?${randomUUID()}`;
      sent += 1;
      const { status } = await site.purge(name);
      if (status === 200) answered.push(name);
    }
  };
  for (let round = 1; round <= 4; round += 1) {
    let isDead = false;
    await site.write('hello', `Text ${round}.`);
    const callers = Array.from({ length: 6 }, () => purgeOn(() => isDead).catch(() => undefined));
    await until(() => answered.length > 40 * round);
    await site.stop('SIGKILL');
    isDead = true;
    await Promise.all(callers);
    await site.start();
  }
  const names = (await keptPurges(site)).map(({ named }) => named.paths[0]);
  expect(new Set(names).size).toBe(names.length);
  expect(answered.filter((name) => !names.includes(name))).toEqual([]);
  expect(names.length).toBeLessThanOrEqual(sent);
});
