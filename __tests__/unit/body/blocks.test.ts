/** What becomes of WordPress's blocks: their classes and styles, late pictures, embeds, and what is left out. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { transform } from 'lightningcss';
import { BLOCK_CLASSES } from '../../../lib/body/blocks';
import { renderUntrustedHtml } from '../../../lib/body/untrusted-html';
import { en } from '../../../lib/site/words/en';
import { readerHtml } from '../../../lib/readers/feed-html';

const ROOT = path.resolve(__dirname, '../../..');
const BASE = 'https://wp.example/';
const ORIGINAL = 'https://wp.example/2026/a-post/';

const body = (html: string, original: string | undefined = ORIGINAL) =>
  renderUntrustedHtml(html, { base: BASE, links: {}, original }, en);
const render = async (html: string) => (await body(html)).html;

/** The classes that an element of these classes and this style has in the end. */
async function classesOf(classes: string, style = '', tag = 'div'): Promise<string> {
  const html = await render(`<${tag} class="${classes}" style="${style}">a</${tag}>`);
  return /^<\w+ class="([^"]*)"/.exec(html)?.[1] ?? '';
}

const css = (name: string) => readFileSync(path.join(ROOT, 'components', name), 'utf8');
const classesIn = (text: string) =>
  new Set(
    Array.from(
      text.replace(/\/\*[^]*?\*\//g, '').matchAll(/\.([a-z][\w-]*)/gi),
      ([, name]) => name,
    ),
  );

describe('the stylesheet of blocks', () => {
  test('is at most 4 KB as it is sent', () => {
    const { code } = transform({
      filename: 'blocks.css',
      code: Buffer.from(css('blocks.css')),
      minify: true,
    });
    expect(gzipSync(code).length).toBeLessThanOrEqual(4096);
  });

  test('has rules for classes that pass, and for no others', () => {
    const others = [...classesIn(css('blocks.css'))].filter(
      (name) => name !== undefined && !BLOCK_CLASSES.has(name),
    );
    // Of the page: where blocks are, and what stands beside them.
    expect(others.sort()).toEqual(['contents', 'prose']);
  });

  test('no class that passes is one of the site', () => {
    const components = readdirSync(path.join(ROOT, 'components'))
      .filter((name) => name.endsWith('.tsx'))
      .map((name) => css(name))
      .join();
    const ours = [
      ...['stylesheet.css', 'lists.css', 'post.css'].flatMap((name) => [...classesIn(css(name))]),
      ...Array.from(components.matchAll(/className="([^"]*)"/g), ([, names = '']) =>
        names.split(' '),
      ).flat(),
    ];
    expect(ours.length).toBeGreaterThan(30);
    expect(ours.filter((name) => name !== undefined && BLOCK_CLASSES.has(name))).toEqual([]);
  });
});

describe('classes', () => {
  test.each([
    ['wp-block-columns is-layout-flex wp-container-12', 'wp-block-columns is-layout-flex'],
    ['wp-block-cover-image', 'wp-block-cover'],
    ['gallery galleryid-3 gallery-columns-4 gallery-size-thumbnail', 'wp-block-gallery columns-4'],
    ['has-text-align-center has-normal-font-size', 'has-text-align-center'],
    ['items-justified-right', 'is-content-justification-right'],
    // Of an unknown plugin, of the site, of our own set, and of prototypes.
    ['wp-block-acme-slider acme is-style-acme', ''],
    ['post-list site contents skip prose table callout unsized', ''],
    ['wp-ink wp-hue-3 wp-width-50', ''],
    ['constructor __proto__ toString', ''],
  ])('%s', async (written, expected) => {
    expect(await classesOf(written)).toBe(expected);
  });

  test.each([
    ['has-vivid-red-color has-text-color', 'wp-ink wp-hue-0'],
    ['has-black-color has-text-color', ''],
    // The ground decides, so that the text on it can be read.
    ['has-white-color has-black-background-color has-background', 'wp-deep wp-gray'],
    ['has-pale-cyan-blue-background-color has-background', 'wp-soft wp-hue-7'],
    ['has-luminous-dusk-gradient-background has-background', 'wp-deep wp-hue-10'],
    ['has-primary-background-color has-background', 'wp-soft wp-gray'],
    ['has-dark-green-background-color has-background', 'wp-deep wp-hue-4'],
    ['has-border-color has-vivid-green-cyan-border-color', 'wp-border wp-hue-5'],
  ])('colours of the palette: %s', async (written, expected) => {
    expect(await classesOf(written)).toBe(expected);
  });

  test('a body without blocks says so, and has no class', async () => {
    const plain = await body('<p class="acme">a</p>');
    expect(plain).toEqual({ html: '<p>a</p>', headings: [], minutes: 1, elements: [] });
    expect((await body('<p class="has-drop-cap">a</p>')).hasBlocks).toBe(true);
  });

  test('feeds have none of them', async () => {
    const html = await render(
      '<div class="wp-block-columns"><div class="wp-block-column">a</div></div>',
    );
    expect(html).toContain('class=');
    expect(readerHtml(html, BASE)).toBe('<div><div>a</div></div>');
  });

  test('columns a hundred deep stay', async () => {
    const deep = '<div class="wp-block-columns"><div class="wp-block-column">'.repeat(100);
    const html = await render(`${deep}a`);
    expect(html.match(/class="wp-block-column"/g)).toHaveLength(100);
    expect(html).toContain('>a<');
  });
});

describe('inline styles', () => {
  test.each([
    ['wp-block-column', 'flex-basis:33.33%', 'wp-block-column wp-width-33'],
    ['wp-block-column', 'flex-basis:41%', 'wp-block-column wp-width-40'],
    ['wp-block-media-text', 'grid-template-columns:auto 80%', 'wp-block-media-text wp-width-80'],
    ['wp-block-spacer', 'height:100px', 'wp-block-spacer wp-space-4'],
    ['wp-block-spacer', 'height:var(--wp--preset--spacing--20)', 'wp-block-spacer wp-space-1'],
    ['', 'height:100px', ''],
    ['', 'text-align: center', 'has-text-align-center'],
    ['', 'color:#cf2e2e', 'wp-ink wp-hue-0'],
    ['', 'color:rgb(0, 0, 0)', ''],
    ['', 'background-color:#000', 'wp-deep wp-gray'],
    ['', 'background:linear-gradient(135deg,rgb(255,203,112) 0%,#000 100%)', 'wp-soft wp-hue-1'],
    ['', 'font-size:60px', 'has-xx-large-font-size'],
    ['', 'font-size:8pt', 'has-small-font-size'],
    ['', 'font-size:1rem', ''],
    ['', 'font-weight:900;font-style:italic', 'wp-bold wp-italic'],
    ['', 'border-radius:90px', 'wp-round'],
    ['', 'border-width:5px;border-color:#2dbecf', 'wp-border wp-hue-6'],
    ['', 'position:fixed;inset:0;z-index:9;display:none', ''],
    ['', 'constructor:a;toString:b', ''],
  ])('%s %s', async (classes, style, expected) => {
    expect(await classesOf(classes, style)).toBe(expected);
  });

  test('of pictures: width, form and the part that has to be seen', async () => {
    const html = await render(
      '<img src="/a.jpg" width="1000" height="500" style="width:300px;aspect-ratio:16/9;object-position:10% 90%">',
    );
    expect(html).toContain('class="wp-ratio-16-9 wp-focus-left wp-focus-bottom"');
    expect(html).toContain('width="300" height="150"');
  });

  test('the letters of a list are told in HTML', async () => {
    const html = await render('<ol style="list-style-type:upper-roman"><li>a</li></ol>');
    expect(html).toBe('<ol type="I"><li>a</li></ol>');
  });

  test.each([
    '<p style="background-image:url(https://tracker.example/a.gif)">a</p>',
    '<div class="wp-block-group has-background" style="background:url(https://tracker.example/a)">a</div>',
    '<ul style="list-style-image:url(https://tracker.example/a.gif)"><li>a</li></ul>',
    `<p style="content:'';cursor:url('https://tracker.example/a;b')">a</p>`,
    '<div class="wp-block-cover" style="--a:url(https://tracker.example/a);border-image:url(https://tracker.example/a)">a</div>',
  ])('one that asks another host loads nothing: %s', async (html) => {
    const got = await render(html);
    expect(got).not.toMatch(/tracker|style=|url\(/);
    expect(got).toContain('a');
  });

  test('a long one is none of a block', async () => {
    for (const piece of ['url(', 'a:', 'background:url(&quot;', ';a:url(b']) {
      expect(await classesOf('', `color:red;${piece.repeat(30_000)}`)).toBe('');
    }
  });
});

describe('covers', () => {
  test.each([
    ['wp-block-cover has-background-dim', 'background-image:url(https://a.example/a.jpg)'],
    ['wp-block-cover-image has-background-dim', `background-image:url('https://a.example/a.jpg')`],
  ])('an older one shows the picture of its style: %s', async (classes, style) => {
    const html = await render(`<div class="${classes}" style="${style}"><p>a</p></div>`);
    expect(html).toBe(
      '<div class="wp-block-cover"><img class="wp-block-cover__image-background" ' +
        'src="https://a.example/a.jpg" alt="" loading="lazy">' +
        '<span class="wp-block-cover__background"></span><p>a</p></div>',
    );
  });

  test('so does one whose picture is fixed or repeated', async () => {
    const html = await render(
      '<div class="wp-block-cover"><span class="wp-block-cover__background has-background-dim-20"></span>' +
        '<div role="img" aria-label="A tree" class="wp-block-cover__image-background has-parallax" ' +
        'style="background-position:50% 50%;background-image:url(/a.jpg)"></div></div>',
    );
    expect(html).toContain('has-background-dim-20');
    expect(html).toContain(
      '<img class="wp-block-cover__image-background" src="https://wp.example/a.jpg" alt="A tree" loading="lazy">',
    );
  });

  test.each(['javascript:alert(1)', 'data:image/png;base64,AA', ''])(
    'a style shows no %j',
    async (address) => {
      const html = await render(
        `<div class="wp-block-cover" style="background-image:url(${address})">a</div>`,
      );
      expect(html).not.toMatch(/src=|alert|base64/);
    },
  );

  test('the ground of an older one is that of its overlay', async () => {
    const html = await render(
      '<div class="wp-block-cover has-vivid-red-background-color has-background-dim-60 has-background-dim">a</div>',
    );
    expect(html).toBe(
      '<div class="wp-block-cover"><span class="wp-block-cover__background has-background-dim-60 ' +
        'wp-deep wp-hue-0"></span>a</div>',
    );
  });
});

describe('pictures that wait for a script', () => {
  const IMG = '<img src="https://a.example/a.jpg" srcset="https://a.example/b.jpg 2x">';
  const DOT = 'data:image/gif;base64,R0lGOD';

  test.each([
    [
      `<img src="${DOT}" data-src="https://a.example/a.jpg" data-srcset="https://a.example/b.jpg 2x">`,
    ],
    [
      `<img data-lazy-src="https://a.example/a.jpg" data-lazy-srcset="https://a.example/b.jpg 2x" data-sizes="auto">`,
    ],
    [`<img src="${DOT}">${`<noscript>${IMG}</noscript>`}`],
    [
      `<img src="${DOT}" data-src="https://a.example/a.jpg" data-srcset="https://a.example/b.jpg 2x"><noscript>${IMG}</noscript>`,
    ],
    [
      `<noscript>${IMG}</noscript><img class="lazyload" data-src="https://a.example/a.jpg" data-srcset="https://a.example/b.jpg 2x" sizes="auto">`,
    ],
  ])('are shown once: %s', async (html) => {
    expect(await render(html)).toBe(IMG);
  });

  test.each([
    '<noscript><img height="1" width="1" style="display:none" src="https://tracker.example/tr?id=1"></noscript>',
    '<img src="https://tracker.example/tr" width="1" height="1">',
    '<noscript><iframe src="https://tracker.example/ns.html" height="0" width="0" style="display:none"></iframe></noscript>',
    '<noscript>Please enable JavaScript</noscript>',
  ])('nothing that counts readers is among them: %s', async (html) => {
    expect(await render(html)).toBe('');
  });

  test('a frame that waits is a frame', async () => {
    const html = await render(
      '<iframe src="about:blank" data-src="https://www.youtube.com/embed/dQw4w9WgXcQ"></iframe>',
    );
    expect(html).toContain('Watch on YouTube');
  });
});

describe('embeds', () => {
  const block = (content: string) =>
    `<figure class="wp-block-embed is-type-video"><div class="wp-block-embed__wrapper">${content}</div></figure>`;

  test.each([
    [
      'https://www.youtube.com/watch?v=dQw4w9WgXcQ&amp;t=5',
      'youtube-nocookie.com/embed/dQw4w9WgXcQ',
    ],
    ['https://youtu.be/dQw4w9WgXcQ', 'youtube-nocookie.com/embed/dQw4w9WgXcQ'],
    ['https://vimeo.com/22439234', 'player.vimeo.com/video/22439234'],
    ['https://open.spotify.com/track/11dFghVXANMlKmJXsNCbNl', 'open.spotify.com/embed/track/11d'],
    ['https://soundcloud.com/forss/flickermood', 'w.soundcloud.com/player/?url='],
    ['https://twitter.com/jack/status/20', 'platform.twitter.com/embed/Tweet.html?id=20'],
    ['https://www.instagram.com/p/Cabcdefg/', 'www.instagram.com/p/Cabcdefg/embed/'],
    ['https://mastodon.social/@Gargron/1234567', 'mastodon.social/@Gargron/1234567/embed'],
  ])('an address alone loads its frame when asked: %s', async (address, frame) => {
    for (const html of [
      block(`\n${address}\n`),
      block(`<a href="${address}">${address}</a>`),
      `<p>${address}</p>`,
      `<p>[embed]${address}[/embed]</p>`,
    ]) {
      const got = await body(html);
      expect(got.elements).toEqual(['embed-frame']);
      expect(got.html).toContain(frame);
      expect(got.html).not.toContain('<p><embed-frame');
    }
  });

  test('one of another site is a link', async () => {
    const link = '<a href="https://other.example/film">https://other.example/film</a>';
    expect(await render(block('https://other.example/film'))).toContain(link);
    expect(await render('<p>https://other.example/film</p>')).toBe(`<p>${link}</p>`);
    expect(await render('<p>See https://other.example/film</p>')).not.toContain('<a');
  });

  test.each([
    [
      '<blockquote class="twitter-tweet"><p>Hello</p><a href="https://twitter.com/a/status/20">day</a></blockquote>',
      ['Hello', 'Tweet.html?id=20'],
    ],
    [
      '<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/Cabcdefg/?utm=1"><a href="https://www.instagram.com/p/Cabcdefg/">View</a></blockquote>',
      ['/p/Cabcdefg/embed/'],
    ],
    [
      '<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@a/video/7"><p>Dance</p></blockquote>',
      ['Dance', 'href="https://www.tiktok.com/@a/video/7"'],
    ],
    [
      '<blockquote class="reddit-embed-bq"><a href="https://www.reddit.com/r/a/1">A thread</a></blockquote>',
      ['https://www.reddit.com/r/a/1'],
    ],
    [
      '<iframe class="wp-embedded-content" src="https://b.example/embed" title="A post"></iframe>',
      ['<a href="https://b.example/embed">A post</a>'],
    ],
  ])('what a script would replace: %s', async (html, expected) => {
    const got = await render(
      block(`${html}<script async src="https://platform.twitter.com/widgets.js"></script>`),
    );
    for (const part of expected) expect(got).toContain(part);
  });
});

describe('what cannot be shown', () => {
  const LINK = `<a href="${ORIGINAL}">See the original on wp.example</a>`;

  test.each([
    ['form', '<form action="/x"><label>Name <input name="a"></label><button>Send</button></form>'],
    ['list', '<div><select><option>A</option></select></div>'],
    ['embedded content', '<object data="x.pdf"></object>'],
    ['drawing', '<canvas></canvas>'],
    ['script of w.example', '<div id="w"></div><script src="https://w.example/w.js"></script>'],
    ['frame', '<iframe srcdoc="a"></iframe>'],
  ])('leaves a link to the original, and a warning: %s', async (part, html) => {
    const { html: got, warnings } = await body(`<p>a</p>${html}`);
    expect(got).toContain(LINK);
    expect(got).not.toMatch(/Name|Send/);
    expect(warnings).toMatchObject([
      {
        kind: 'a part that is left out',
        message: expect.stringContaining(`its ${part} is shown as a link`),
      },
    ]);
  });

  test('a frame of another site leaves a link to it, and a warning', async () => {
    const { html, warnings } = await body('<iframe src="https://maps.example/a"></iframe>');
    expect(html).toBe('<a href="https://maps.example/a">maps.example</a>');
    expect(warnings).toHaveLength(1);
  });

  test.each([
    '<script>track()</script>',
    '<p>a</p><script async src="https://ads.example/a.js"></script>',
    '<p>a <script src="https://ads.example/a.js"></script></p>',
  ])('scripts beside what is shown are no part of it: %s', async (html) => {
    const { html: got, warnings } = await body(html);
    expect(got).not.toContain('See the original');
    expect(warnings).toBeUndefined();
  });

  test('a form for searching leads to the search of this site', async () => {
    const { html, warnings } = await body(
      '<form role="search" action="/"><label class="wp-block-search__label">Find</label><input name="s"></form>',
    );
    expect(html).toBe('<p><a href="/search">Find</a></p>');
    expect(warnings).toBeUndefined();
  });

  test('films of the days before frames, questions and answers, and formulas are shown', async () => {
    expect(
      await render('<object><embed src="https://www.youtube.com/v/dQw4w9WgXcQ"></object>'),
    ).toContain('Watch on YouTube');
    expect(
      await render(
        '<div class="wp-block-accordion-item is-open"><h3 class="wp-block-accordion-heading"><button>' +
          '<span class="wp-block-accordion-heading__toggle-title">Why?</span><span>+</span></button></h3>' +
          '<div class="wp-block-accordion-panel"><p>So.</p></div></div>',
      ),
    ).toBe('<details open><summary>Why?</summary><div><p>So.</p></div></details>');
    expect(
      await render('<math><semantics><mi>x</mi><annotation>x^2</annotation></semantics></math>'),
    ).toBe('<code>x^2</code>');
  });

  test('each panel of tabs has its label', async () => {
    const html = await render(
      '<div class="wp-block-tabs"><div role="tablist"><button role="tab">One</button><button role="tab">Two</button></div>' +
        '<div role="tabpanel"><p>a</p></div><div role="tabpanel"><p>b</p></div></div>',
    );
    expect(html).toMatch(/One<\/p><p>a<\/p>.*Two<\/p><p>b<\/p>/);
  });
});

test('a wide table scrolls in itself, with the keyboard too', async () => {
  const html = await render(
    '<figure class="wp-block-table is-style-stripes"><table class="has-fixed-layout"><tbody><tr><td>a<table><tbody><tr><td>b</td></tr></tbody></table></td></tr></tbody></table></figure>',
  );
  expect(html).toMatch(
    /^<figure class="is-style-stripes"><div class="table" role="group" aria-label="Table" tabindex="0"><table class="has-fixed-layout">/,
  );
  expect(html.match(/tabindex/g)).toHaveLength(1);
});
