import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { addressOf } from '../../../lib/readers/address';

function of(remoteAddress: string | undefined, forwarded?: string) {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress });
  const request = new IncomingMessage(socket);
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  return addressOf(request);
}

test.each([
  ['a visitor without a proxy', '203.0.113.7', undefined, '203.0.113.7'],
  ['what a stranger writes is not believed', '203.0.113.7', '198.51.100.1', '203.0.113.7'],
  ['the same in IPv6 form', '::ffff:203.0.113.7', '198.51.100.1', '203.0.113.7'],
  ['a proxy on this machine', '127.0.0.1', '203.0.113.7', '203.0.113.7'],
  ['before which the stranger wrote something', '::1', '198.51.100.1, 203.0.113.7', '203.0.113.7'],
  ['two proxies, nginx and Varnish', '172.18.0.5', '203.0.113.7, 172.17.0.1', '203.0.113.7'],
  ['both, and an invention', '127.0.0.1', '10.9.9.9, 203.0.113.7,127.0.0.1', '203.0.113.7'],
  ['visitors of a private network', '127.0.0.1', '192.168.1.5', '192.168.1.5'],
  ['a proxy that says nothing', '127.0.0.1', undefined, '127.0.0.1'],
  ['nothing that is an address', '127.0.0.1', 'unknown', '127.0.0.1'],
  ['an empty header', '10.0.0.1', '', '10.0.0.1'],
  ['no address at all', undefined, '203.0.113.7', ''],
])('%s', (_, remoteAddress, forwarded, address) => {
  expect(of(remoteAddress, forwarded)).toBe(address);
});

test('of IPv6 the half that names the network', () => {
  for (const one of ['2001:db8:1:2::1', '2001:DB8:1:2:ffff:0:0:1', '2001:0db8:0001:0002::']) {
    expect(of(one)).toBe('2001:0db8:0001:0002');
  }
  expect(of('2001:db8::5')).toBe('2001:0db8:0000:0000');
  expect(of('127.0.0.1', '2001:db8:1:2::9')).toBe('2001:0db8:0001:0002');
});

test('a long row of proxies comes to an end', () => {
  expect(of('127.0.0.1', Array.from({ length: 5000 }, () => '10.0.0.1').join())).toBe('10.0.0.1');
});
