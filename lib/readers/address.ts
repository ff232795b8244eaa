/** Whose request it is, to share something fairly among visitors. Proves nothing: see the rule. */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Addresses of this machine and of private networks: where the site's own proxies are. */
const NEAR = new BlockList();
NEAR.addSubnet('127.0.0.0', 8);
NEAR.addSubnet('10.0.0.0', 8);
NEAR.addSubnet('172.16.0.0', 12);
NEAR.addSubnet('192.168.0.0', 16);
NEAR.addSubnet('169.254.0.0', 16);
NEAR.addAddress('::1', 'ipv6');
NEAR.addSubnet('fc00::', 7, 'ipv6');
NEAR.addSubnet('fe80::', 10, 'ipv6');

/** Proxies in a row that are believed; more are nobody's. */
const MOST_PROXIES = 8;

/**
 * The address of who asks. Each proxy adds to `X-Forwarded-For` whom it had the request from, and what
 * stands before is only what that one said. So the header is read from its end, and as long as a near
 * address says it: a stranger is known by the address from which a proxy of ours was reached, whatever
 * the stranger wrote. Of IPv6 it is the first half, since one line has all of the other.
 */
export function addressOf({
  socket,
  headers,
}: Pick<IncomingMessage, 'socket' | 'headers'>): string {
  const said = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  let address = plain(socket.remoteAddress ?? '');
  for (let proxies = 0; proxies < MOST_PROXIES && isNear(address); proxies += 1) {
    const before = plain(said.pop()?.trim() ?? '');
    if (isIP(before) === 0) break;
    address = before;
  }
  return isIP(address) === 6 ? networkOf(address) : address;
}

const isNear = (address: string): boolean => {
  const version = isIP(address);
  return version > 0 && NEAR.check(address, version === 4 ? 'ipv4' : 'ipv6');
};

/** The IPv4 address, where it is written as IPv6. */
const plain = (address: string): string =>
  /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;

/** The first 64 bits, with all their digits. */
function networkOf(address: string): string {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const groups = head.split(':').filter((group) => group !== '');
  if (tail !== undefined) {
    const after = tail.split(':').filter((group) => group !== '');
    // An IPv4 address at the end stands for two groups.
    const taken = groups.length + after.length + (tail.includes('.') ? 1 : 0);
    groups.push(...Array.from({ length: Math.max(0, 8 - taken) }, () => '0'), ...after);
  }
  return groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().padStart(4, '0'))
    .join(':');
}
