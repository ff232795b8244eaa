/** Whose turn it is, with work that the test holds open. */
import { setImmediate as turn } from 'node:timers/promises';
import { newTurns, takeTurn } from '../../../lib/readers/turns';

/** Turns, what was done in its order, and how the work in hand is let go. */
function held() {
  const turns = newTurns();
  const done: string[] = [];
  const waiting: (() => void)[] = [];
  const ask = (address: string) =>
    takeTurn(turns, address, async () => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      done.push(address);
      return address;
    });
  /** Lets the work end that is being done. */
  const letGo = async () => {
    await turn();
    expect(waiting).toHaveLength(1);
    waiting.pop()?.();
    await turn();
  };
  return { done, ask, letGo };
}

test('another address has the second turn, however many one has asked for', async () => {
  const { done, ask, letGo } = held();
  const stranger = Array.from({ length: 500 }, () => ask('stranger'));
  const reader = ask('reader');
  await letGo();
  await letGo();
  expect(done).toEqual(['stranger', 'reader']);
  expect(await reader).toBe('reader');
  for (let n = 0; n < 4; n += 1) await letGo();
  const refused = (await Promise.all(stranger)).filter((answer) => answer === undefined);
  expect(refused).toHaveLength(495);
});

test('addresses take turns in rotation', async () => {
  const { done, ask, letGo } = held();
  const asked = ['a', 'a', 'a', 'b', 'b', 'c'].map(ask);
  for (let n = 0; n < 2; n += 1) await letGo();
  asked.push(ask('d'));
  for (let n = 0; n < 5; n += 1) await letGo();
  expect(await Promise.all(asked)).toHaveLength(7);
  expect(done).toEqual(['a', 'b', 'c', 'a', 'b', 'd', 'a']);
});

test('places are bounded, and a newcomer gets one of those who have several', async () => {
  const { ask, letGo } = held();
  const greedy = Array.from({ length: 10 }, (_, n) =>
    Array.from({ length: 5 }, () => ask(`greedy ${n}`)),
  ).flat();
  const newcomers = Array.from({ length: 60 }, (_, n) => ask(`newcomer ${n}`));
  for (let n = 0; n < 50; n += 1) await letGo();
  const served = (await Promise.all(newcomers)).filter((answer) => answer !== undefined);
  const kept = (await Promise.all(greedy)).filter((answer) => answer !== undefined);
  expect(served.length + kept.length).toBe(50);
  // Each address keeps one place at the least, and the one whose turn it was another.
  expect(new Set(kept).size).toBe(10);
  expect(served.length).toBeGreaterThanOrEqual(39);
});

test('work that fails ends its turn', async () => {
  const turns = newTurns();
  const failing = takeTurn(turns, 'a', () => Promise.reject(new Error('No index')));
  const thrown = takeTurn(turns, 'a', () => {
    throw new Error('At once');
  });
  const other = takeTurn(turns, 'b', async () => 'answer');
  await expect(failing).rejects.toThrow('No index');
  await expect(thrown).rejects.toThrow('At once');
  expect(await other).toBe('answer');
  expect(await takeTurn(turns, 'a', async () => 'again')).toBe('again');
});
