/** In place of `site.config.mjs`: the site of the tests in English, with Turkish below `/tr`. */
import type { SiteConfig } from '../../lib/site/site-config';

const { default: own } = jest.requireActual<{ default: SiteConfig }>('./site.config.mjs');

const config: SiteConfig = {
  ...own,
  name: 'Apples',
  language: 'en',
  languages: { tr: { name: 'Elmalar', tagline: 'Meyve', description: 'Elma üzerine.' } },
};

export default config;
