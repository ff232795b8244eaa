/**
 * What Node tells of a request before its server hears of it: an internal of Node, for what has to see
 * all requests, in whatever way Next serves them.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { IncomingMessage, ServerResponse } from 'node:http';

const CHANNEL = 'http.server.request.start';

/** Calls back with each request and its response; returns what ends that. */
export function onRequest(
  callback: (request: IncomingMessage, response: ServerResponse) => void,
): () => void {
  const listener = (message: unknown) => {
    if (typeof message !== 'object' || message === null) return;
    if (!('request' in message) || !(message.request instanceof IncomingMessage)) return;
    if (!('response' in message) || !(message.response instanceof ServerResponse)) return;
    callback(message.request, message.response);
  };
  subscribe(CHANNEL, listener);
  return () => unsubscribe(CHANNEL, listener);
}
