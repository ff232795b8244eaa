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
