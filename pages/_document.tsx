import { Head, Html, Main, NextScript } from 'next/document';

export default function Document() {
  return (
    <Html lang="en">
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
