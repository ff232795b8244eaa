/**
 * Pages of other sites that bodies may embed. They are shown as a link, and loaded when the reader asks
 * for it, so that nobody else learns of our readers before. One table: for Markdown, MDX, WordPress and
 * the site's policy, which next.config.js makes of it. Pure, and with imports of types alone for that reason.
 */
import type { Words } from '../site/words/words';

/** What is embedded, and how. */
export interface Embed {
  /** The address that the frame loads. */
  frame: string;
  /** The page to which the link leads. */
  page: string;
  /** Whose it is, as readers know it. */
  site: string;
  /** What readers do with it there. */
  verb: 'watchOn' | 'listenOn' | 'openOn' | 'seeOn';
  /** The form of its box: a class of the stylesheet. */
  form: 'video' | 'audio' | 'post';
}

interface Kind {
  site: string;
  verb: Embed['verb'];
  form: Embed['form'];
  /** The address of the frame, as it is written, with what tells one from another. */
  frame: RegExp;
  /** The address of the frame, as it is loaded, and that of the page. */
  addresses: (...parts: string[]) => [frame: string, page: string];
}

const KINDS: Kind[] = [
  {
    site: 'YouTube',
    verb: 'watchOn',
    form: 'video',
    frame:
      /^https:\/\/(?:www\.)?youtube(?:-nocookie)?\.com\/(?:embed|v)\/(?!videoseries)([\w-]{5,20})(?:[?&#].*)?$/,
    addresses: (id = '') => [
      `https://www.youtube-nocookie.com/embed/${id}`,
      `https://www.youtube.com/watch?v=${id}`,
    ],
  },
  {
    site: 'YouTube',
    verb: 'watchOn',
    form: 'video',
    frame:
      /^https:\/\/(?:www\.)?youtube(?:-nocookie)?\.com\/embed\/videoseries\?(?:[^#]*&)?list=([\w-]{5,60})(?:[&#].*)?$/,
    addresses: (list = '') => [
      `https://www.youtube-nocookie.com/embed/videoseries?list=${list}`,
      `https://www.youtube.com/playlist?list=${list}`,
    ],
  },
  {
    site: 'Vimeo',
    verb: 'watchOn',
    form: 'video',
    frame: /^https:\/\/player\.vimeo\.com\/video\/(\d{1,15})(?:[?#].*)?$/,
    addresses: (id = '') => [
      `https://player.vimeo.com/video/${id}?dnt=1`,
      `https://vimeo.com/${id}`,
    ],
  },
  {
    site: 'Spotify',
    verb: 'listenOn',
    form: 'audio',
    frame:
      /^https:\/\/open\.spotify\.com\/embed\/(track|album|playlist|artist|episode|show)\/(\w{10,40})(?:[?#].*)?$/,
    addresses: (what = '', id = '') => [
      `https://open.spotify.com/embed/${what}/${id}`,
      `https://open.spotify.com/${what}/${id}`,
    ],
  },
  {
    site: 'SoundCloud',
    verb: 'listenOn',
    form: 'audio',
    frame:
      /^https:\/\/w\.soundcloud\.com\/player\/\?(?:[^#]*&)?url=(https?(?:%3A|:)(?:%2F|\/){2}(?:api\.)?soundcloud\.com(?:[\w./:-]|%2F|%3A)+)(?:[&#?].*)?$/i,
    addresses: (url = '') => [
      `https://w.soundcloud.com/player/?url=${url}`,
      decodeURIComponent(url).replace(/^http:/i, 'https:'),
    ],
  },
  {
    site: 'CodePen',
    verb: 'openOn',
    form: 'video',
    frame:
      /^https:\/\/codepen\.io\/([\w-]{1,60})\/embed\/(?:preview\/)?([A-Za-z]{3,40})\/?(?:[?#].*)?$/,
    addresses: (user = '', id = '') => [
      `https://codepen.io/${user}/embed/${id}?default-tab=result`,
      `https://codepen.io/${user}/pen/${id}`,
    ],
  },
  {
    site: 'CodeSandbox',
    verb: 'openOn',
    form: 'video',
    frame: /^https:\/\/codesandbox\.io\/embed\/([\w-]{3,120})\/?(?:[?#].*)?$/,
    addresses: (id = '') => [
      `https://codesandbox.io/embed/${id}`,
      `https://codesandbox.io/s/${id}`,
    ],
  },
  {
    site: 'X',
    verb: 'seeOn',
    form: 'post',
    frame:
      /^https:\/\/platform\.(?:twitter|x)\.com\/embed\/(?:Tweet|index)\.html\?(?:[^#]*&)?id=(\d{1,25})(?:[&#].*)?$/,
    addresses: (id = '') => [
      `https://platform.twitter.com/embed/Tweet.html?id=${id}&dnt=true`,
      `https://x.com/i/status/${id}`,
    ],
  },
  {
    site: 'Instagram',
    verb: 'seeOn',
    form: 'post',
    frame:
      /^https:\/\/(?:www\.)?instagram\.com\/(p|reel|tv)\/([\w-]{5,40})\/embed(?:\/captioned)?\/?(?:[?#].*)?$/,
    addresses: (what = '', id = '') => [
      `https://www.instagram.com/${what}/${id}/embed/`,
      `https://www.instagram.com/${what}/${id}/`,
    ],
  },
  {
    site: 'Bluesky',
    verb: 'seeOn',
    form: 'post',
    frame:
      /^https:\/\/embed\.bsky\.app\/embed\/(did:[a-z]+:[\w.]{5,60})\/app\.bsky\.feed\.post\/(\w{5,20})(?:[?#].*)?$/,
    addresses: (user = '', id = '') => [
      `https://embed.bsky.app/embed/${user}/app.bsky.feed.post/${id}`,
      `https://bsky.app/profile/${user}/post/${id}`,
    ],
  },
  // Each server of Mastodon is a site of its own, and the policy names sites: the largest ones.
  ...['mastodon.social', 'mastodon.online', 'fosstodon.org', 'hachyderm.io', 'mas.to'].map(
    (server): Kind => ({
      site: 'Mastodon',
      verb: 'seeOn',
      form: 'post',
      frame: new RegExp(
        String.raw`^https://${server.replace('.', '\\.')}/@([\w.-]{1,60}(?:@[\w.-]{1,60})?)/(\d{5,25})/embed/?(?:[?#].*)?$`,
      ),
      addresses: (user = '', id = '') => [
        `https://${server}/@${user}/${id}/embed`,
        `https://${server}/@${user}/${id}`,
      ],
    }),
  ),
];

/** The origins that the table's frames are loaded from. */
export const FRAME_ORIGINS = [
  'https://www.youtube-nocookie.com',
  'https://player.vimeo.com',
  'https://open.spotify.com',
  'https://w.soundcloud.com',
  'https://codepen.io',
  'https://codesandbox.io',
  'https://platform.twitter.com',
  'https://www.instagram.com',
  'https://embed.bsky.app',
  'https://mastodon.social',
  'https://mastodon.online',
  'https://fosstodon.org',
  'https://hachyderm.io',
  'https://mas.to',
] as const;

/** The custom element that loads a frame, and that pages without one know nothing of. */
export const EMBED_ELEMENT = 'embed-frame';

/** An address of a frame with its scheme: pages leave it out, or are older than TLS everywhere. */
export const wholeFrame = (src: string): string =>
  src.trim().replace(/^(?:http:)?\/\//i, 'https://');

/** What the frame of an address shows; undefined if it is none of the table. */
export function embedOf(src: string): Embed | undefined {
  const address = wholeFrame(src);
  if (address.length > 2000) return undefined;
  for (const { site, verb, form, frame, addresses } of KINDS) {
    const parts = frame.exec(address)?.slice(1);
    if (!parts) continue;
    try {
      const [loaded, page] = addresses(...parts);
      return { site, verb, form, frame: loaded, page };
    } catch {
      // Broken percent-encoding.
      return undefined;
    }
  }
}

/** Pages that people link to, and the address of the frame that shows each. */
const PAGES: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [
    /^https:\/\/(?:(?:www|m)\.)?youtube\.com\/(?:watch\?(?:[^#]*&)?v=|shorts\/|live\/)([\w-]{5,20})(?:[?&#].*)?$/,
    (id = '') => `https://www.youtube.com/embed/${id}`,
  ],
  [
    /^https:\/\/youtu\.be\/([\w-]{5,20})(?:[?&#].*)?$/,
    (id = '') => `https://www.youtube.com/embed/${id}`,
  ],
  [
    /^https:\/\/(?:www\.)?youtube\.com\/playlist\?(?:[^#]*&)?list=([\w-]{5,60})(?:[&#].*)?$/,
    (list = '') => `https://www.youtube.com/embed/videoseries?list=${list}`,
  ],
  [
    /^https:\/\/(?:www\.)?vimeo\.com\/(\d{1,15})(?:[?#].*)?$/,
    (id = '') => `https://player.vimeo.com/video/${id}`,
  ],
  [
    /^https:\/\/open\.spotify\.com\/(?:intl-\w+\/)?(track|album|playlist|artist|episode|show)\/(\w{10,40})(?:[?#].*)?$/,
    (what = '', id = '') => `https://open.spotify.com/embed/${what}/${id}`,
  ],
  [
    /^(https:\/\/soundcloud\.com\/[\w-]+\/(?:sets\/)?[\w-]+)(?:[?#].*)?$/,
    (page = '') => `https://w.soundcloud.com/player/?url=${encodeURIComponent(page)}`,
  ],
  [
    /^https:\/\/codepen\.io\/([\w-]{1,60})\/pen\/([A-Za-z]{3,40})\/?(?:[?#].*)?$/,
    (user = '', id = '') => `https://codepen.io/${user}/embed/${id}`,
  ],
  [
    /^https:\/\/(?:(?:www|mobile)\.)?(?:twitter|x)\.com\/\w{1,40}\/status(?:es)?\/(\d{1,25})(?:[/?#].*)?$/,
    (id = '') => `https://platform.twitter.com/embed/Tweet.html?id=${id}`,
  ],
  [
    /^https:\/\/(?:www\.)?instagram\.com\/(?:[\w.]+\/)?(p|reel|tv)\/([\w-]{5,40})\/?(?:[?#].*)?$/,
    (what = '', id = '') => `https://www.instagram.com/${what}/${id}/embed/`,
  ],
  // Of a server that the table above has.
  [/^(https:\/\/[\w.]+\/@[\w.@-]{1,120}\/\d{5,25})\/?$/, (page = '') => `${page}/embed`],
];

/** The address of the frame that shows a page; undefined if the table has none. */
export function frameOfPage(href: string): string | undefined {
  const address = wholeFrame(href);
  if (address.length > 2000) return undefined;
  for (const [page, frameOf] of PAGES) {
    const parts = page.exec(address)?.slice(1);
    const frame = parts && frameOf(...parts);
    if (frame !== undefined && embedOf(frame)) return frame;
  }
  return undefined;
}

/** What the link of an embed says; `title` is that of the frame, if it has one. */
export function embedLabel(
  { site, verb }: Embed,
  title: string,
  words: Pick<Words, Embed['verb']>,
): string {
  const named = title.trim();
  // What these sites write there by themselves.
  const says = /^(?:(?:youtube|vimeo)[ -]video[ -]player)?$/i.test(named) ? '' : `: ${named}`;
  return `${words[verb](site)}${says}`;
}

/** The link that stands for a frame that may not be embedded; undefined for an address that leads nowhere. */
export function linkOfFrame(src: string): { href: string; text: string } | undefined {
  const href = wholeFrame(src);
  if (!/^https?:\/\//i.test(href) || !URL.canParse(href)) return undefined;
  return { href, text: new URL(href).host };
}
