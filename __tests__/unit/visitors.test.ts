import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Visitors } from '../../lib/visitors';

const HOURS = 10 ** 7;

describe('work that can wait', () => {
  const visitors = new Visitors(HOURS);
  const impatient = new Visitors();
  const responses: ServerResponse[] = [];
  const server = createServer((_, response) => responses.push(response)).listen(0, '127.0.0.1');
  const ends: (() => void)[] = [];

  beforeAll(async () => {
    ends.push(visitors.watchAll(), impatient.watchAll());
    if (!server.listening) await once(server, 'listening');
  });
  afterAll(() => {
    for (const end of ends) end();
    server.closeAllConnections();
    server.close();
  });

  const visit = async (path: string) => {
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const before = responses.length;
    const visitor = new AbortController();
    const answer = fetch(`http://127.0.0.1:${port}${path}`, { signal: visitor.signal }).catch(
      () => undefined,
    );
    while (responses.length === before) await pause(1);
    return { answer, response: responses.at(-1), leave: () => visitor.abort() };
  };

  /** Lets visitors pass; tells whether that is over. */
  const letPass = (workedMs: number) => {
    const state = { isOver: false };
    void visitors.letPass(workedMs).then(() => (state.isOver = true));
    return state;
  };
  const turns = async (count: number) => {
    for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
  };

  it('goes on at once where nobody waits, or a call of the API does', async () => {
    const { response, answer } = await visit('/api/revalidate');
    const passed = letPass(HOURS);
    await turns(3);
    expect(passed.isOver).toBe(true);
    response?.end();
    await answer;
  });

  it('waits for an answer to a visitor, and for no more than it took itself', async () => {
    const { response, answer } = await visit('/blog/a');
    const passed = letPass(HOURS);
    const short = letPass(0);
    await turns(3);
    expect([passed.isOver, short.isOver]).toEqual([false, true]);
    response?.end('page');
    await answer;
    await turns(3);
    expect(passed.isOver).toBe(true);
  });

  it('does not wait for a visitor who has gone, nor long for any', async () => {
    const { answer, leave } = await visit('/blog/a');
    leave();
    await answer;
    await pause(50);
    const passed = letPass(HOURS);
    await turns(3);
    expect(passed.isOver).toBe(true);

    const { response } = await visit('/blog/b');
    await impatient.letPass(HOURS);
    response?.end();
  });
});
