/**
 * Each rule on which the promise rests is broken in a copy of the project: schedules must find that within
 * a minute. `MUTANT=<name>` tries one of them.
 */
import { cp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { ROOT, TEST_DIR } from '../setup/build-site';
import { mutate, MUTANTS } from '../setup/mutants';
import { isInstalled } from '../setup/redis';
import { runSchedules } from '../setup/simulator/command';

const COPIED = [
  'lib',
  'components',
  '__tests__/setup',
  'public',
  'site.config.mjs',
  'package.json',
];
const WITHIN_MS = 60_000;
const MANY = 1_000_000;

const dir = path.join(TEST_DIR, 'mutant');
beforeEach(() => mkdir(dir, { recursive: true }));
afterEach(() => rm(dir, { recursive: true, force: true }));

const tried = Object.entries(MUTANTS).flatMap(([name, mutant]) =>
  mutant.ground && name === (process.env.MUTANT ?? name)
    ? [{ name, mutant, rule: mutant.rule, ground: mutant.ground }]
    : [],
);

test.each(tried)(
  '$name: $rule',
  async ({ name, mutant, ground }) => {
    if (ground === 'redis' && !isInstalled()) return;
    for (const one of COPIED) {
      await cp(path.join(ROOT, one), path.join(dir, one), { recursive: true });
    }
    await mutate(dir, mutant);
    const { failure } = await runSchedules(
      { ground, count: MANY, seed: 1, limitMs: WITHIN_MS },
      dir,
    );
    const [seconds = 'not found'] = /In [\d.]+ s\s*$/.exec(failure ?? '') ?? [];
    process.stdout.write(`${name}, on ${ground}: ${seconds.trim()}\n`);
    expect(failure).toMatch(/^(?:From step|At step|Nobody|The purge|The history)/m);
  },
  2 * WITHIN_MS,
);
