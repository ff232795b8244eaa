/** The frame of every page of the console: head, navigation, main. */
import Head from 'next/head';
import type { ReactNode } from 'react';
import { SITE } from '../../lib/site/site-config';

interface ConsoleLayoutProps {
  title: string;
  active: 'now' | 'purges' | 'page' | 'purge';
  /** Of the session: what each form carries. */
  formToken: string;
  /** Custom elements that the page uses, each a module of that name in `public/elements/`. */
  elements?: string[];
  children: ReactNode;
}

const PAGES = [
  ['now', '/console', 'Now'],
  ['purges', '/console/purges', 'Purges'],
  ['page', '/console/page', 'One page'],
  ['purge', '/console/purge', 'Purge'],
] as const;

export function ConsoleLayout({
  title,
  active,
  formToken,
  elements = [],
  children,
}: ConsoleLayoutProps) {
  return (
    <>
      <ConsoleHead title={title} elements={elements} />
      <a className="skip" href="#main">
        Skip to the text
      </a>
      <header>
        <a href="/" className="name" title="To the site">
          {SITE.name}
        </a>
        <nav aria-label="Console">
          {PAGES.map(([name, href, label]) => (
            <a key={name} href={href} aria-current={name === active ? 'page' : undefined}>
              {label}
            </a>
          ))}
        </nav>
        <ConsoleForm action="sign-out" token={formToken}>
          <button className="quiet">Sign out</button>
        </ConsoleForm>
      </header>
      <main id="main" tabIndex={-1}>
        <h1>{title}</h1>
        {children}
      </main>
    </>
  );
}

/** A form of the console: what it does, and its token, go to the API route. */
export function ConsoleForm({
  action,
  token,
  className,
  children,
}: {
  action: string;
  /** Of the session; only signing in has none yet. */
  token?: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <form method="post" action="/api/console" className={className}>
      <input type="hidden" name="action" value={action} />
      {token !== undefined && <input type="hidden" name="token" value={token} />}
      {children}
    </form>
  );
}

/** The head of a page of the console. */
export function ConsoleHead({ title, elements = [] }: { title: string; elements?: string[] }) {
  return (
    <Head>
      <title>{`${title} · Console · ${SITE.name}`}</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="robots" content="noindex" />
      <link rel="icon" href="/favicon.ico" sizes="32x32" />
      <link rel="icon" href="/icon.svg" type="image/svg+xml" />
      {elements.map((name) => (
        <script key={name} type="module" async src={`/elements/${name}.js`} />
      ))}
    </Head>
  );
}
