/** The frame of every page: head, header, main, footer. */
import Head from 'next/head';
import { useRouter } from 'next/router';
import type { ReactNode } from 'react';
import { EMBED_ELEMENT } from '../lib/body/embeds';
import { imagePath, IMAGE_SIZE, type SharedPicture } from '../lib/readers/open-graph-image';
import type { Frame } from '../lib/site/facts';
import { FEEDS } from '../lib/site/feeds';
import { COLOUR_CHOICES, COLOUR_INPUT } from '../lib/site/colour-choice';
import { SITE } from '../lib/site/site-config';
import type { ShownSite } from '../lib/site/shown-site';
import type { Translation } from '../lib/site/views';
import type { Seo } from '../lib/source/post';
import { useFrame, useSite } from './frame-context';
import { analyticsScript, HOOKS_HAVE_FRAMES } from './hooks';
import { Navigation } from './navigation';

interface LayoutProps {
  title: string;
  description?: string;
  /** Its address; absent on pages that are nothing to be found. */
  url?: string;
  /** The address under which search engines are to know it, where that is another one. */
  canonical?: string;
  /** The feed of just what the page lists. */
  feed?: string;
  /** The picture that stands by a shared link; left out: the site's own. */
  image?: SharedPicture;
  /** What search engines and social sites are told instead. */
  seo?: Seo;
  /** The page itself and the same in other languages; none where it is alone. */
  translations?: readonly Translation[];
  /** Custom elements that the page uses, each a module of that name in `public/elements/`. */
  elements?: string[];
  children: ReactNode;
}

export function Layout({
  title,
  description,
  url,
  canonical = url,
  feed,
  image,
  seo = {},
  translations = [],
  elements = [],
  children,
}: LayoutProps) {
  const { isPreview, asPath } = useRouter();
  const frame = useFrame();
  const site = useSite();
  const { name, tagline, prefix, icon, navigation, hasMenu, footer, newest, words } = site;
  const home = prefix || '/';
  const about = seo.description ?? description ?? site.description;
  const isFound = canonical !== undefined && !isPreview && !seo.noindex;
  const robots = [...(isFound ? [] : ['noindex']), ...(seo.nofollow ? ['nofollow'] : [])];
  const picture = url && (image ?? drawnOf(frame, title, url));
  return (
    <>
      <Head>
        <title>{seo.title ?? (title === name ? title : `${title} · ${name}`)}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="description" content={about} />
        {isFound && <link rel="canonical" href={canonical} />}
        {robots.length > 0 && <meta name="robots" content={robots.join(', ')} />}
        {url && picture && (
          <>
            <meta property="og:site_name" content={name} />
            <meta property="og:type" content={image ? 'article' : 'website'} />
            <meta property="og:title" content={seo.social?.title ?? title} />
            <meta property="og:description" content={seo.social?.description ?? about} />
            <meta property="og:url" content={url} />
            <meta property="og:image" content={picture.src} />
            {picture.width !== undefined && (
              <meta property="og:image:width" content={String(picture.width)} />
            )}
            {picture.height !== undefined && (
              <meta property="og:image:height" content={String(picture.height)} />
            )}
            <meta property="og:image:alt" content={picture.alt} />
            <meta name="twitter:card" content="summary_large_image" />
          </>
        )}
        {url &&
          alternatesOf(site, url, translations).map(([language, href]) => (
            <link key={language} rel="alternate" hrefLang={language} href={href} />
          ))}
        {/* First: some readers take the first that they find. */}
        {feed !== undefined && (
          <link rel="alternate" type={FEEDS.rss.type} title={`${title} · ${name}`} href={feed} />
        )}
        {Object.values(FEEDS).map(({ path, type, name: format }) => (
          <link
            key={path}
            rel="alternate"
            type={type}
            title={type === FEEDS.rss.type ? name : `${name} (${format})`}
            href={prefix + path}
          />
        ))}
        {icon === undefined ? (
          <>
            <link rel="icon" href="/favicon.ico" sizes="32x32" />
            <link rel="icon" href="/icon.svg" type="image/svg+xml" />
            <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
          </>
        ) : (
          <>
            <link rel="icon" href={icon} />
            <link rel="apple-touch-icon" href={icon} />
          </>
        )}
        <link rel="manifest" href="/manifest.webmanifest" />
        {!elements.includes(EMBED_ELEMENT) && !HOOKS_HAVE_FRAMES && (
          // The header allows the frames of all embeds: it is one for all pages.
          <meta httpEquiv="Content-Security-Policy" content="frame-src 'none'" />
        )}
        {elements.map((name) => (
          <script key={name} type="module" async src={`/elements/${name}.js`} />
        ))}
        {!isPreview && analyticsScript()}
      </Head>
      {/* Our ids hold a dot, which the ids that headings get of their text never do. */}
      <a className="skip" href="#page.text">
        {words.skipToText}
      </a>
      <header className="site">
        {/* Plain anchors on every page: without JavaScript, next/link does nothing more. */}
        <a href={home} className="name">
          {icon !== undefined && <Icon src={icon} />}
          {name}
        </a>
        <Navigation items={navigation} here={url && new URL(url).pathname} />
        <Languages site={site} translations={translations} />
      </header>
      {isPreview && (
        <p className="preview">
          {words.thisIsAPreview}{' '}
          <a href={`/api/preview?leave=${encodeURIComponent(asPath.replace(/[?#].*$/, ''))}`}>
            {words.leaveThePreview}
          </a>
        </p>
      )}
      <main id="page.text">{children}</main>
      <footer className="site">
        <nav aria-label={words.footerNavigation}>
          {newest !== undefined && newest !== home && <a href={newest}>{words.newestPosts}</a>}
          <a href={`${prefix}/archive`}>{words.archive}</a>
          {[...(hasMenu ? SITE.navigation : []), ...footer].map(({ title, href }, index) => (
            <a key={index} href={href}>
              {title}
            </a>
          ))}
          <a href={prefix + FEEDS.rss.path}>{words.feed}</a>
        </nav>
        <ColourChoice />
        {tagline !== '' && <p>{tagline}</p>}
      </footer>
    </>
  );
}

/** The site's own picture. */
const drawnOf = (site: Frame | undefined, alt: string, url: string): SharedPicture => ({
  src: new URL(imagePath({ site }), url).href,
  alt,
  ...IMAGE_SIZE,
});

/** In place of the leaf. Browsers fetch it for their tabs, too. */
function Icon({ src }: { src: string }) {
  // As it is: next/image would write a style attribute, which the site's policy forbids. An eager one
  // would be preloaded before anything else.
  // eslint-disable-next-line @next/next/no-img-element
  return <img src={src} alt="" width={20} height={20} loading="lazy" />;
}

/** Shown by the script that keeps what is chosen: see `lib/site/colour-choice.ts`. */
function ColourChoice() {
  const { words } = useSite();
  return (
    <fieldset className="colours">
      <legend>{words.colours}</legend>
      {COLOUR_CHOICES.map((choice) => (
        <label key={choice}>
          <input
            type="radio"
            name={COLOUR_INPUT}
            value={choice}
            defaultChecked={choice === 'system'}
          />
          {words[choice]}
        </label>
      ))}
    </fieldset>
  );
}

/** To this page in other languages, or to their home pages. */
function Languages({
  site: { language: own, languages, words },
  translations,
}: {
  site: ShownSite;
  translations: readonly Translation[];
}) {
  const others = languages.filter(({ language }) => language !== own);
  if (others.length === 0) return null;
  return (
    <nav aria-label={words.languages}>
      {others.map(({ language, name, path }) => {
        const translation = translations.find((one) => one.language === language);
        return (
          <a key={language} href={translation?.path ?? path} lang={language} hrefLang={language}>
            {name}
          </a>
        );
      })}
    </nav>
  );
}

/** What search engines are told of a page that there is in several languages: all of them, itself included. */
function alternatesOf(
  { languages }: ShownSite,
  url: string,
  translations: readonly Translation[],
): [language: string, address: string][] {
  const all = translations.map(({ language, path }): [string, string] => [
    language,
    new URL(path, url).href,
  ]);
  // For readers of any other language: that of the site.
  const own = languages[0]?.language;
  const fallback = (all.find(([language]) => language === own) ?? all[0])?.[1];
  return fallback === undefined ? [] : [...all, ['x-default', fallback]];
}
