import { Head, Html, Main, NextScript, type DocumentProps } from 'next/document';
import { frameIn, type FramedProps } from '../components/frame-context';
import type { PageProps } from '../lib/content/page-props';
import { COLOUR_SCRIPT } from '../lib/site/colour-choice';
import { shownSite } from '../lib/site/shown-site';

/** In development alone: posts are no modules, of whose changes Next would tell. */
const RELOAD_ON_CHANGE = `new EventSource('/api/dev-changes').onmessage = () => location.reload();`;

export default function Document({ __NEXT_DATA__: { props } }: DocumentProps) {
  // The page for errors of the build has no props.
  const pageProps: FramedProps & Partial<PageProps> = props.pageProps ?? {};
  const { frame, section } = frameIn(pageProps);
  const { language, direction } = shownSite(frame, section);
  return (
    <Html lang={language} dir={direction === 'rtl' ? direction : undefined}>
      <Head>
        {process.env.EVERGREEN_FONT && (
          <link
            rel="preload"
            href={process.env.EVERGREEN_FONT}
            as="font"
            type="font/woff2"
            crossOrigin="anonymous"
          />
        )}
        <script dangerouslySetInnerHTML={{ __html: COLOUR_SCRIPT }} />
        {/* next.config.js makes them of components/*.css, and puts their hashes into the policy. */}
        <style dangerouslySetInnerHTML={{ __html: process.env.EVERGREEN_STYLESHEET ?? '' }} />
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
