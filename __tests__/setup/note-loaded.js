/**
 * Loaded before a `next start` of the tests: writes which files of code are loaded when the first response has
 * been sent. JavaScript, since Node loads it by itself.
 */
const { subscribe } = require('node:diagnostics_channel');
const { existsSync, writeFileSync } = require('node:fs');

const { LOADED = '' } = process.env;

subscribe('http.server.response.finish', () => {
  if (!existsSync(LOADED)) writeFileSync(LOADED, JSON.stringify(Object.keys(require.cache)));
});
