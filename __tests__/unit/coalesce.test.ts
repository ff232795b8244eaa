import { coalesce } from '../../lib/coalesce';

/** Work whose runs the test ends; `runs` has what each was given. */
function held() {
  const runs: (readonly string[])[] = [];
  const ends: { resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  const call = coalesce<string, string>((inputs) => {
    runs.push(inputs);
    return new Promise((resolve, reject) => ends.push({ resolve, reject }));
  });
  return {
    call,
    runs,
    end: (run: number) => ends[run] ?? fail(),
    turn: () => new Promise(setImmediate),
  };
}

const fail = (): never => {
  throw new Error('No such run');
};

test('who calls while it runs shares the next run, which begins after all of them', async () => {
  const { call, runs, end, turn } = held();
  const first = call('a');
  const others = [call('b'), call('c')];
  expect(runs).toEqual([['a']]);
  end(0).resolve('one');
  expect(await first).toBe('one');
  await turn();
  expect(runs).toEqual([['a'], ['b', 'c']]);
  const last = call('d');
  end(1).resolve('two');
  expect(await Promise.all(others)).toEqual(['two', 'two']);
  await turn();
  end(2).resolve('three');
  expect(await last).toBe('three');
  expect(runs).toEqual([['a'], ['b', 'c'], ['d']]);
});

test('a run that fails fails its callers, and nobody else', async () => {
  const { call, runs, end, turn } = held();
  const first = call('a');
  const second = call('b');
  end(0).reject(new Error('broken'));
  await expect(first).rejects.toThrow('broken');
  await turn();
  end(1).resolve('fine');
  expect(await second).toBe('fine');
  expect(runs).toEqual([['a'], ['b']]);
});

test('never are two under way, whenever somebody calls', async () => {
  let underWay = 0;
  let most = 0;
  const call = coalesce<number, void>(async () => {
    most = Math.max(most, (underWay += 1));
    await Promise.resolve();
    underWay -= 1;
  });
  const calls: Promise<void>[] = [];
  for (let turn = 0; turn < 50; turn += 1) {
    calls.push(call(turn));
    for (let ticks = 0; ticks < turn % 7; ticks += 1) await Promise.resolve();
  }
  await Promise.all(calls);
  expect(most).toBe(1);
});
