/**
 * Runs schedules that fast-check generates, and shrinks one that fails. `worker.mjs` is the command.
 */
import fc from 'fast-check';
import { PATHS, SLUGS } from './content';
import { GROUNDS, type GroundName } from './grounds';
import { simulate, type Action, type Edit, type PurgeBy, type Schedule } from './simulation';

/** What to run. */
export interface Run {
  ground: GroundName;
  count: number;
  seed: number;
  /** With it, the first that fails is the result as it is; none may fail for so many ms. */
  limitMs?: number;
}

/** Some come more often: faults take one page that changes, and changes back, at the wrong moment. */
const oneOf = <T>(weights: readonly (readonly [weight: number, value: T])[]): fc.Arbitrary<T> =>
  fc.oneof(...weights.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

const edit = oneOf<Edit>([
  [5, 'title'],
  [5, 'undo'],
  [3, 'delete'],
  [1, 'body'],
  [1, 'tag'],
  [1, 'move'],
  [1, 'schedule'],
  [1, 'unread'],
  [1, 'unrendered'],
  [1, 'fix'],
]);
const slug = oneOf(SLUGS.map((one, index) => [index === 0 ? 6 : 1, one] as const));
const by = oneOf<PurgeBy>([
  [2, 'changed'],
  [2, 'path'],
  [1, 'tag'],
  [1, 'hint'],
]);
const path = oneOf(
  PATHS.map((one) => [one === '/blog/a' ? 14 : one === '/' ? 3 : 1, one] as const),
);
const at = fc.nat(2);
const DAY_SECONDS = 86_400;

const does = <Do extends Action['do']>(name: Do) => fc.constant(name);

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: does('edit'), edit, slug }) },
  { weight: 5, arbitrary: fc.record({ do: does('publish'), edit, slug, by, at }) },
  { weight: 2, arbitrary: fc.record({ do: does('purge'), slug, by, at }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: does('ask'),
      edit: fc.option(edit, { nil: undefined }),
      slug,
      path,
      at,
    }),
  },
  { weight: 7, arbitrary: fc.record({ do: does('visit'), path, at }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: does('wait'),
      // Until pages may be looked at again, are too old, and scheduled posts are due.
      seconds: fc.constantFrom(2, 100, 200 * DAY_SECONDS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: does('crash'), at, isDown: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: does('restart'), keeps: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: does('source'), isDown: fc.boolean() }) },
);

/** Schedules of so many actions, on at most so many instances. */
const schedules = (mostInstances: number): fc.Arbitrary<Schedule> =>
  fc.record({
    scheduler: fc.scheduler(),
    actions: fc.array(action, { minLength: 1, maxLength: 8 }),
    instances: fc.integer({ min: 1, max: mostInstances }),
    isBuilt: fc.boolean(),
    isIncremental: fc.boolean(),
  });

/** Runs schedules; returns what went wrong in the first that failed, as small as it was made, or nothing. */
export async function run({
  ground: name,
  count,
  seed,
  limitMs,
}: Run): Promise<string | undefined> {
  const { mostInstances, open, close } = await GROUNDS[name]();
  const property = fc.asyncProperty(schedules(mostInstances), async (schedule) =>
    simulate(schedule, await open()),
  );
  // Told by the caller: what visitors cannot help.
  const { error } = console;
  console.error = () => undefined;
  try {
    const result = await fc.check(property, {
      numRuns: count,
      seed,
      endOnFailure: limitMs !== undefined,
      interruptAfterTimeLimit: limitMs,
    });
    if (!result.failed) return undefined;
    const { numRuns, numShrinks, counterexamplePath, errorInstance, counterexample } = result;
    return [
      `Schedule ${numRuns} failed; shrunk ${numShrinks} times. Seed ${seed}, path ${counterexamplePath}`,
      fc.stringify(counterexample),
      errorInstance instanceof Error ? errorInstance.message : String(errorInstance),
    ].join('\n');
  } finally {
    console.error = error;
    await close();
  }
}
