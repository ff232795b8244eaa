const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { availableParallelism } = require('node:os');
const path = require('node:path');

/** Names what turns MDX into HTML, so that compiled posts are not kept past a change of it. */
const compiler = createHash('sha256').update(String(process.env.NODE_ENV));
for (const file of ['package-lock.json', 'lib/mdx.tsx']) {
  compiler.update(readFileSync(path.join(__dirname, file)));
}

/** @type {import('next').NextConfig} */
module.exports = {
  cacheHandler: path.join(__dirname, 'lib', 'store.mjs'),
  env: { EVERGREEN_MDX: compiler.digest('hex') },
  // By default Next renders all pages of a build in one process.
  experimental: { cpus: availableParallelism() },
  poweredByHeader: false,
  reactStrictMode: true,
};
