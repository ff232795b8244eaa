/**
 * What Node tells of a request before its server hears of it: an internal of Node, for what has to see
 * all requests, in whatever way Next serves them.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as TlsServer } from 'node:https';

const CHANNEL = 'http.server.request.start';

/** Calls back with each request, its response and its server; returns what ends that. */
export function onRequest(
  callback: (request: IncomingMessage, response: ServerResponse, server: unknown) => void,
): () => void {
  const listener = (message: unknown) => {
    if (typeof message !== 'object' || message === null) return;
    if (!('request' in message) || !(message.request instanceof IncomingMessage)) return;
    if (!('response' in message) || !(message.response instanceof ServerResponse)) return;
    callback(message.request, message.response, 'server' in message ? message.server : undefined);
  };
  subscribe(CHANNEL, listener);
  return () => unsubscribe(CHANNEL, listener);
}

/** Answers a request, and says whether it did. */
export type Take = (
  request: IncomingMessage,
  response: ServerResponse,
) => boolean | Promise<boolean>;

/**
 * Asks `take` to answer each request, and hands its server only those that it did not, or where it failed
 * before it said anything. Returns what ends that.
 */
export function takeRequests(take: Take): () => void {
  const taken = new Map<Server | TlsServer, () => void>();
  const end = onRequest((_request, _response, server) => {
    if (!(server instanceof Server || server instanceof TlsServer) || taken.has(server)) return;
    // Node tells of a request before it hands it to those who listen: of this one, too, to this listener.
    const own = server.listeners('request');
    const hand = (...exchange: unknown[]) => {
      for (const listener of own) Reflect.apply(listener, server, exchange);
    };
    const first = (request: IncomingMessage, response: ServerResponse) => {
      const answered = take(request, response);
      if (answered === false) hand(request, response);
      else if (answered !== true) {
        answered.then(
          (isDone) => isDone || hand(request, response),
          (error: unknown) => {
            console.error(error);
            if (response.headersSent) response.destroy();
            else hand(request, response);
          },
        );
      }
    };
    server.removeAllListeners('request').on('request', first);
    taken.set(server, () => {
      server.removeListener('request', first);
      for (const listener of own) {
        server.on('request', (...exchange) => void Reflect.apply(listener, server, exchange));
      }
    });
  });
  return () => {
    end();
    for (const giveBack of taken.values()) giveBack();
  };
}
