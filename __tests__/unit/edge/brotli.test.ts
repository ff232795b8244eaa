/** Brotli for edges, and what a purge knows of such a response, on a real server. */
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync } from 'node:zlib';
import { answerInBrotli } from '../../../lib/edge/brotli';
import { InFlightResponses } from '../../../lib/edge/in-flight-responses';

const TEXT = 'Always static, never stale. '.repeat(1000);

let server: Server;
let end: () => void;
let type: string;

beforeEach(async () => {
  end = answerInBrotli();
  type = 'text/html; charset=utf-8';
  server = createServer((_, response) => {
    response.setHeader('Content-Type', type);
    response.setHeader('Cache-Control', 's-maxage=60');
    response.setHeader('Content-Length', Buffer.byteLength(TEXT));
    response.end(TEXT);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  end();
  server.close().closeAllConnections();
});

async function visit(acceptEncoding: string) {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  const { address: host, port } = address;
  const request = get({ host, port, headers: { 'accept-encoding': acceptEncoding } });
  const [response]: IncomingMessage[] = await once(request, 'response');
  if (!response) throw new Error('No response');
  return { headers: response.headers, body: await buffer(response) };
}

test('who takes Brotli and nothing else is answered in it', async () => {
  const { headers, body } = await visit('br');
  expect(headers).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' });
  expect(headers['content-length']).toBeUndefined();
  expect(body.length).toBeLessThan(TEXT.length / 10);
  expect(brotliDecompressSync(body).toString()).toBe(TEXT);
});

test.each(['gzip, deflate, br', 'br;q=0', 'brx', ''])(
  'who says "%s" is answered as without it',
  async (accepted) => {
    const { headers, body } = await visit(accepted);
    expect(headers['content-encoding']).toBeUndefined();
    expect(body.toString()).toBe(TEXT);
  },
);

test('what is packed already stays as it is', async () => {
  type = 'image/webp';
  expect((await visit('br')).headers['content-encoding']).toBeUndefined();
});

test('a purge that comes before the headers have left has the edge not keep what is packed, either', async () => {
  end();
  const inFlight = new InFlightResponses({
    nextDueMs: () => Infinity,
    instances: () => undefined,
    now: () => 0,
  });
  // As the runtime does it, in this order.
  const ends = [inFlight.watchAll(), answerInBrotli()];
  end = () => ends.forEach((one) => one());
  server.prependListener('request', () => void inFlight.endBefore());
  const { headers } = await visit('br');
  expect(headers).toMatchObject({ 'content-encoding': 'br', 'cache-control': 'private, no-store' });
});
