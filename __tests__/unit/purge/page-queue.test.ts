/** The order in which pages are regenerated, and who shares what. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PageQueue } from '../../../lib/purge/page-queue';
import { Visitors } from '../../../lib/visitors';
import type { WantedPage } from '../../../lib/purge/regenerate';

// However many this machine has, so that it is known what waits.
jest.mock('node:os', () => ({ ...jest.requireActual('node:os'), availableParallelism: () => 2 }));

const snapshotOf = (version: number, generation = '', loadedAtMs = version) => ({
  version,
  generation,
  loadedAtMs,
});

const page = (path: string, snapshot = snapshotOf(1)): WantedPage => ({
  path,
  snapshot,
  arrivedMs: 0,
  revalidate: async () => undefined,
});

/** A queue whose pages end when they are told to. */
function held() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const queue = new PageQueue<string>(({ path, snapshot: { generation, version } }) => {
    const name = `${path} ${generation}${version}`;
    begun.push(name);
    return new Promise((resolve) => ends.set(name, () => resolve(name)));
  }, new Visitors());
  const end = async (...names: string[]) => {
    for (const name of names) {
      ends.get(name)?.();
      ends.delete(name);
    }
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  };
  all.push(ends);
  return { queue, begun, end };
}

const all: Map<string, () => void>[] = [];
afterEach(async () => {
  for (const ends of all.splice(0)) {
    while (ends.size > 0) {
      for (const [name, end] of ends) {
        end();
        ends.delete(name);
      }
      for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    }
  }
});

test('who wants a page that is being regenerated for an older snapshot waits for another turn of it', async () => {
  const { queue, begun, end } = held();
  const first = queue.add(page('/a'), 0);
  await end();
  const same = queue.add(page('/a'), 0);
  const newer = queue.add(page('/a', snapshotOf(2)), 0);
  const newest = queue.add(page('/a', snapshotOf(3)), 0);
  const older = queue.add(page('/a', snapshotOf(2)), 0);
  await end();
  expect(begun).toEqual(['/a 1']);
  await end('/a 1');
  expect([await first, await same]).toEqual(['/a 1', '/a 1']);
  expect(begun).toEqual(['/a 1', '/a 3']);
  await end('/a 3');
  expect([await newer, await newest, await older]).toEqual(['/a 3', '/a 3', '/a 3']);
});

test('in another generation the snapshot that was loaded later counts, whatever its version', async () => {
  const { queue, begun, end } = held();
  const before = queue.add(page('/a', snapshotOf(7, 'one ', 1)), 0);
  await end();
  const after = queue.add(page('/a', snapshotOf(7, 'two ', 2)), 0);
  const late = queue.add(page('/a', snapshotOf(9, 'one ', 1)), 0);
  await end('/a one 7');
  expect(begun).toEqual(['/a one 7', '/a two 7']);
  await end('/a two 7');
  expect([await before, await after, await late]).toEqual(['/a one 7', '/a two 7', '/a two 7']);
});

test('a short list that comes later does not wait for a long one', async () => {
  const { queue, begun, end } = held();
  for (let n = 0; n < 120; n += 1) void queue.add(page(`/long${n}`), n);
  let isRoundOver = false;
  const round = queue.round().then(() => (isRoundOver = true));
  await end();
  for (let n = 0; n < 50; n += 2) {
    expect(isRoundOver).toBe(false);
    await end(`/long${n} 1`, `/long${n + 1} 1`);
  }
  await round;
  void queue.add(page('/short'), 0);
  // Wanted by both: it comes with the shorter one.
  void queue.add(page('/long119', snapshotOf(2)), 1);
  await end('/long50 1', '/long51 1');
  expect(begun.slice(52)).toEqual(['/short 1', '/long119 2']);
});

test('a round is over when nothing is left to begin, whatever is under way', async () => {
  const { queue, end } = held();
  for (const path of ['/a', '/b']) void queue.add(page(path), 0);
  await end();
  const again = queue.add(page('/a', snapshotOf(2)), 0);
  await queue.round();
  await end('/a 1');
  await end('/a 2');
  expect(await again).toBe('/a 2');
});
