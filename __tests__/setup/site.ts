/**
 * A real `next start` for a test, on a free port, over a copy of the built site and a posts folder of
 * its own.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BUILT, NEXT, TEST_DIR } from './build-site';
import { copyFolder } from './copy-folder';

/** The secret of every test site. */
export const SECRET = 'the-secret-of-the-tests';

const OBSERVER = path.join(__dirname, 'observe-runtime.js');

/** A page as a visitor gets it. */
export interface Visit {
  status: number;
  text: string;
  headers: Headers;
}

/** What a purge reports, as far as tests look at it. */
export interface Report {
  revalidated: boolean;
  message?: string;
  pages: { path: string; result: string; because: string[]; error?: string }[];
  unchanged: number;
  warnings?: string[];
}

/** A running site, and what a test may do to it. */
export interface Site {
  url: string;
  /** The folder of the project's copy. */
  dir: string;
  postsDir: string;
  /** What the server wrote to standard output and standard error since it was first started. */
  log: () => string;
  visit: (path: string, headers?: Record<string, string>) => Promise<Visit>;
  /** The classic call; answers status and body. */
  purge: (path: string, more?: string) => Promise<{ status: number; body: string }>;
  /** A call with a JSON body, and its report. */
  call: (body: object) => Promise<{ status: number; report: Report }>;
  /** Writes a post, as the manual tells authors to: to another file, and then by rename. */
  write: (slug: string, body: string, fields?: Record<string, string>) => Promise<void>;
  remove: (slug: string) => Promise<void>;
  /** How often a post's page was rendered: getStaticProps called, and its content read. */
  renders: (slug: string) => Promise<number>;
  /** What was looked up for requests that carry `x-visit`, and rendered; kept where NOTES is set. */
  notes: () => Promise<string>;
  /** Holds renders of a post before they end; call what it answers to let them go. */
  hold: (slug: string) => Promise<() => Promise<void>>;
  /** Stops the server in whatever it is doing, until `thaw`. */
  freeze: () => void;
  thaw: () => void;
  stop: (signal?: NodeJS.Signals) => Promise<void>;
  start: (env?: Record<string, string>, command?: 'start' | 'dev') => Promise<void>;
  /** Stops the server and removes its folder. */
  close: () => Promise<void>;
}

/**
 * Starts a site with these posts, each the text of its body; as another build, if it is named, and on
 * another port than whichever is free.
 */
export async function startSite(
  posts: Record<string, string> = {},
  env: Record<string, string> = {},
  buildId?: string,
  port?: number,
): Promise<Site> {
  const dir = path.join(TEST_DIR, randomUUID());
  const postsDir = path.join(dir, 'posts');
  const holdDir = path.join(dir, 'hold');
  await copyFolder(BUILT, dir);
  await mkdir(holdDir);
  await rm(path.join(postsDir, 'first.mdx'));
  if (buildId !== undefined) await writeFile(path.join(dir, '.next/BUILD_ID'), buildId);

  let server: ChildProcess | undefined;
  let output = '';
  const ownPort = port ?? (await freePort());
  const url = `http://localhost:${ownPort}`;

  const site: Site = {
    url,
    dir,
    postsDir,
    log: () => output,
    visit: async (where, headers = {}) => {
      const response = await fetch(url + where, { redirect: 'manual', headers });
      return { status: response.status, text: await response.text(), headers: response.headers };
    },
    purge: async (where, more = '') => {
      const query = new URLSearchParams({ secret: SECRET, path: where });
      const response = await fetch(`${url}/api/revalidate?${query}${more}`);
      return { status: response.status, body: await response.text() };
    },
    call: async (body) => {
      const response = await fetch(`${url}/api/revalidate`, {
        method: 'POST',
        headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: response.status, report: await response.json() };
    },
    write: async (slug, body, fields = {}) => {
      const all = { title: `Title of ${slug}`, date: '2026-01-01', ...fields };
      const head = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
      const file = path.join(postsDir, `${slug}.mdx`);
      await writeFile(`${file}.new`, ['---', ...head, '---', '', body, ''].join('\n'));
      await rename(`${file}.new`, file);
    },
    remove: (slug) => rm(path.join(postsDir, `${slug}.mdx`)),
    renders: async (slug) =>
      (await readFile(path.join(holdDir, `${slug}.renders`), 'utf8').catch(() => '')).length,
    notes: () => readFile(`${holdDir}.notes`, 'utf8').catch(() => ''),
    hold: async (slug) => {
      const file = path.join(holdDir, slug);
      await writeFile(file, '');
      return () => rm(file, { force: true });
    },
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    stop: async (signal = 'SIGTERM') => {
      if (!server || server.exitCode !== null || server.signalCode !== null) return;
      const exited = once(server, 'exit');
      server.kill(signal);
      await exited;
    },
    start: async (more = {}, command = 'start') => {
      server = spawn(process.execPath, [NEXT, command, '-p', String(ownPort)], {
        cwd: dir,
        env: {
          ...process.env,
          NODE_ENV: command === 'dev' ? 'development' : 'production',
          MY_SECRET_TOKEN: SECRET,
          HOLD_DIR: holdDir,
          ...env,
          ...more,
          NODE_OPTIONS: [`--require ${OBSERVER}`, env.NODE_OPTIONS, more.NODE_OPTIONS].join(' '),
        },
      });
      server.stdout?.on('data', (data: Buffer) => (output += data.toString()));
      server.stderr?.on('data', (data: Buffer) => (output += data.toString()));
      // An endpoint that needs no content: a test may want to be the first visitor.
      await until(async () => {
        if (server?.exitCode !== null) throw new Error(`The server ended:\n${output}`);
        const answer = await fetch(`${url}/api/revalidate`).catch(() => undefined);
        return answer !== undefined;
      });
    },
    close: async () => {
      await site.stop('SIGKILL');
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };

  for (const [slug, body] of Object.entries(posts)) await site.write(slug, body);
  await site.start();
  return site;
}

/** Asks again until the answer is yes. Throws after `limitMs`. */
export async function until(
  question: () => Promise<boolean> | boolean,
  limitMs = 20_000,
): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await question())) {
    if (Date.now() > end) throw new Error(`Waited for ${limitMs} ms for: ${question}`);
    await pause(10);
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0);
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return address.port;
}
