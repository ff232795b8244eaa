/** The frame of every page: head, header, main, footer. */
import Head from 'next/head';
import type { ReactNode } from 'react';
import { SITE_NAME } from '../lib/site-name';

interface LayoutProps {
  title: string;
  description?: string;
  /** Canonical address; absent on error pages. */
  url?: string;
  children: ReactNode;
}

export function Layout({ title, description, url, children }: LayoutProps) {
  return (
    <>
      <Head>
        <title>{title === SITE_NAME ? title : `${title} · ${SITE_NAME}`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        {description && <meta name="description" content={description} />}
        {url && <link rel="canonical" href={url} />}
        <link rel="alternate" type="application/rss+xml" title={SITE_NAME} href="/feed.xml" />
      </Head>
      <a className="skip" href="#main">
        Skip to the text
      </a>
      <header className="site">
        {/* Plain anchors on every page: without JavaScript, next/link does nothing more. */}
        <a href="/" className="name">
          {SITE_NAME}
        </a>
      </header>
      <main id="main">{children}</main>
      <footer className="site">
        <p>
          Always static, never stale. <a href="/">Newest posts</a> · <a href="/feed.xml">Feed</a>
        </p>
      </footer>
    </>
  );
}
