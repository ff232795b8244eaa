/**
 * Real edges for tests: Varnish and nginx, from Debian's packages (`.ci/servers` installs them), with the
 * files in `deploy/`, on free ports and in folders of their own.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { ROOT, TEST_DIR } from './build-site';
import { freePort, until, type Visit } from './site';

/** An edge, and what a test may do to it. */
export interface Edge {
  url: string;
  /** Holds its configuration and what it keeps. */
  dir: string;
  visit: (path: string, headers?: Record<string, string>) => Promise<Visit>;
  /** Sends a PURGE from an address of this machine; answers the status. */
  purgeFrom: (
    address: string,
    path: string,
    headers?: Record<string, string>,
  ) => Promise<number | undefined>;
  /** What is kept stays over this where the edge keeps it on disk. */
  stop: () => Promise<void>;
  /** With several sites, as in `deploy/compose-site.vcl`: only Varnish. */
  start: (...sites: [string, ...string[]]) => Promise<void>;
  /** Stops the edge and removes its folder. */
  close: () => Promise<void>;
}

/** How each kind is started: its configuration and its command, given folder, port and site. */
const KINDS = {
  varnish: async (dir: string, port: string, site: URL, ...others: URL[]) => {
    const file = path.join(dir, 'varnish.vcl');
    await rewrite('varnish.vcl', file, []);
    const siteFile = path.join(dir, 'site.vcl');
    if (others.length > 0) await writeFile(siteFile, await severalSites([site, ...others]));
    else {
      await rewrite('site.vcl', siteFile, [
        ['"127.0.0.1";\n  .port = "3000"', `"${site.hostname}";\n  .port = "${site.port}"`],
      ]);
    }
    const memory = path.join(dir, 'memory');
    const listen = `127.0.0.1:${port}`;
    return [
      'varnishd',
      '-F',
      '-j',
      'none',
      '-n',
      memory,
      '-f',
      file,
      '-a',
      listen,
      '-s',
      'malloc,32M',
    ];
  },
  nginx: async (dir: string, port: string, site: URL) => {
    await rewrite('nginx.conf', path.join(dir, 'site.conf'), [
      ['server 127.0.0.1:3000', `server ${site.host}`],
      ['listen 80;', `listen 127.0.0.1:${port};`],
      ['listen [::]:80;', ''],
      ['/var/cache/evergreen', `${dir}/cache`],
    ]);
    const file = path.join(dir, 'main.conf');
    await writeFile(file, mainOf(dir));
    return ['nginx', '-p', dir, '-c', file, '-e', path.join(dir, 'errors')];
  },
};

/** `deploy/compose-site.vcl` for these, telling who answered, for which `x-visit`, and what it said. */
async function severalSites(sites: URL[]): Promise<string> {
  const text = await readFile(path.join(ROOT, 'deploy/compose-site.vcl'), 'utf8');
  const [backend] = /^backend site1 {.*?^}$/ms.exec(text) ?? [''];
  const director = '  sites.add_backend(site1);';
  const several = text
    .replace(/^backend site2 {.*?^}$/ms, '')
    .replace('  sites.add_backend(site2);\n', '')
    .replace(backend, () =>
      sites
        .map(({ hostname, port }, index) =>
          backend
            .replace('site1', `site${index + 1}`)
            .replace('"site-1"', `"${hostname}"`)
            .replace('"3000"', `"${port}"`),
        )
        .join('\n\n'),
    )
    .replace(director, sites.map((_, index) => director.replace('1', String(index + 1))).join('\n'))
    .replace('"10.0.0.0"/8;', '"127.0.0.0"/8;');
  return `${several}
sub vcl_backend_response {
  set beresp.http.x-backend = beresp.backend.name;
  set beresp.http.x-fetched-for = bereq.http.x-visit;
  set beresp.http.x-said = beresp.http.Cache-Control;
}
`;
}

/** What Debian's nginx.conf does, in a folder, around the `site.conf` there. */
export const mainOf = (dir: string): string => `
load_module ${NGINX_MODULE};
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
pid ${dir}/pid;
events {}
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${dir}/${name};`)
    .join('\n  ')}
  include ${dir}/site.conf;
}
`;

const NGINX_MODULE = '/usr/lib/nginx/modules/ngx_http_cache_purge_module.so';

export type Kind = keyof typeof KINDS;

export const hasVarnish = (): boolean => existsSync('/usr/sbin/varnishd');

export const isInstalled = (): boolean =>
  existsSync(NGINX_MODULE) && ['/usr/sbin/varnishd', '/usr/sbin/nginx'].every(existsSync);

/** A `describe` for each kind of edge, which is left out, and says so, where they are not installed. */
export function describeWithEdges(name: string, tests: (kind: Kind) => void): void {
  if (isInstalled()) {
    describe.each<Kind>(['varnish', 'nginx'])(name, tests);
    return;
  }
  describe.skip(name, () => tests('varnish'));
  try {
    writeFileSync(path.join(TEST_DIR, 'no-edges'), '', { flag: 'wx' });
    process.stderr.write(
      'Left out the tests with Varnish and nginx; to run them: sudo .ci/servers\n',
    );
  } catch {
    // Another file of tests has said it.
  }
}

/** An edge that is not started yet: the site has to know its address first. */
export async function edgeOf(kind: Kind): Promise<Edge> {
  const dir = path.join(TEST_DIR, randomUUID());
  await mkdir(dir, { recursive: true });
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  let server: ChildProcess | undefined;
  let output = '';

  const edge: Edge = {
    url,
    dir,
    visit: async (where, headers = {}) => {
      const response = await fetch(url + where, { redirect: 'manual', headers });
      return { status: response.status, text: await response.text(), headers: response.headers };
    },
    purgeFrom: async (localAddress, where, headers = {}) => {
      const call = request(url + where, { method: 'PURGE', localAddress, headers }).end();
      const [response] = await once(call, 'response');
      response.resume();
      return response.statusCode;
    },
    stop: async () => {
      if (!server || server.exitCode !== null || server.signalCode !== null) return;
      const exited = once(server, 'exit');
      server.kill();
      await exited;
    },
    start: async (site, ...others) => {
      const urls = others.map((other) => new URL(other));
      const [command = '', ...args] = await KINDS[kind](dir, port, new URL(site), ...urls);
      const started = spawn(`/usr/sbin/${command}`, args);
      started.stdout.on('data', (data: Buffer) => (output += data.toString()));
      started.stderr.on('data', (data: Buffer) => (output += data.toString()));
      server = started;
      await until(async () => {
        if (started.exitCode !== null) throw new Error(`${command} ended:\n${output}`);
        const answer = await fetch(`${url}/robots.txt`).catch(() => undefined);
        return answer?.ok === true;
      });
    },
    close: async () => {
      await edge.stop();
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return edge;
}

/** Writes a file of `deploy/` with other values. Throws if one of them is not there to replace. */
async function rewrite(name: string, to: string, changes: [string, string][]): Promise<void> {
  let text = await readFile(path.join(ROOT, 'deploy', name), 'utf8');
  for (const [from, into] of changes) {
    if (!text.includes(from)) throw new Error(`deploy/${name} does not say ${from}`);
    text = text.replaceAll(from, into);
  }
  await writeFile(to, text);
}
