import { Head, Html, Main, NextScript } from 'next/document';
import { SITE } from '../lib/site/site-config';

export default function Document() {
  return (
    <Html lang={SITE.language}>
      <Head>
        {/* next.config.js makes it of components/stylesheet.css, and puts its hash into the policy. */}
        <style dangerouslySetInnerHTML={{ __html: process.env.EVERGREEN_STYLESHEET ?? '' }} />
      </Head>
      <body>
        <Main />
        <NextScript />
      </body>
    </Html>
  );
}
