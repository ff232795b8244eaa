/** What stands around each page: its language, the stylesheets, the fonts that it waits for, and the script of the colours. */
import NextDocument, {
  Head,
  Html,
  Main,
  NextScript,
  type DocumentContext,
  type DocumentInitialProps,
  type DocumentProps,
} from 'next/document';
import { frameIn, type FramedProps } from '../components/frame-context';
import type { PageProps } from '../lib/content/page-props';
import { COLOUR_SCRIPT } from '../lib/site/colour-choice';
import { shownSite } from '../lib/site/shown-site';
import type { FontPart } from '../lib/site/stylesheet';

/** In development alone: posts are no modules, of whose changes Next would tell. */
const RELOAD_ON_CHANGE = `new EventSource('/api/dev-changes').onmessage = () => location.reload();`;

/** Of the site's font: next.config.js has them of components/*.css. Empty where it is the system's. */
const PARTS: FontPart[] = JSON.parse(process.env.EVERGREEN_FONT_PARTS ?? '[]');
const [upright, slanted] = [false, true].map((isItalic) =>
  PARTS.find((part) => part.isItalic === isItalic),
);
const FURTHER = PARTS.filter((part) => !part.isItalic && part !== upright).map(
  ({ path, letters }) => ({ path, letters: new RegExp(`[${letters}]`, 'u') }),
);

/** Whether a file of `pages/` is one of the console, which has its own language, stylesheet and font. */
const testOfConsole = (page: string): boolean => /^\/console(?:\/|$)/.test(page);

/** The elements that browsers slant. */
const SLANTED = /<(?:em|i|cite|dfn|var|address)[ >]/;

interface Props {
  /** The paths of the parts of the font that the page waits for: of one that comes later a line would move. */
  fonts: string[];
  /** Whether there are letters of further parts among them. */
  hasFurther: boolean;
}

export default function Document({
  __NEXT_DATA__: { props, page },
  fonts,
  hasFurther,
}: DocumentProps & Props) {
  // The page for errors of the build has no props.
  const pageProps: FramedProps & Partial<PageProps> = props.pageProps ?? {};
  const { frame, section } = frameIn(pageProps);
  const { language, direction } = shownSite(frame, section);
  const isOfPost = pageProps.body !== undefined;
  const isOfConsole = testOfConsole(page);
  const stylesheet = isOfConsole
    ? process.env.EVERGREEN_CONSOLE
    : isOfPost
      ? process.env.EVERGREEN_POSTS
      : process.env.EVERGREEN_LISTS;
  const isRightToLeft = direction === 'rtl' && !isOfConsole;
  return (
    <Html lang={isOfConsole ? 'en' : language} dir={isRightToLeft ? direction : undefined}>
      <Head>
        {fonts.map((path) => (
          <link
            key={path}
            rel="preload"
            href={path}
            as="font"
            type="font/woff2"
            crossOrigin="anonymous"
          />
        ))}
        <script dangerouslySetInnerHTML={{ __html: COLOUR_SCRIPT }} />
        {/* next.config.js makes them of components/*.css, and puts their hashes into the policy. */}
        <style dangerouslySetInnerHTML={{ __html: stylesheet ?? '' }} />
        {hasFurther && (
          <style dangerouslySetInnerHTML={{ __html: process.env.EVERGREEN_FURTHER_FONTS ?? '' }} />
        )}
        {pageProps.body?.hasBlocks && (
          <style dangerouslySetInnerHTML={{ __html: process.env.EVERGREEN_BLOCKS ?? '' }} />
        )}
      </Head>
      <body>
        <Main />
        <NextScript />
        {process.env.NODE_ENV === 'development' && (
          <script dangerouslySetInnerHTML={{ __html: RELOAD_ON_CHANGE }} />
        )}
      </body>
    </Html>
  );
}

Document.getInitialProps = async (
  context: DocumentContext,
): Promise<DocumentInitialProps & Props> => {
  const initial = await NextDocument.getInitialProps(context);
  if (testOfConsole(context.pathname)) return { ...initial, fonts: [], hasFurther: false };
  const { html } = initial;
  const further = FURTHER.filter(({ letters }) => letters.test(html));
  const parts = [upright, SLANTED.test(html) ? slanted : undefined, ...further];
  const fonts = parts.flatMap((part) => part?.path ?? []);
  return { ...initial, fonts, hasFurther: further.length > 0 };
};
