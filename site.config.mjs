/**
 * Your site: make it yours here. A build reads this file, so build again after a change; `npm run dev`
 * has to be started again. A value that cannot be used stops both, with its name.
 *
 * @satisfies {import('./lib/site/site-config').SiteConfig}
 */
const config = {
  /** At the top of each page, in titles, in the feed and on pictures of shared links. */
  name: 'Evergreen',
  /** The last line of each page. */
  tagline: 'Always static, never stale.',
  /** One or two sentences for search engines, feed readers and shared links. */
  description: 'A blog that is always static and never stale, and its own manual.',
  // The author of posts that name none, for search engines and feed readers; left out, they have none.
  // author: 'Ada Lovelace',
  // Who writes here, by their names: below their posts stands a line about them, a picture and links.
  // authors: {
  //   'Ada Lovelace': {
  //     about: 'Writes on engines that compute.',
  //     picture: '/ada.jpg',
  //     links: [{ title: 'Mastodon', href: 'https://social.example/@ada' }],
  //   },
  // },
  /** The language of the posts, by BCP 47: en, de-CH, tr. */
  language: 'en',
  // Further languages by their codes, each with pages of its own below /tr; what is left out is as above.
  // languages: {
  //   tr: { tagline: 'Hep taze.', description: 'Durağan ama bayatlamayan bir blog.' },
  // },
  /**
   * Who writes here, below the name on the home page: `about` is one sentence, by default the description,
   * and `picture` a file in `public/`, such as '/me.jpg', or an address with https.
   */
  owner: {},
  /**
   * What the text is set in: a font that the site brings along (`'own'`), the same on every system, or the
   * fonts of the reader's system (`'system'`), which need no file.
   */
  fonts: 'own',
  /**
   * Colours as #rrggbb, for light and for dark screens. The icons and pictures follow them. A build stops
   * at an accent or a text that cannot be read on what it stands on, and names a shade that can.
   */
  colours: {
    /** Links, the leaf beside the name, the icons. */
    accent: { light: '#1c6b45', dark: '#6fcf9b' },
    text: { light: '#1d231f', dark: '#dfe5e0' },
    /** What is less important: dates, captions, navigation. */
    soft: { light: '#586159', dark: '#9ba79e' },
    /** Behind everything. */
    page: { light: '#fdfdfb', dark: '#141815' },
    /** Behind code, callouts and tags. */
    raised: { light: '#f1f4ef', dark: '#1d231f' },
    line: { light: '#d9dfd8', dark: '#323b34' },
    /** Behind words that a search found. */
    mark: { light: '#fbe9a6', dark: '#5a4a0c' },
  },
  /** The links beside the name; paths of this site or addresses elsewhere. */
  navigation: [
    { title: 'Topics', href: '/topics' },
    { title: 'Search', href: '/search' },
  ],
  /** Links at the foot of each page, such as { title: 'About', href: '/about' }. */
  footer: [],
  /**
   * Your pages elsewhere, such as { title: 'Mastodon', href: 'https://social.example/@you' } or the address
   * alone: the home page links to them by rel=me.
   */
  profiles: [],
  /**
   * What you take from elsewhere, each for exactly its origins: `analytics` and `comments` are scripts with
   * `attributes`, and what they `connect` to and whose `frames` and `styles` they add; `newsletter` is the address
   * that takes the form below posts. For example
   * analytics: { script: 'https://plausible.io/js/script.js', attributes: { 'data-domain': 'blog.example' }, connect: ['https://plausible.io'] },
   * newsletter: { action: 'https://buttondown.com/api/emails/embed-subscribe/you' }.
   */
  hooks: {},
  /** What comes from a WordPress, if the site has one. */
  wordpress: {
    /**
     * Where its posts stand: at `/blog/<slug>` (`'blog'`), or where they stand in WordPress (`'permalinks'`),
     * unless its permalinks are plain. Their other addresses lead there.
     */
    posts: 'blog',
    /**
     * Whose name, tagline, icon, language, date format and navigation count: those of WordPress
     * (`'wordpress'`) or those of this file (`'config'`).
     */
    identity: 'wordpress',
  },
};

export default config;
