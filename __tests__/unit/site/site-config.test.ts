/** What an owner may write into `site.config.mjs`, and what follows it. */
import sharp from 'sharp';
import own from '../../../site.config.mjs';
import { manifestAndIcons } from '../../../lib/readers/manifest';
import { checkSiteConfig } from '../../../lib/site/check-site-config';
import { SITE } from '../../../lib/site/site-config';
import { withColours } from '../../../lib/site/stylesheet';

const accent = { light: '#aa0000', dark: '#ffbbbb' };
const red = { ...SITE, name: 'Mine', colours: { ...SITE.colours, accent } };

test('the configuration of the project can be used', () => {
  expect(checkSiteConfig(own)).toEqual(own);
});

test.each<[string, unknown, string]>([
  ['no name', { ...SITE, name: undefined }, 'name: must be a text, and is missing'],
  ['an empty name', { ...SITE, name: ' ' }, 'name: must be one line of text, and not empty'],
  ['two lines', { ...SITE, tagline: 'a\nb' }, 'tagline: must be one line of text'],
  ['no language', { ...SITE, language: 'a language' }, 'language: must be a language such as en'],
  [
    'a colour that is none',
    { ...SITE, colours: { ...SITE.colours, accent: { ...accent, dark: 'green' } } },
    'colours.accent.dark: must be a colour such as #1c6b45',
  ],
  [
    'one colour for all screens',
    { ...SITE, colours: { ...SITE.colours, page: '#ffffff' } },
    'colours.page: ',
  ],
  [
    'a link to nowhere',
    { ...SITE, navigation: [{ title: 'Topics', href: 'topics' }] },
    'navigation.0.href: must be a path such as /topics',
  ],
  [
    'a link that is a script',
    { ...SITE, navigation: [{ title: 'Topics', href: 'javascript:alert(1)' }] },
    'navigation.0.href: must be a path such as /topics',
  ],
  ['a profile without a scheme', { ...SITE, profiles: ['me.example'] }, 'profiles.0: must be an'],
  [
    'an author’s picture that is a script',
    { ...SITE, authors: { Ada: { picture: 'javascript:alert(1)' } } },
    'authors.Ada.picture: must be a path such as',
  ],
  [
    'an author’s word of one’s own',
    { ...SITE, authors: { Ada: { biography: 'a' } } },
    'authors.Ada: Unrecognized key: "biography"',
  ],
  [
    'a profile without a title',
    { ...SITE, profiles: [{ href: 'https://me.example' }] },
    'profiles.0: must be an address that begins with https://, or a title and such an address',
  ],
  ['a font of others', { ...SITE, fonts: 'Inter' }, "fonts: must be 'own' or 'system'"],
  [
    'a footer that leads nowhere',
    { ...SITE, footer: [{ title: 'About', href: 'about' }] },
    'footer.0.href: must be a path such as /topics',
  ],
  [
    'a picture of neither',
    { ...SITE, owner: { picture: 'me.jpg' } },
    'owner.picture: must be a file in public/ such as /me.jpg, or an address that begins with https://',
  ],
  [
    'an accent without contrast',
    { ...SITE, colours: { ...SITE.colours, accent: { light: '#7fd1a3', dark: '#6fcf9b' } } },
    'colours.accent.light: #7fd1a3 has a contrast of 1.78 on page (#fdfdfb), and needs 4.5; #',
  ],
  [
    'a text that no shade saves',
    {
      ...SITE,
      colours: {
        ...SITE.colours,
        mark: { light: '#777777', dark: '#111111' },
        page: { light: '#000000', dark: '#111111' },
      },
    },
    'colours.text.light: #1d231f has a contrast of 1.',
  ],
  ['a name of its own', { ...SITE, nmae: 'Mine' }, 'the default export: Unrecognized key: "nmae"'],
  ['no object', undefined, 'the default export: must be an object, and is missing'],
])('%s is refused with the file and the member', (_, config, line) => {
  expect(() => checkSiteConfig(config)).toThrow(`site.config.mjs cannot be used:\n  ${line}`);
});

test('the shade that is proposed for a colour without contrast will do', () => {
  const broken = (light: string) => ({
    ...SITE,
    colours: { ...SITE.colours, accent: { ...accent, light } },
  });
  for (const shade of ['#7fd1a3', '#ffff00', '#ffffff', '#e0a0a0', '#12abef']) {
    let said = '';
    try {
      checkSiteConfig(broken(shade));
    } catch (error) {
      said = String(error);
    }
    const [, better = ''] = /4\.5; (#[0-9a-f]{6}) would do/.exec(said) ?? [];
    expect(checkSiteConfig(broken(better))).toBeDefined();
  }
});

test('a picture of the owner has to be there', () => {
  const config = { ...SITE, owner: { picture: '/me.jpg' } };
  expect(checkSiteConfig(config, (name) => name === '/me.jpg')).toEqual(config);
  expect(() => checkSiteConfig(config, () => false)).toThrow(
    'owner.picture: there is no file public/me.jpg',
  );
  const elsewhere = { ...SITE, owner: { picture: 'https://me.example/me.jpg' } };
  expect(checkSiteConfig(elsewhere, () => false)).toEqual(elsewhere);
});

test('each colour is a property of the stylesheet, for light and for dark screens', () => {
  const stylesheet = withColours('a { color: var(--accent); }', red.colours);
  expect(stylesheet).toContain('--accent: light-dark(#aa0000, #ffbbbb);');
  expect(stylesheet).toMatch(/\}\na \{ color: var\(--accent\); \}$/);
});

test('the manifest and the icons follow the name and the colours', async () => {
  const files = await manifestAndIcons(red);
  const manifest = JSON.parse(String(files.get('manifest.webmanifest')));
  expect(manifest).toMatchObject({ name: 'Mine', theme_color: SITE.colours.page.light });
  for (const { src } of manifest.icons) expect(files.has(src.slice(1))).toBe(true);
  expect(String(files.get('icon.svg'))).toMatch(/fill:#ffbbbb.*fill="#aa0000"/);

  const pixelAt = async (name: string, left: number, top: number) => {
    const icon = sharp(files.get(name)).removeAlpha().toColourspace('srgb');
    return [...(await icon.extract({ left, top, width: 1, height: 1 }).raw().toBuffer())];
  };
  expect(await pixelAt('apple-touch-icon.png', 90, 90)).toEqual([0xaa, 0, 0]);
  expect(await pixelAt('apple-touch-icon.png', 0, 0)).toEqual([0xfd, 0xfd, 0xfb]);
});
