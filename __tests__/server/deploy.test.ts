/**
 * The files under deploy/, as far as that can be told without an engine for containers: by linters, and
 * by running the command that looks after the health of a container.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { validate } from 'dockerfile-utils';
import { PHASE_PRODUCTION_SERVER } from 'next/constants';
import nextConfig from '../../next.config';
import { parse } from 'yaml';
import { startSite, until } from '../setup/site';

const dockerfile = readFileSync('deploy/Dockerfile', 'utf8');

test('the Dockerfile has no faults, and runs as a user without rights', () => {
  expect(validate(dockerfile)).toEqual([]);
  expect(dockerfile.indexOf('USER node')).toBeGreaterThan(dockerfile.lastIndexOf('COPY'));
});

test('what the Dockerfile copies is there', () => {
  for (const [, from = ''] of dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)) {
    for (const name of from.split(' ')) expect(existsSync(name)).toBe(true);
  }
});

test('the compose file has no faults, and mounts what is there', () => {
  execFileSync('npx', ['dclint', '--max-warnings', '0', 'deploy/compose.yaml']);
  const { services } = parse(readFileSync('deploy/compose.yaml', 'utf8'), { merge: true });
  for (const { volumes = [] } of Object.values<{ volumes?: string[] }>(services)) {
    for (const volume of volumes.filter((one) => one.startsWith('.'))) {
      expect(existsSync(`deploy/${volume.split(':')[0]}`)).toBe(true);
    }
  }
});

test.each(['deploy/nginx.conf', 'deploy/varnish.vcl'])(
  '%s takes the widths and the qualities of pictures that the site makes',
  async (file) => {
    const { images } = await nextConfig(PHASE_PRODUCTION_SERVER);
    const widths = [...(images?.deviceSizes ?? []), ...(images?.imageSizes ?? [])];
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(`w=(?:${widths.join('|')})`);
    expect(text).toContain(`|q=${images?.qualities?.join('|')})`);
  },
);

test('a container is healthy while its site answers', async () => {
  const command = /HEALTHCHECK[^[]*(\[.*\])/.exec(dockerfile)?.[1] ?? '[]';
  const [node = '', ...args]: string[] = JSON.parse(command);
  const site = await startSite();
  const at = (url: string) => args.map((arg) => arg.replace('http://127.0.0.1:3000', url));
  const isHealthy = (url: string) => {
    try {
      execFileSync(node, at(url));
      return true;
    } catch {
      return false;
    }
  };
  try {
    await until(() => isHealthy(site.url));
    expect(isHealthy('http://127.0.0.1:1')).toBe(false);
  } finally {
    await site.close();
  }
});
