import { Head, Html, Main, NextScript, type DocumentProps } from 'next/document';
import { frameIn } from '../components/frame-context';
import { shownSite } from '../lib/site/shown-site';

/** In development alone: posts are no modules, of whose changes Next would tell. */
const RELOAD_ON_CHANGE = `new EventSource('/api/dev-changes').onmessage = () => location.reload();`;

export default function Document({ __NEXT_DATA__: { props } }: DocumentProps) {
  // The page for errors of the build has no props.
  const { language } = shownSite(frameIn(props.pageProps ?? {}));
  return (
    <Html lang={language}>
      <Head>
        {/* next.config.js makes it of components/stylesheet.css, and puts its hash into the policy. */}
        <style dangerouslySetInnerHTML={{ __html: process.env.EVERGREEN_STYLESHEET ?? '' }} />
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
