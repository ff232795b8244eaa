import { articleWith } from '../../../setup/wordpress-articles';

const seoOf = (fields: object) => {
  const { seo, canonical } = articleWith(1, fields);
  return { seo, canonical };
};

/** As Yoast SEO documents it. */
const YOAST = {
  title: 'A title - A &amp; B',
  robots: { index: 'noindex', follow: 'nofollow', 'max-snippet': 'max-snippet:-1' },
  description: 'What it is <b>about</b>',
  canonical: 'https://wp.example/2026/post-1/',
  og_locale: 'en_US',
  og_type: 'article',
  og_title: 'For sharing',
  og_description: 'Of sharing',
  og_image: [{ width: 1200, height: 630, url: 'https://wp.example/a.jpg', type: 'image/jpeg' }],
  twitter_card: 'summary_large_image',
  schema: { '@graph': [] },
};

test('the fields of Yoast SEO are read, without markup', () => {
  expect(seoOf({ yoast_head_json: YOAST })).toEqual({
    seo: {
      title: 'A title - A & B',
      description: 'What it is about',
      noindex: true,
      nofollow: true,
      social: {
        title: 'For sharing',
        description: 'Of sharing',
        image: { src: 'https://wp.example/a.jpg', alt: '', width: 1200, height: 630 },
      },
    },
    canonical: 'https://wp.example/2026/post-1/',
  });
  expect(seoOf({ yoast_head_json: { robots: { index: 'index', follow: 'follow' } } })).toEqual({});
  expect(seoOf({})).toEqual({});
});

test.each([
  ['text', 'x'],
  ['null', null],
  ['a list', [YOAST]],
  ['a number', 7],
])('yoast_head_json that is %s tells nothing', (_, yoast_head_json) => {
  const article = articleWith(1, { yoast_head_json, meta: yoast_head_json });
  expect(article).toMatchObject({ title: 'Post 1', hidden: false });
  expect([article.seo, article.canonical]).toEqual([undefined, undefined]);
});

test.each([
  ['title', 7],
  ['title', ' <i></i> '],
  ['description', { rendered: 'x' }],
  ['og_title', ['x']],
  ['og_description', null],
])('a %s that is %j is not told, and the others are', (field, value) => {
  const { seo } = seoOf({ yoast_head_json: { ...YOAST, [field]: value } });
  const { title, description, social } = seo ?? {};
  const told = { title, description, og_title: social?.title, og_description: social?.description };
  const missing = Object.entries(told).filter(([, one]) => one === undefined);
  expect(missing).toEqual([[field, undefined]]);
});

test.each([
  ['text', 'noindex'],
  ['a list', ['noindex']],
  ['numbers', { index: 1, follow: 0 }],
])('robots that are %s hide nothing', (_, robots) => {
  const { seo } = seoOf({ yoast_head_json: { ...YOAST, robots } });
  expect(seo).toMatchObject({ title: 'A title - A & B' });
  expect([seo?.noindex, seo?.nofollow]).toEqual([undefined, undefined]);
});

test.each([['javascript:alert(1)'], ['/2026/'], [['https://wp.example/']], ['']])(
  'a canonical that is %j is none',
  (canonical) => {
    expect(seoOf({ yoast_head_json: { ...YOAST, canonical } }).canonical).toBeUndefined();
  },
);

test.each([
  ['text', 'https://wp.example/a.jpg', undefined],
  ['a script', [{ url: 'javascript:alert(1)' }], undefined],
  ['odd', [null, 7, { url: 1 }, { url: 'https://wp.example/b.jpg', width: '1', height: 2 }], {}],
  ['one of no size', [{ url: 'https://wp.example/b.jpg', width: 0, height: -1 }], {}],
])('a social picture that is %s does no harm', (_, og_image, expected) => {
  const { seo } = seoOf({ yoast_head_json: { ...YOAST, og_image } });
  expect(seo?.social?.image).toEqual(
    expected && { src: 'https://wp.example/b.jpg', alt: '', ...expected },
  );
  expect(seo?.social?.title).toBe('For sharing');
});

test('what Rank Math keeps is read where it is shown, but for what it fills in later', () => {
  const meta = {
    rank_math_title: 'A title',
    rank_math_description: '%excerpt%',
    rank_math_robots: ['noindex', 'noarchive'],
    rank_math_canonical_url: 'https://elsewhere.example/a',
    rank_math_facebook_title: '50% off, 100% sure',
    rank_math_facebook_image: 'https://wp.example/a.jpg',
  };
  expect(seoOf({ meta })).toEqual({
    seo: {
      title: 'A title',
      noindex: true,
      social: {
        title: '50% off, 100% sure',
        image: { src: 'https://wp.example/a.jpg', alt: '' },
      },
    },
    canonical: 'https://elsewhere.example/a',
  });
  // WordPress has a list in place of an object that is empty.
  expect(seoOf({ meta: [] })).toEqual({});
  expect(seoOf({ meta: { rank_math_robots: 'noindex', rank_math_title: 7 } })).toEqual({});
});
