import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createMocks } from 'node-mocks-http';
import { imagePath } from '../../../lib/readers/open-graph-image';
import { OpenGraphImages } from '../../../lib/readers/open-graph-images';
import { runtime } from '../../../lib/runtime';
import { drawImage } from '../../../lib/readers/draw-open-graph-image';
import { getServerSideProps } from '../../../pages/cards/[file]';

jest.mock('../../../lib/readers/draw-open-graph-image');
const draw = jest.mocked(drawImage);

const images = new OpenGraphImages();

let drawing = 0;
let most = 0;
beforeEach(() => {
  most = 0;
  draw.mockReset().mockImplementation(async ({ title = '' }) => {
    drawing += 1;
    most = Math.max(most, drawing);
    await setImmediate();
    drawing -= 1;
    return Buffer.from(title);
  });
});

test('requests for one image share its drawing, and later ones take what was drawn', async () => {
  const pngs = await Promise.all(Array.from({ length: 50 }, () => images.png({ title: 'shared' })));
  expect(pngs.map(String)).toEqual(Array.from({ length: 50 }, () => 'shared'));
  await images.png({ title: 'shared' });
  expect(draw).toHaveBeenCalledTimes(1);
});

test('cards are drawn one at a time', async () => {
  const titles = Array.from({ length: 20 }, (_, index) => `turn ${index}`);
  const pngs = await Promise.all(titles.map((title) => images.png({ title })));
  expect(pngs.map(String)).toEqual(titles);
  expect(most).toBe(1);
});

test('a drawing that fails is tried again, and holds up no other', async () => {
  draw.mockRejectedValueOnce(new Error('No font'));
  const [failed, other] = await Promise.allSettled([
    images.png({ title: 'fails' }),
    images.png({ title: 'works' }),
  ]);
  expect(failed.status).toBe('rejected');
  expect(other.status).toBe('fulfilled');
  expect(String(await images.png({ title: 'fails' }))).toBe('fails');
});

test('of a crowd of images some are refused, and later ones are drawn again', async () => {
  const titles = Array.from({ length: 50 }, (_, index) => `crowd ${index}`);
  const answers = await Promise.allSettled(titles.map((title) => images.png({ title })));
  const refused = answers.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(30);
  expect(draw).toHaveBeenCalledTimes(20);
  expect(String(await images.png({ title: 'crowd 49' }))).toBe('crowd 49');
});

describe('at its addresses', () => {
  const dir = mkdtemp(path.join(tmpdir(), 'cards-'));
  beforeAll(async () => {
    process.env.POSTS_DIR = await dir;
    for (const slug of ['a', 'b', ...Array.from({ length: 50 }, (_, n) => `crowd-${n}`)]) {
      const text = `---\ntitle: Title of ${slug}\ndate: 2026-01-01\n---\n\nText.\n`;
      await writeFile(path.join(await dir, `${slug}.mdx`), text);
    }
    // As a purge does: checks all posts, which no build has seen.
    await runtime().snapshots.load();
  });
  afterAll(async () => rm(await dir, { recursive: true }));

  async function visit(url: string) {
    const { pathname, searchParams } = new URL(url, 'http://n');
    const { req, res } = createMocks({ method: 'GET', url });
    const file = decodeURIComponent(pathname.replace('/cards/', ''));
    const query = { file, v: searchParams.getAll('v') };
    const [v = ''] = query.v;
    const context = { req, res, params: { file }, query: { file, v }, resolvedUrl: url };
    const result = await getServerSideProps(context);
    return { status: 'notFound' in result ? 404 : res.statusCode, headers: res.getHeaders() };
  }

  test('made-up versions, spellings and names cost one drawing, and no cache keeps them', async () => {
    const date = '2026-01-01';
    const own = imagePath({ slug: 'a', title: 'Title of a', summary: 'Text.', date });
    for (let n = 0; n < 100; n += 1) {
      const { status, headers } = await visit(`/cards/a.png?v=${n}`);
      expect([status, headers['cache-control']]).toEqual([200, 'public, no-cache']);
      expect((await visit(`/cards/none-${n}.png?v=${n}`)).status).toBe(404);
    }
    const version = own.slice(own.indexOf('?'));
    for (const url of [`/cards/%61.png${version}`, `${own}&x=1`, `/cards/a.png?x=1&v=${version}`]) {
      expect((await visit(url)).headers['cache-control']).toBe('public, no-cache');
    }
    expect((await visit(own)).headers['cache-control']).toMatch(/immutable/);
    expect(draw).toHaveBeenCalledTimes(1);
  });

  test('who comes while too many are drawn is told to try again', async () => {
    const visits = await Promise.all(
      Array.from({ length: 50 }, (_, n) => visit(`/cards/crowd-${n}.png`)),
    );
    const refused = visits.filter(({ status }) => status === 503);
    expect(refused).toHaveLength(30);
    for (const { headers } of refused) {
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'retry-after': '5' });
    }
  });
});
