import { tmpdir } from 'node:os';
import path from 'node:path';
import { environment } from '../../lib/config';

const before = process.env;
afterEach(() => {
  process.env = before;
});

const read = (variables: Record<string, string>) => {
  process.env = { NODE_ENV: 'test', ...variables };
  return environment();
};

test('has defaults, and nobody may purge', () => {
  expect(read({})).toEqual({
    secrets: [],
    siteUrl: 'http://localhost:3000',
    postsDir: expect.stringMatching(/\/posts$/),
    redisKeepDays: 30,
    prerenderPosts: 1000,
    revalidateSeconds: 3600,
    edges: [],
    dataDir: expect.stringMatching(/\/\.evergreen$/),
    building: false,
    developing: false,
  });
});

test('takes a variable that is empty as not set', () => {
  expect(read({ MY_SECRET_TOKEN: '', SITE_URL: '', REVALIDATE_SECONDS: '' })).toMatchObject({
    secrets: [],
    siteUrl: 'http://localhost:3000',
    revalidateSeconds: 3600,
  });
});

test('a former secret counts only beside a current one', () => {
  expect(read({ MY_SECRET_TOKEN_PREVIOUS: 'old' }).secrets).toEqual([]);
  expect(read({ MY_SECRET_TOKEN: 'new', MY_SECRET_TOKEN_PREVIOUS: 'old' }).secrets).toEqual([
    'new',
    'old',
  ]);
});

test('the folder is a source unless a WordPress is named alone', () => {
  const WORDPRESS_URL = 'https://wp.example/blog/';
  expect(read({ WORDPRESS_URL })).toMatchObject({ wordpressUrl: 'https://wp.example/blog' });
  expect(read({ WORDPRESS_URL }).postsDir).toBeUndefined();
  expect(read({ WORDPRESS_URL, POSTS_DIR: 'mine' }).postsDir).toMatch(/\/mine$/);
  const password = 'https://user:secret@wp.example/';
  expect(() => read({ WORDPRESS_URL: password })).toThrow(
    'WORDPRESS_URL=https://…@wp.example/: must not hold a password',
  );
});

test('what the web server of WordPress asks for is a user and a password, and never shown', () => {
  const withBasicAuth = (value: string) => read({ WORDPRESS_BASIC_AUTH: value }).wordpressBasicAuth;
  expect(withBasicAuth('staging:hush:puppy@home')).toEqual({
    user: 'staging',
    password: 'hush:puppy@home',
  });
  expect(withBasicAuth('')).toBeUndefined();
  for (const value of ['hushpuppy', ':hush', 'http//hush', 'hush:']) {
    expect(() => withBasicAuth(value)).toThrow(
      /^The environment cannot be used: WORDPRESS_BASIC_AUTH=…: must be a user and a password/,
    );
  }
});

test('the address of the site is taken without path and trailing slash', () => {
  expect(read({ SITE_URL: 'https://blog.example/' }).siteUrl).toBe('https://blog.example');
});

test('the edges are addresses separated by commas, without trailing slash', () => {
  expect(read({ EDGE_URLS: 'http://127.0.0.1:6081/, https://cdn.example/purge' }).edges).toEqual([
    'http://127.0.0.1:6081',
    'https://cdn.example/purge',
  ]);
});

test.each([
  [{ REVALIDATE_SECONDS: 'soon' }, 'REVALIDATE_SECONDS=soon: must be a whole number of seconds'],
  [{ REVALIDATE_SECONDS: '0' }, 'at least 1'],
  [{ PRERENDER_POSTS: '-1' }, 'PRERENDER_POSTS=-1: must be a whole number of posts, at least 0'],
  [
    { REDIS_URL: 'redis.example:6379' },
    'REDIS_URL=redis.example:6379: must be the address of a Redis',
  ],
  [
    { REDIS_URL: 'http://:pw@redis.example' },
    'REDIS_URL=http://…@redis.example: must be the address',
  ],
  [{ REDIS_KEEP_DAYS: '0' }, 'REDIS_KEEP_DAYS=0: must be a whole number of days, at least 1'],
  [{ SITE_URL: 'blog.example' }, 'SITE_URL=blog.example: must be the http or https address'],
  [{ EDGE_URLS: 'http://a,b.example' }, 'EDGE_URLS=http://a,b.example: must be http or https'],
  [{ EDGE_URLS: 'ftp://a' }, 'EDGE_URLS=ftp://a: must be http or https addresses'],
  [{ EDGE_URLS: 'http://u:p@a' }, 'EDGE_URLS=http://…@a: must not hold a password'],
  [{ EDGE_URLS: 'http://a/?b' }, 'EDGE_URLS=http://a/?b: must not hold a query'],
])('says what is wrong with %j', (variables, message) => {
  expect(() => read(variables)).toThrow(message);
});

test('is parsed once for as long as nothing of it changes', () => {
  const first = read({ SITE_URL: 'https://a.example', OTHER: 'a' });
  expect(read({ SITE_URL: 'https://a.example', OTHER: 'b' })).toBe(first);
});

test('is read when it is asked for, after a failure too', () => {
  read({ SITE_URL: 'https://a.example' });
  process.env.SITE_URL = 'https://b.example';
  expect(environment().siteUrl).toBe('https://b.example');
  delete process.env.SITE_URL;
  expect(environment().siteUrl).toBe('http://localhost:3000');
  process.env.SITE_URL = 'b.example';
  for (const call of [environment, environment]) expect(call).toThrow('SITE_URL=b.example');
  process.env.SITE_URL = 'https://b.example';
  expect(environment().siteUrl).toBe('https://b.example');
});

test('a relative folder lies where the process works', () => {
  const { postsDir: before = '' } = read({ POSTS_DIR: 'mine' });
  const [home, folder] = [process.cwd(), tmpdir()];
  process.chdir(folder);
  const { postsDir } = environment();
  process.chdir(home);
  expect([before, postsDir]).toEqual([path.join(home, 'mine'), path.join(folder, 'mine')]);
});

test('a token of the metrics is long, the webhook of notices an address, and neither is shown', () => {
  const url = 'https://hooks.example/services/hush';
  expect(read({ METRICS_TOKEN: 'sixteen-of-these', NOTIFY_URL: url })).toMatchObject({
    metricsToken: 'sixteen-of-these',
    notifyUrl: url,
  });
  expect(() => read({ METRICS_TOKEN: 'fifteen-of-them' })).toThrow(
    'METRICS_TOKEN=…: must have at least 16 characters',
  );
  for (const wrong of ['ftp://hush.example/', 'hush', 'https://me:hush@hooks.example/']) {
    expect(() => read({ NOTIFY_URL: wrong })).toThrow(/NOTIFY_URL=…: must [^;]*$/);
    expect(() => read({ NOTIFY_URL: wrong })).not.toThrow('hush');
  }
});

test('names a variable in .env.example for each that is read', async () => {
  const { readFile } = await import('node:fs/promises');
  const [module, example] = await Promise.all([
    readFile('lib/config.ts', 'utf8'),
    readFile('.env.example', 'utf8'),
  ]);
  const names = [...module.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(5);
  for (const name of names.filter((name) => !['NEXT_PHASE', 'NODE_ENV'].includes(name ?? ''))) {
    expect(example).toContain(`${name}=`);
  }
});
