/**
 * A post is edited, a visitor has that rendered, and the edit is undone before the render ends: what is
 * stored is right all the while, and yet Next would hand the render to those who ask for the page.
 */
import { startSite, until, type Site } from '../setup/site';

const OK = { status: 200, body: '{"revalidated":true}' };

let site: Site;
afterEach(() => site.close());

/** Longer than a page that was rendered before a call counts as rendered for it: see `regenerate`. */
const RENDERED_LONG_AGO_MS = 5500;

const changed = () => site.call({ changed: true });

/** Version A is stored, and a visitor's render of version B is held while the file says A again. */
async function thereAndBack(): Promise<() => Promise<void>> {
  const letGo = await site.hold('hello');
  await site.write('hello', 'Version B.');
  const before = await site.renders('hello');
  let visitor: Promise<unknown> | undefined;
  await until(async () => {
    if (visitor === undefined && (await looksNew())) visitor = site.visit('/blog/hello');
    return (await site.renders('hello')) > before;
  });
  await site.write('hello', 'Version A.');
  return async () => {
    await letGo();
    await visitor;
  };
}

/** Whether visitors' pages are rendered from the folder as it is now: the feed is made of it. */
const looksNew = async () => (await site.visit('/feed.xml')).text.includes('Version B.');

const expectVersionA = async () => {
  const texts = await Promise.all([1, 2, 3].map(() => site.visit('/blog/hello')));
  for (const { text } of texts) expect(text).toContain('Version A.');
};

/** Whether a purge is answered while the render is held: its answer would not be true. */
async function staysOpen(purge: Promise<unknown>): Promise<boolean> {
  let isAnswered = false;
  void purge.then(() => (isAnswered = true));
  // Purges that were sent later, and need no render of the page, are answered meanwhile.
  for (let calls = 0; calls < 3; calls += 1) {
    await site.call({ tags: ['none'] });
  }
  return !isAnswered;
}

describe.each([
  ['a moment ago', 0],
  ['long ago', RENDERED_LONG_AGO_MS],
])('version A was rendered %s', (_, ageMs) => {
  beforeEach(async () => {
    site = await startSite({ hello: 'Version A.', other: 'Text.' });
    expect(await site.purge('/blog/hello')).toEqual(OK);
    const renderedMs = Date.now();
    await changed();
    await until(() => Date.now() - renderedMs >= ageMs);
  });

  test('a purge that names the page waits for the render of version B', async () => {
    const letGo = await thereAndBack();
    const purge = site.purge('/blog/hello');
    expect(await staysOpen(purge)).toBe(true);
    await letGo();
    expect(await purge).toEqual(OK);
    await expectVersionA();
  });

  test('a purge of what changed waits for it, though what is stored is right', async () => {
    const letGo = await thereAndBack();
    const purge = changed();
    expect(await staysOpen(purge)).toBe(true);
    await letGo();
    const { status, report } = await purge;
    expect(status).toBe(200);
    expect(report.pages).toMatchObject([{ path: '/blog/hello', result: 'regenerated' }]);
    await expectVersionA();
  });
});
