import { renderUntrustedHtml } from '../../../lib/body/untrusted-html';
import { en } from '../../../lib/site/words/en';

const render = async (html: string) =>
  (await renderUntrustedHtml(html, { base: 'https://wp.example/', links: {} }, en)).html;

const SET = 'srcset="https://wp.example/a-300x200.jpg 300w, https://wp.example/a.jpg 1200w"';
const COLUMN = 'sizes="(min-width: 46.5rem) 44rem, calc(100vw - 2.5rem)"';

test.each([
  ['wide', 'width="1200" height="800" ', COLUMN],
  ['narrow', 'width="300" height="200" ', 'sizes="(min-width: 340px) 300px, calc(100vw - 2.5rem)"'],
])(
  'a %s picture with a choice of widths is told how wide our column shows it',
  async (_, size, sizes) => {
    const img = (told: string) => `<img src="https://wp.example/b.jpg" ${size}${SET} ${told}>`;
    const html = await render(img('sizes="(max-width: 1024px) 100vw, 1024px" class="wp-image-7"'));
    expect(html).toContain(sizes);
    expect(html).toContain(SET);
    expect(html).not.toContain('1024px');
  },
);

test.each([
  ['https://wp.example/tree-300x200.jpg', 'width="300" height="200"'],
  ['https://wp.example/tree-300x200.webp?ver=1', 'width="300" height="200"'],
])('the name %s of a copy tells its size', async (src, size) => {
  expect(await render(`<img src="${src}">`)).toContain(size);
});

test.each([
  '<img src="https://wp.example/tree.jpg">',
  '<img src="https://wp.example/tree-300x200.jpg" width="10">',
  '<img src="https://wp.example/tree-2x.jpg" srcset="https://wp.example/tree-4x.jpg 2x">',
])('%s stays as it is', async (html) => {
  expect(await render(html)).toBe(html);
});
