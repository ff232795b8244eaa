import { Head, Html, Main, NextScript } from 'next/document';
import { STYLESHEET } from '../components/stylesheet';

export default function Document() {
  return (
    <Html lang="en">
      <Head>
        {/* In the page, so that it needs no second request. */}
        <style dangerouslySetInnerHTML={{ __html: STYLESHEET }} />
      </Head>
      <body>
        <Main />
        <NextScript />
      </body>
    </Html>
  );
}
