/** Required by a test site's server: notes the requests that reach it in the file NOTED_REQUESTS. */
const { appendFileSync } = require('node:fs');
const { subscribe } = require('node:diagnostics_channel');

/** @typedef {{ request: import('node:http').IncomingMessage }} Message */

subscribe('http.server.request.start', (message) => {
  const { method, url, headers } = /** @type {Message} */ (message).request;
  appendFileSync(
    String(process.env.NOTED_REQUESTS),
    `${JSON.stringify({ method, url, headers })}\n`,
  );
});
