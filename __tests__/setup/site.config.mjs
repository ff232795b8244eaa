/**
 * The site of the tests, whatever the owner made of `site.config.mjs`.
 *
 * @satisfies {import('../../lib/site/site-config').SiteConfig}
 */
const config = {
  name: 'Evergreen',
  tagline: 'Always static, never stale.',
  description: 'A blog that is always static and never stale, and its own manual.',
  language: 'en',
  colours: {
    accent: { light: '#1c6b45', dark: '#6fcf9b' },
    text: { light: '#1d231f', dark: '#dfe5e0' },
    soft: { light: '#586159', dark: '#9ba79e' },
    page: { light: '#fdfdfb', dark: '#141815' },
    raised: { light: '#f1f4ef', dark: '#1d231f' },
    line: { light: '#d9dfd8', dark: '#323b34' },
    mark: { light: '#fbe9a6', dark: '#5a4a0c' },
  },
  navigation: [
    { title: 'Topics', href: '/topics' },
    { title: 'Search', href: '/search' },
  ],
  profiles: [],
};

export default config;
