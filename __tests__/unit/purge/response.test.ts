import { responseTo, responseToFailure } from '../../../lib/purge/response';
import type { PurgeReport } from '../../../lib/purge/report';

const SECRET = 'päss/wörd "16+"';
const before = process.env;
beforeEach(() => {
  process.env = { ...before, MY_SECRET_TOKEN: SECRET };
});
afterEach(() => {
  process.env = before;
  jest.restoreAllMocks();
});

const REQUEST = { paths: ['/', '/a'], tags: [], changed: false, dryRun: false, classic: false };

const report = (error?: string): PurgeReport => ({
  revalidated: true,
  pages: Array.from({ length: 10_000 }, (_, n) => ({
    path: `/blog/p${n}`,
    result: 'regenerated' as const,
    because: ['named'],
    ms: 1,
    error: n === 9_000 ? error : undefined,
  })),
  unchanged: 0,
  ms: 1,
});

test('a large report without the secret is gone through as one text, and not member by member', () => {
  const parse = jest.spyOn(JSON, 'parse');
  const replace = jest.spyOn(String.prototype, 'replaceAll');
  const { body } = responseTo(REQUEST, report());
  expect(parse).not.toHaveBeenCalled();
  expect(replace).not.toHaveBeenCalled();
  expect(JSON.parse(JSON.stringify(body)).pages).toHaveLength(10_000);
});

test.each([SECRET, encodeURIComponent(SECRET), JSON.stringify(SECRET).slice(1, -1)])(
  'a secret in a large report is taken out, written as %s',
  (form) => {
    const { body } = responseTo(REQUEST, report(`cannot fetch ?secret=${form}&x`));
    const text = JSON.stringify(body);
    expect(text).toContain('cannot fetch ?secret=[secret]&x');
    expect(text).not.toContain(JSON.stringify(form).slice(1, -1));
  },
);

test('a failure that can be confirmed says how', () => {
  const error = Object.assign(new Error('297 of 300 posts are gone'), { confirm: 'removals' });
  expect(responseToFailure(error, REQUEST)).toMatchObject({
    status: 500,
    body: {
      revalidated: false,
      message: '297 of 300 posts are gone',
      confirm: 'removals',
      pages: [],
    },
  });
  expect(responseToFailure(error, { ...REQUEST, classic: true })).toMatchObject({
    status: 500,
    body: 'Error revalidating',
  });
  expect(responseToFailure(new Error('x'), REQUEST).body).not.toHaveProperty('confirm');
});
