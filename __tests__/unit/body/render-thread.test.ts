/** The thread for heavy bodies: what ends it, and what becomes of the bodies that wait for it. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { mdxComponents } from '../../../components/mdx-components';
import { Bodies } from '../../../lib/body/body';
import { jobOf, type Outcome } from '../../../lib/body/render';
import { RenderThread, type Patience } from '../../../lib/body/render-thread';
import { Verdicts } from '../../../lib/body/verdicts';
import { hash } from '../../../lib/hash';
import type { Words } from '../../../lib/site/words/words';
import { postWith } from '../../setup/posts';
import { startTestThread } from '../../setup/render-threads';
import { until } from '../../setup/site';

const opened: RenderThread[] = [];
afterEach(() => {
  for (const thread of opened.splice(0)) thread.close();
});

/** A thread of the tests, and all that were started for it. */
function threadWith(patience: Partial<Patience> = {}) {
  const started: Worker[] = [];
  const start = () => {
    const worker = startTestThread();
    started.push(worker);
    return worker;
  };
  const thread = new RenderThread(start, {
    ...{ start: 10_000, job: 300, wait: 60_000, look: 20, idle: 10_000 },
    ...patience,
  });
  opened.push(thread);
  return { thread, started };
}

/** A component that holds everybody up. */
function Wait() {
  const untilMs = performance.now() + 60;
  while (performance.now() < untilMs);
  return null;
}

const job = (body: string) => jobOf(postWith(body, { body }));
const outcomes = (thread: RenderThread, bodies: string[]): Promise<Outcome[]> =>
  Promise.all(bodies.map(async (body) => (await thread.render(job(body))).outcome));
const rendered = (html: string) => ({ body: { html } });

test('one thread renders all, one after the other', async () => {
  const { thread, started } = threadWith();
  expect(await outcomes(thread, ['a', 'b', 'c'])).toEqual(['a', 'b', 'c'].map(rendered));
  expect(started).toHaveLength(1);
});

test('a body that never ends is cut off, and those that waited are rendered', async () => {
  const { thread, started } = threadWith();
  expect(await outcomes(thread, ['a', 'hang', 'b', 'c'])).toEqual([
    rendered('a'),
    {
      verdict: { message: expect.stringMatching(/^it took longer than 0.3 s .* divide it$/) },
      fault: 'likely the body',
    },
    rendered('b'),
    rendered('c'),
  ]);
  expect(started).toHaveLength(2);
});

test('a body that only waits is cut off, too', async () => {
  const { thread } = threadWith({ job: 60_000, wait: 300 });
  expect(await outcomes(thread, ['wait', 'b'])).toMatchObject([
    { fault: 'likely the body' },
    rendered('b'),
  ]);
});

test('a busy main thread takes no time from a body', async () => {
  const { thread } = threadWith({ job: 300 });
  await thread.render(job('a'));
  const work = thread.render(job('pause'));
  const endMs = performance.now() + 700;
  await until(() => {
    const untilMs = performance.now() + 50;
    while (performance.now() < untilMs);
    return performance.now() > endMs;
  });
  expect((await work).outcome).toEqual(rendered('pause'));
});

test('a body that takes all memory is given up when it had a thread of its own', async () => {
  const { thread, started } = threadWith({ job: 30_000 });
  const [, exploded, after] = await outcomes(thread, ['a', 'explode', 'b']);
  expect(exploded).toEqual({
    verdict: { message: expect.stringContaining('more than 512 MB') },
    fault: 'likely the body',
  });
  expect(after).toEqual(rendered('b'));
  // The first had rendered something before, and the third is for what waited.
  expect(started).toHaveLength(3);
});

test.each([
  ['exit', 'exit code 3'],
  ['throw', 'thrown later'],
])('what ends its thread by %s twice is a fault of the machine', async (body, reason) => {
  const { thread, started } = threadWith();
  const [failed, after] = await outcomes(thread, [body, 'b']);
  expect(failed).toMatchObject({
    verdict: { message: expect.stringMatching(new RegExp(`ended 2 times \\(.*${reason}\\)$`)) },
    fault: 'machine',
  });
  expect(after).toEqual(rendered('b'));
  expect(started).toHaveLength(3);
});

test('a thread that is killed is replaced, and its body rendered in the next', async () => {
  const { thread, started } = threadWith({ job: 30_000 });
  await thread.render(job('a'));
  const hanging = thread.render(job('hang'));
  const waiting = thread.render(job('b'));
  await started[0]?.terminate();
  await until(() => started.length === 2);
  await started[1]?.terminate();
  expect((await hanging).outcome).toMatchObject({ fault: 'machine' });
  expect((await waiting).outcome).toEqual(rendered('b'));
});

test('a thread that does not begin is given up', async () => {
  const { thread } = threadWith({ start: 300 });
  const [failed, after] = await outcomes(thread, ['never begin', 'b']);
  expect(failed).toMatchObject({
    verdict: { message: expect.stringContaining('did not start within 0.3 s') },
    fault: 'no thread',
  });
  expect(after).toBeDefined();
});

test('where no thread can be started, that is said', async () => {
  const thread = new RenderThread(() => {
    throw new Error('EAGAIN');
  });
  const [first, second] = await outcomes(thread, ['a', 'b']);
  expect(first).toMatchObject({
    verdict: { message: expect.stringContaining('no thread can be started (EAGAIN)') },
    fault: 'no thread',
  });
  expect(second).toEqual(first);
});

test('a thread without work ends, and the next body starts another', async () => {
  const { thread, started } = threadWith({ idle: 50 });
  await thread.render(job('a'));
  const [first] = started;
  if (first) await once(first, 'exit');
  expect((await thread.render(job('b'))).outcome).toEqual(rendered('b'));
  expect(started).toHaveLength(2);
});

test('more bodies than may wait are refused', async () => {
  const { thread } = threadWith();
  const all = await outcomes(
    thread,
    Array.from({ length: 1005 }, (_, n) => `${n}`),
  );
  expect(all.filter((outcome) => 'body' in outcome)).toHaveLength(1001);
  expect(all.at(-1)).toMatchObject({ fault: 'machine' });
});

test('after its end nothing waits for it', async () => {
  const { thread } = threadWith({ job: 30_000 });
  const all = outcomes(thread, ['hang', 'b']);
  thread.close();
  expect(await all).toMatchObject([{ fault: 'machine' }, { fault: 'machine' }]);
  expect(await outcomes(thread, ['c'])).toMatchObject([{ fault: 'machine' }]);
});

describe('bodies', () => {
  const long = (word: string) => `${word} `.repeat(20_000);
  const post = (body: string) =>
    postWith('heavy', { body, bodyHash: hash(body.trim()), markdown: true });

  test('that are long are rendered in the thread, short ones here', async () => {
    const { thread, started } = threadWith();
    const bodies = new Bodies(mdxComponents, new Verdicts(undefined), { thread });
    expect((await bodies.render(post('short'))).html).toBe('<p>short</p>');
    expect(started).toHaveLength(0);
    // The threads of the tests answer with the text as it is.
    expect((await bodies.render(post(long('a')))).html).toBe(long('a'));
    expect(started).toHaveLength(1);
  });

  test.each([
    '{[1, 2].map(String)}',
    '{`a`}',
    '<Callout title={String(1)}>a</Callout>',
    '{2n ** 9n}',
    '<Callout {...String(1)}>a</Callout>',
  ])('of MDX with code that may never end are rendered there, too: %s', async (body) => {
    const { thread } = threadWith();
    const bodies = new Bodies(mdxComponents, new Verdicts(undefined), { thread });
    const mdx = { ...post(body), markdown: undefined };
    expect((await bodies.render(mdx)).html).toBe(body);
  });

  test('of MDX without any are rendered here', async () => {
    const { thread, started } = threadWith();
    const bodies = new Bodies(mdxComponents, new Verdicts(undefined), { thread });
    const body = '<Callout title="a (b)" kind={"tip"}>`f()` {1 + 1}</Callout>\n\n```js\nf()\n```';
    await bodies.render({ ...post(body), markdown: undefined });
    expect(started).toHaveLength(0);
  });

  test('of a post that was slow are rendered in the thread, until they are quick there', async () => {
    const { thread, started } = threadWith();
    const components = (words: Words) => ({ ...mdxComponents(words), Wait });
    const bodies = new Bodies(components, new Verdicts(undefined), { thread });
    const render = async (body: string) =>
      (await bodies.render({ ...post(body), markdown: undefined })).html;
    // The first ones say nothing: all is slow then.
    for (let n = 0; n < 10; n += 1) await render(`<Wait /> ${n}`);
    expect(started).toHaveLength(0);
    expect(await render('<Wait /> here')).toBe('<p> here</p>');
    expect(await render('<Wait /> edited')).toBe('<Wait /> edited');
    expect(await render('<Wait /> again here')).toBe('<p> again here</p>');
    expect(started).toHaveLength(1);
  });

  test('that were cut off count as broken for an hour, which is kept nowhere', async () => {
    const { thread, started } = threadWith();
    const verdicts = new Verdicts(undefined);
    const bodies = new Bodies(mdxComponents, verdicts, {
      thread: {
        render: ({ body }) => thread.render(job(body.includes('hang') ? 'hang' : body)),
        close: () => undefined,
      },
    });
    const hanging = post(long('hang'));
    expect(await bodies.check(hanging)).toMatchObject({
      message: expect.stringContaining('0.3 s'),
    });
    expect(await bodies.check(hanging)).toMatchObject({
      message: expect.stringContaining('0.3 s'),
    });
    expect(bodies.hasNoVerdict(hanging)).toBe(false);
    expect(started).toHaveLength(1);
    const edited = post(long('good'));
    expect(await bodies.check(edited)).toBeUndefined();
    jest.useFakeTimers({ now: Date.now() + 3_600_001, doNotFake: ['setTimeout', 'setImmediate'] });
    expect(bodies.hasNoVerdict(hanging)).toBe(true);
    expect(bodies.hasNoVerdict(edited)).toBe(false);
    jest.useRealTimers();
  });

  test('are rendered here where no thread can be started, which is said once', async () => {
    const told: string[] = [];
    const thread = new RenderThread(() => new Worker('throw new Error("no code")', { eval: true }));
    opened.push(thread);
    const say = (line: string) => void told.push(line);
    const bodies = new Bodies(mdxComponents, new Verdicts(undefined), { thread, say });
    for (const word of ['a', 'b']) {
      expect((await bodies.render(post(long(word)))).html).toContain(`<p>${word} ${word}`);
    }
    expect(told).toEqual([expect.stringContaining('ended 2 times (Error: no code)')]);
  });

  test('whose thread was killed have no verdict', async () => {
    const { thread } = threadWith();
    const bodies = new Bodies(mdxComponents, new Verdicts(undefined), {
      thread: { render: () => thread.render(job('exit')), close: () => undefined },
    });
    const killed = post(long('a'));
    expect(await bodies.check(killed)).toMatchObject({
      message: expect.stringContaining('ended 2'),
    });
    expect(bodies.hasNoVerdict(killed)).toBe(true);
  });
});
