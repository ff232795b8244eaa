import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { LRUCache } from 'lru-cache';
import { JITI } from '../setup/build-site';
import { environment } from '../../lib/config';
import { fetchFailure } from '../../lib/fetch-failure';
import type { StoredPage } from '../../lib/store/place';
import { openRedis } from '../../lib/store/redis/redis';
import { withoutPasswords } from '../../lib/without-passwords';

/** In each of these, `hush` and `puppy` belong to the password. */
const ADDRESSES = [
  'redis://:hush/puppy@host:6379/0',
  'redis://:hush@puppy@host',
  'redis://:hush:puppy@host',
  'redis://:hush#puppy@host',
  'redis://:hush?puppy@host',
  'redis://:hush%puppy@host',
  'redis://:hush puppy@host',
  'redis://:hush\npuppy@host',
  'redis://user:hush//puppy@host',
  'rediss://user:hush/@/puppy@host',
  'redis://user:hush,puppy@host',
];

test.each(ADDRESSES)('takes the password out of %j', (address) => {
  const shown = withoutPasswords(address);
  expect(shown).not.toMatch(/hush|puppy|user/);
  expect(shown).toMatch(/^rediss?:\/\/…@host/);
  expect(withoutPasswords(`Invalid URL: ${address}`)).toBe(`Invalid URL: ${shown}`);
});

test('takes it out of each of several addresses, and leaves the others alone', () => {
  expect(
    withoutPasswords('http://a/x, http://u:hush/puppy@b/y,http://c,https://:puppy@d [http://e]'),
  ).toBe('http://a/x, http://…@b/y,http://c,https://…@d [http://e]');
  expect(withoutPasswords('mail someone@host.example')).toBe('mail someone@host.example');
  expect(withoutPasswords('')).toBe('');
});

test('looks at each character a bounded number of times', () => {
  // Quadratic work on these would take minutes, and Jest ends a test after one.
  for (const text of ['//', 'a', 'a://', 'http://', ' h', '@']) {
    const long = text.repeat(1_000_000);
    expect(withoutPasswords(long).length).toBeGreaterThan(0);
  }
});

describe('what is printed', () => {
  const before = process.env;
  const server = createServer((socket) => socket.destroy());
  afterAll(() => server.close());
  afterEach(() => {
    process.env = before;
    jest.restoreAllMocks();
  });

  const VARIABLES = ['REDIS_URL', 'WORDPRESS_URL', 'SITE_URL', 'EDGE_URLS'];
  const UNUSABLE = [
    ...ADDRESSES,
    ...ADDRESSES.map((address) => address.replace(/rediss?:/, 'http:')),
    // Without a scheme, or with one slash, or none.
    ...['//user:hush/puppy@host', 'user:hush/puppy@host', ':hush@puppy@host', 'redis:hush@h'],
    ...['redis:/user:hush/puppy@host', 'ftp://user:hush@h', 'host:6379,hush@h'],
    // These can be parsed: the password is taken for the port and the path.
    ...['redis://user:12/hush/puppy@host', 'http://user:12/hush/puppy@host'],
    ...['http://user:12?hush/puppy@host', 'http://user:12#hush/puppy@host'],
  ];

  test.each(VARIABLES.flatMap((name) => UNUSABLE.map((value) => [name, value] as const)))(
    'of %s=%j is without its password',
    (name, value) => {
      process.env = { NODE_ENV: 'test', [name]: value };
      let said = '';
      try {
        const { redisUrl, wordpressUrl, siteUrl, edges } = environment();
        // What is taken is printed later, without a password; only the client of Redis gets one.
        said = [withoutPasswords(redisUrl ?? ''), wordpressUrl, siteUrl, ...edges].join(' ');
      } catch (error) {
        said = String(error);
        expect(said).toContain(`${name}=`);
      }
      expect(said).not.toMatch(/hush|puppy/);
    },
  );

  test('of Redis that cannot be reached, and of a fetch, is without it too', async () => {
    server.listen(0);
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const error = jest.spyOn(console, 'error').mockImplementation();
    const place = openRedis({
      url: `redis://user:hush%2Fpuppy@127.0.0.1:${port}`,
      buildId: 'none',
      buildDir: 'none',
      keptForSeconds: 1,
      memory: new LRUCache<string, StoredPage>({ max: 1 }),
    });
    await expect(place.pages.index()).rejects.toThrow(`redis://…@127.0.0.1:${port} cannot be used`);
    place.close();
    expect(JSON.stringify(error.mock.calls)).not.toMatch(/hush|puppy/);

    const failure: unknown = await fetch('http://user:hush@host.example/').catch((e: unknown) => e);
    expect(String(failure)).toContain('user:hush@');
    expect(fetchFailure(failure, 1000)).toMatch(/http:\/\/…@host\.example/);
  });

  test('by the command for purges is without it', async () => {
    const args = [JITI, 'bin/purge.ts', '/', '--url', 'http://user:hush/puppy@host.example'];
    const said = await new Promise<string>((resolve) => {
      execFile(process.execPath, args, (_, stdout, stderr) => resolve(stdout + stderr));
    });
    expect(said).toContain('http://…@host.example is no address of a site');
    expect(said).not.toMatch(/hush|puppy/);
  });
});
