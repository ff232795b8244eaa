import { createMocks } from 'node-mocks-http';
import { send } from '../../../lib/readers/send';

/** The status and the body for a request with these headers, and how often the body was made. */
async function ask(headers: Record<string, string>) {
  const { req, res } = createMocks({ headers });
  const body = jest.fn(() => 'text');
  await send(req, res, { version: 'v1', contentType: 'text/plain', body });
  return { status: res.statusCode, text: res._getData(), made: body.mock.calls.length };
}

test.each([['"v1"'], ['W/"v1"'], ['"v0", W/"v1"'], ['*']])(
  'a copy that the caller has by %s is good, and the body is not made',
  async (known) => {
    expect(await ask({ 'if-none-match': known })).toEqual({ status: 304, text: '', made: 0 });
  },
);

test('so it is for Node’s fetch, which adds Cache-Control: no-cache', async () => {
  const headers = { 'if-none-match': '"v1"', 'cache-control': 'no-cache' };
  expect((await ask(headers)).status).toBe(304);
});

test.each<Record<string, string>>([
  {},
  { 'if-none-match': '"v0"' },
  { 'if-none-match': 'v1' },
  { 'if-none-match': '' },
])('the body is sent to a caller with %j', async (headers) => {
  expect(await ask(headers)).toEqual({ status: 200, text: 'text', made: 1 });
});
