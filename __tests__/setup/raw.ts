/** Requests byte for byte, which no client that means well would send. */
import { once } from 'node:events';
import { connect } from 'node:net';

/** What a server answers. */
export interface RawAnswer {
  /** 0 if it closed the connection without an answer. */
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

/** Sends a request line, such as `OPTIONS * HTTP/1.1`, with these headers, and reads until the end. */
export async function sendRaw(
  url: string,
  line: string,
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const all = Object.entries({ Host: 'blog.example', Connection: 'close', ...headers });
  const head = [line, ...all.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
  let text = '';
  socket.setEncoding('latin1').on('data', (data) => (text += data));
  // A server that closes at once may reset the connection, after its answer.
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  socket.write(Buffer.from(head, 'latin1'));
  await closed;
  const [top = '', ...body] = text.split('\r\n\r\n');
  const [first = '', ...fields] = top.split('\r\n');
  return {
    status: Number(first.split(' ')[1] ?? 0),
    headers: Object.fromEntries(
      fields.map((field) => {
        const colon = field.indexOf(':');
        return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
      }),
    ),
    body: body.join('\r\n\r\n'),
  };
}
