import { imageOf } from '../../../../lib/source/wordpress/library';
import { Media } from '../../../../lib/source/wordpress/rest';
import { ADDRESS } from '../../../setup/wordpress-articles';

test('a picture has its size and its text, and a film is none', () => {
  const media = {
    id: 1,
    source_url: `${ADDRESS}/a.jpg`,
    alt_text: 'A &amp; B',
    media_type: 'image',
  };
  const sized = { ...media, media_details: { width: 3, height: 2 } };
  expect(imageOf(Media.parse(sized))).toEqual({
    src: `${ADDRESS}/a.jpg`,
    alt: 'A & B',
    width: 3,
    height: 2,
  });
  expect(imageOf(Media.parse(media))).toEqual({ src: `${ADDRESS}/a.jpg`, alt: 'A & B' });
  expect(imageOf(Media.parse({ ...media, media_type: 'file' }))).toBeNull();
  expect(imageOf(Media.parse({ ...media, source_url: 'javascript:alert(1)' }))).toBeNull();
});

test('a picture is offered in the widths in which WordPress has all of it', () => {
  const at = (name: string, width: number, height: number, more = {}) => ({
    source_url: `${ADDRESS}/${name}`,
    width,
    height,
    ...more,
  });
  const read = (sizes: unknown) =>
    imageOf(
      Media.parse({
        id: 1,
        source_url: `${ADDRESS}/a.jpg`,
        media_details: { width: 1200, height: 801, sizes },
      }),
    );
  const sizes = {
    large: at('a,b.jpg', 1024, 684),
    thumbnail: at('cut.jpg', 150, 150),
    medium: at('c.jpg', 300, 200),
    full: at('a.jpg', 1200, 801),
    huge: at('huge.jpg', 2400, 1602),
    odd: at('odd.jpg', 600, 400, { width: '600' }),
    none: null,
    script: { source_url: 'javascript:alert(1)', width: 900, height: 601 },
  };
  expect(read(sizes)).toEqual({
    src: `${ADDRESS}/a.jpg`,
    srcSet: `${ADDRESS}/c.jpg 300w, ${ADDRESS}/a%2Cb.jpg 1024w, ${ADDRESS}/a.jpg 1200w`,
    alt: '',
    width: 1200,
    height: 801,
  });
  const alone = { src: `${ADDRESS}/a.jpg`, alt: '', width: 1200, height: 801 };
  for (const none of [undefined, [], 'x', { thumbnail: sizes.thumbnail }]) {
    expect(read(none)).toEqual(alone);
  }
});
