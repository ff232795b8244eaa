/** Which addresses WordPress is asked about, how often, and what is kept of its answers. */
import { NO_FACTS } from '../../../lib/site/facts';
import { environment } from '../../../lib/config';
import { Elsewhere } from '../../../lib/content/elsewhere';
import { siteOf } from '../../../lib/site/site';
import { ORIGIN, postWith } from '../../setup/posts';

const aliases = new Map([
  ['/2026/new-name', { to: '/blog/new-name' }],
  ['/?p=7', { to: '/blog/new-name' }],
]);
const site = siteOf([postWith('new-name')], Date.parse('2026-11-22'), ORIGIN, undefined, {
  ...NO_FACTS,
  aliases,
});

/** With answers of WordPress by address, and what it was asked. */
function elsewhereWith(answers: Record<string, string>, wordpressUrl = 'https://wp.example') {
  const made = { asked: [] as string[], nowMs: 0, hold: Promise.resolve() };
  const elsewhere = new Elsewhere({
    settings: () => ({ ...environment(), wordpressUrl: wordpressUrl || undefined }),
    now: () => made.nowMs,
    whereIs: async (path) => {
      made.asked.push(path);
      await made.hold;
      if (answers[path] === 'throw') throw new Error('no answer');
      return answers[path];
    },
  });
  return { made, elsewhere, leadOf: (path: string) => elsewhere.leadOf(path, site) };
}

test.each([
  ['/2026/new-name/', { to: '/blog/new-name', status: 301 }],
  ['/blog/new-name', { to: '/blog/new-name', status: 301 }],
  ['/?p=7', { to: '/blog/new-name', status: 301 }],
  [
    'https://wp.example/wp-content/uploads/a.png',
    { to: 'https://wp.example/wp-content/uploads/a.png', status: 308 },
  ],
  ['/', undefined],
  ['/2026/nothing/', undefined],
])('what WordPress has at %s is where the site has it', async (where, lead) => {
  expect(await elsewhereWith({ '/old': where }).leadOf('/old')).toEqual(lead);
});

test('an address is asked about once, also if nothing is there, until a purge', async () => {
  const { made, elsewhere, leadOf } = elsewhereWith({ '/old': '/2026/new-name' });
  await Promise.all([leadOf('/old'), leadOf('/old')]);
  await leadOf('/old');
  await leadOf('/none');
  await leadOf('/none');
  expect(made.asked).toEqual(['/old', '/none']);
  elsewhere.clear();
  await leadOf('/old');
  expect(made.asked).toEqual(['/old', '/none', '/old']);
});

test('an answer from before a purge is not kept', async () => {
  const { made, elsewhere, leadOf } = elsewhereWith({ '/old': '/2026/new-name' });
  let go: () => void = () => undefined;
  made.hold = new Promise((resolve) => (go = resolve));
  const before = leadOf('/old');
  elsewhere.clear();
  go();
  expect(await before).toBeUndefined();
  expect(await leadOf('/old')).toBeDefined();
  expect(made.asked).toHaveLength(2);
});

test('ten questions a minute are the most', async () => {
  const { made, leadOf } = elsewhereWith({});
  for (let n = 0; n < 15; n += 1) await leadOf(`/a-${n}`);
  expect(made.asked).toHaveLength(10);
  made.nowMs = 61_000;
  await leadOf('/a-14');
  expect(made.asked).toHaveLength(11);
});

test('a failure is told, and asked about again', async () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation();
  const { made, leadOf } = elsewhereWith({ '/old': 'throw' });
  expect(await leadOf('/old')).toBeUndefined();
  expect(await leadOf('/old')).toBeUndefined();
  expect(made.asked).toHaveLength(2);
  expect(warn.mock.calls[0]?.[0]).toBe('WordPress cannot be asked what is at /old: no answer');
  warn.mockRestore();
});

test.each([
  '/.env',
  '/wp-login.php',
  '/a/b/c/d/e/f/g',
  '/x%20y',
  '/?utm=1',
  '/?p=x',
  '/a?p=1',
  '/%zz',
])('%s is nothing that WordPress is asked about', async (path) => {
  const { made, leadOf } = elsewhereWith({});
  await leadOf(path);
  expect(made.asked).toEqual([]);
});

test('a site without a WordPress asks nobody', async () => {
  const { made, leadOf } = elsewhereWith({ '/old': '/2026/new-name' }, '');
  expect(await leadOf('/old')).toBeUndefined();
  expect(made.asked).toEqual([]);
});
