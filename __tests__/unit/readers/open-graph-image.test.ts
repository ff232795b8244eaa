import sharp from 'sharp';
import {
  faceOf,
  faceOfPost,
  faceOfView,
  imagePath,
  sharedPicture,
  versionOf,
} from '../../../lib/readers/open-graph-image';
import { drawImage } from '../../../lib/readers/draw-open-graph-image';
import { pathOfPost } from '../../../lib/site/paths';
import { isSlug } from '../../../lib/site/slugs';
import { postWith, siteWith } from '../../setup/posts';

const DATE = '2026-11-22';

const SMALL = { src: 'https://wp.example/s.jpg', alt: '', width: 199, height: 400 };
const DRAWING = { src: 'https://wp.example/d.svg?v=1', alt: '' };
const PHOTO = { src: 'https://wp.example/p.jpg', alt: 'A tree', width: 640, height: 480 };
const OTHER = { src: '/files/o.jpg', alt: '' };

test('an image has another address when it shows something else, and only then', () => {
  const post = postWith('a', { title: 'A', date: `${DATE}T00:00:00.000Z`, category: 'Guide' });
  const path = (fields: Partial<typeof post>) => imagePath(faceOfPost({ ...post, ...fields }));
  expect(path({})).toMatch(/^\/cards\/a\.png\?v=[\da-z]+$/);
  const same = [
    { body: 'x' },
    { tags: ['x'] },
    { date: `${DATE}T23:00:00.000Z` },
    { language: 'en' },
  ];
  for (const fields of same) expect(path(fields)).toBe(path({}));
  const others = [
    {},
    { title: 'B' },
    { date: '2026-11-21' },
    { category: 'guide' },
    { page: true },
    { summary: 'x' },
    { excerpt: 'y' },
    { author: 'x' },
    { language: 'ja' },
  ];
  expect(new Set([...others, { category: undefined }].map(path)).size).toBe(10);
});

test('what a page knows of its post gives the address that its post gives', () => {
  const fields = { author: 'Ayşe', language: 'ja', excerpt: 'It begins.' };
  const post = postWith('türkçe', { title: '<b> & "ç" 🌲', category: 'R&D', ...fields });
  const about = postWith('about', { page: true, summary: 'About.', language: 'en' });
  const { pages } = siteWith([post, about]);
  for (const one of [post, about]) {
    const view = pages.get(pathOfPost(one))?.view;
    if (view?.kind !== 'post' && view?.kind !== 'page') throw new Error('No post');
    expect(faceOfView(view)).toEqual(faceOfPost(one));
  }
  expect(imagePath(faceOfPost(post))).toMatch(/^\/cards\/t%C3%BCrk%C3%A7e\.png\?/);
});

test('a file is the image of a post of the site, or the image of the site', () => {
  const site = siteWith([
    postWith('a'),
    postWith('about', { page: true }),
    postWith('draft', { draft: true }),
  ]);
  expect(faceOf('a.png', site)).toMatchObject({ title: 'a', date: '2026-01-01' });
  expect(faceOf('about.png', site)).toEqual({ slug: 'about', title: 'about' });
  expect(faceOf('-.png', site)).toEqual({});
  const shared = siteWith([postWith('a', { title: 'Post' }), postWith('a', { page: true })]);
  for (const post of shared.posts.values()) {
    expect(faceOf('a.png', shared, versionOf(faceOfPost(post)))).toEqual(faceOfPost(post));
  }
  expect(imagePath()).toBe(`/cards/-.png?v=${versionOf({})}`);
  expect(isSlug('-')).toBe(false);
  for (const file of ['draft.png', 'b.png', '.png', 'a', 'a.PNG', 'a.png.png', '']) {
    expect(faceOf(file, site)).toBeUndefined();
  }
});

describe('a drawing', () => {
  const draw = (title?: string, category?: string) => drawImage({ title, date: DATE, category });

  beforeAll(() => {
    jest.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('An image asks nobody'));
  });
  afterAll(() => jest.restoreAllMocks());

  test.each([
    ['short', 'A'],
    ['long', 'a long title and '.repeat(1000)],
    ['one long word', 'Donaudampfschiff'.repeat(20)],
    ['Turkish', 'Işığın yavaş değişimi: güneşli çayırlar, İstanbul’dan'],
    ['markup', '<script>alert(1)</script> & "quotes" \'these\' ]]> </svg>'],
    ['emoji', '🌲 👩‍👩‍👧‍👦 ❤️ 1️⃣ 🇹🇷 🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['200 emoji, and one cut', '🌲'.repeat(300)],
    ['control characters', 'a\u0000\u0007\u202eb\u200b\t\n'],
    ['nothing but space', ' \u200b '],
    ['a half of a letter', 'a\ud800'],
  ])('of a title that is %s has the size that is asked for, and few bytes', async (_, title) => {
    const png = await draw(title, 'Guide');
    const { format, width, height } = await sharp(png).metadata();
    expect({ format, width, height }).toEqual({ format: 'png', width: 1200, height: 630 });
    expect(png.length).toBeLessThan(100_000);
  });

  test('shows the title, the day, the category and emoji', async () => {
    const faces = [
      { title: 'Tree', date: DATE, category: 'Guide' },
      { title: 'Trees', date: DATE, category: 'Guide' },
      { title: 'Tree', date: '2026-11-21', category: 'Guide' },
      { title: 'Tree', date: DATE, category: 'News' },
      { title: 'Tree' },
      { title: 'Tree 🌲' },
      { title: 'Tree 🌳' },
      { title: 'Tree <b>' },
      { title: 'ığ' },
      { title: 'iğ' },
      {},
    ];
    const pictures = await Promise.all(faces.map(drawImage));
    expect(new Set(pictures.map((png) => png.toString('base64'))).size).toBe(faces.length);
  });

  test.each([
    '日本語のタイトル',
    'Half 日本',
    '한국어',
    '简体字',
    'שלום',
    'مرحبا',
    'हिन्दी',
    'ภาษาไทย คำ',
    '日本語'.repeat(100),
    'مرحبا '.repeat(50),
  ])('shows the title %j, as something else than any other', async (title) => {
    const [drawn, cut] = [await draw(title), await draw(title.slice(0, -1))];
    expect(drawn).not.toEqual(await draw());
    if (title.length < 20) expect(drawn).not.toEqual(cut);
    expect(drawn.length).toBeLessThan(100_000);
  });

  test('draws Han as the language does', async () => {
    const [ja, zh] = await Promise.all(
      ['ja', 'zh'].map((language) => drawImage({ title: '直角 骨', language })),
    );
    expect(ja).not.toEqual(zh);
  });

  test('shows the summary and the author', async () => {
    const faces = [{}, { summary: 'A' }, { summary: 'B' }, { author: 'A' }, { author: 'B' }];
    const pictures = await Promise.all(faces.map((face) => drawImage({ title: 'T', ...face })));
    expect(new Set(pictures.map((png) => png.toString('base64'))).size).toBe(faces.length);
  });

  test.each(['ქართული', 'Half ქარ', '𓀀', 'a\ud800'])(
    'leaves out the title %j, for which there is no font, each time',
    async (title) => {
      const without = await drawImage({ date: DATE, category: 'Guide' });
      expect(await draw(title, 'Guide')).toEqual(without);
      expect(await draw(title, 'Guide')).toEqual(without);
    },
  );

  test('leaves out a category for which there is no font, and nothing else', async () => {
    expect(await draw('Title', 'ქარ')).toEqual(await draw('Title'));
    expect(await drawImage({ title: 'ქარ' })).toEqual(await drawImage({}));
  });

  test('takes what is typed for a sign that the fonts lack', async () => {
    expect(await draw('A → B ≠ C')).toEqual(await draw('A -> B != C'));
  });
});

test.each([
  ['the first that social sites show', [SMALL, DRAWING, PHOTO, OTHER], PHOTO.src],
  ['one of unknown size', [OTHER, PHOTO], OTHER.src],
  ['the drawn one, where there is no other', [SMALL, DRAWING, undefined], '/cards/a.png'],
])('by a shared link stands %s', (_, pictures, expected) => {
  const { src, alt, ...size } = sharedPicture(
    'https://blog.example/a',
    { slug: 'a', title: 'A' },
    pictures,
  );
  expect(src).toContain(expected);
  expect(new URL(src).protocol).toBe('https:');
  const isDrawn = src.includes('/cards/');
  expect(alt).toBe(src === PHOTO.src ? 'A tree' : 'A');
  expect(size.width).toBe(isDrawn ? 1200 : src === PHOTO.src ? 640 : undefined);
});
