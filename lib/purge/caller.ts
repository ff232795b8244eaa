/** Who calls the purge endpoint: from where, with which secret, and which sender, as far as its form tells. */
import type { NextApiRequest } from 'next';
import { isRight } from '../secret';
import type { Body } from './request-body';
import { senderOfShape } from './sender-shapes';

/** A caller who was let in. */
export interface Caller {
  /** Of the connection: a proxy's, where there is one. */
  address: string;
  /** What a proxy says, or the caller pretends. */
  forwardedFor?: string;
  agent?: string;
  /** Which of the secrets was shown; `console`: it was done there. */
  secret: 'current' | 'previous' | 'console';
  /** Such as `Evergreen for WordPress`, `Ghost`, or `curl`. */
  sender: string;
}

/** Senders by the beginning of their user agent. */
const AGENTS: readonly (readonly [beginning: string, sender: string])[] = [
  ['WordPress/', 'WordPress'],
  ['PostmanRuntime/', 'Postman'],
  ['curl/', 'curl'],
  ['Wget/', 'Wget'],
  ['GitHub-Hookshot/', 'GitHub'],
  ['evergreen-purge', 'npm run purge'],
  ['Mozilla/', 'a browser'],
];

/** The caller of a request that was let in; `shown` is the secret. */
export function callerOf(
  req: Pick<NextApiRequest, 'headers' | 'socket'>,
  { json }: Body,
  shown: unknown,
  [current = '']: readonly string[],
): Caller {
  const address = req.socket.remoteAddress ?? 'unknown';
  // Next fills in the address where no proxy does.
  const forwardedFor = req.headers['x-forwarded-for']?.toString();
  const agent = req.headers['user-agent'];
  const byAgent = AGENTS.find(([beginning]) => agent?.startsWith(beginning))?.[1];
  return {
    address,
    forwardedFor: forwardedFor === address ? undefined : forwardedFor,
    agent,
    secret: isRight(shown, [current]) ? 'current' : 'previous',
    sender: senderOfShape(json) ?? byAgent ?? 'unknown',
  };
}
