/**
 * `npm run preview`: builds and serves the site, with a random purge secret if none is set, and
 * prints how to purge a page.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import nextEnv from '@next/env';

const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
const port = process.env.PORT ?? '3000';
const url = `http://localhost:${port}`;

nextEnv.loadEnvConfig(process.cwd(), false, { info: () => undefined, error: console.error });
let secret = process.env.MY_SECRET_TOKEN;
if (!secret) {
  secret = randomBytes(24).toString('hex');
  // Below what is there: of a name that is written twice, the last line counts.
  const text = existsSync('.env.local') ? readFileSync('.env.local', 'utf8') : '';
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  appendFileSync('.env.local', `${separator}MY_SECRET_TOKEN=${secret}\n`);
  console.log('Wrote a random MY_SECRET_TOKEN into .env.local');
}
// Not handed on as loaded here: Next reads the files itself, and an empty variable would win.
const env = { ...process.env, MY_SECRET_TOKEN: secret };

console.log(
  '1 of 2: building the site. All posts are checked; what is known of a text is kept for later.\n',
);
const begunMs = performance.now();
const build = spawnSync(process.execPath, [next, 'build'], { stdio: 'inherit', env });
if (build.status !== 0) {
  console.error('\nThe build stopped, so nothing is served. What to do about it is said above.');
  process.exit(build.status ?? 1);
}
const seconds = Math.round((performance.now() - begunMs) / 1000);
console.log(`\nBuilt in ${seconds} s.\n\n2 of 2: starting the site at ${url}\n`);

const server = spawn(process.execPath, [next, 'start', '-p', port], { stdio: 'inherit', env });
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => server.kill(signal));
}
server.on('exit', (code) => process.exit(code ?? 1));

for (;;) {
  const answer = await fetch(url).catch(() => undefined);
  if (answer) break;
  await pause(100);
}
const manual = 'posts/manual/what-a-200-promises.mdx';
const [file, page] = existsSync(manual)
  ? [manual, '/blog/what-a-200-promises']
  : ['a post in posts/', '/'];
const query = `secret=${encodeURIComponent(secret)}&path=${page}`;
console.log(`
The site is at ${url}

Edit ${file}, then have what shows it regenerated:

  curl '${url}/api/revalidate?${query}'

What was purged and why, and whether a page is fresh: ${url}/console; sign in with the secret.
`);
