/**
 * The values that Next hands to the page store and takes from it: pages, and redirects.
 *
 * Of a redirect Next passes on only the target and the status, so its revision and its dependencies are
 * computed from those, as the site computes them: `__tests__/slow/redirects.test.ts`.
 */
import { dependenciesOf, type Dependencies } from '../site/dependencies';
import { revisionOf } from '../site/page';
import { redirectTo } from '../site/entries';
import type { View } from '../site/views';

/** What a stored value holds of its page. */
export interface StoredProps {
  view?: View;
  revision?: string;
  dependencies?: Dependencies;
}

/** A page that was rendered. */
export interface PageValue {
  kind: 'PAGES';
  html: string;
  headers?: unknown;
  status?: number;
  pageData: { pageProps?: StoredProps };
}

/** A redirect, as Next names its target and its status. */
export interface RedirectValue {
  kind: 'REDIRECT';
  props: { pageProps: StoredProps & { __N_REDIRECT: string; __N_REDIRECT_STATUS: number } };
}

/** What Next gives to `set` and takes from `get`. */
export type Value = PageValue | RedirectValue;

/** What a value holds of its page. */
export const propsOf = (value: Value | null | undefined): StoredProps | undefined =>
  value?.kind === 'REDIRECT' ? value.props.pageProps : value?.pageData.pageProps;

/** About how many characters of memory a value takes. */
export const sizeOf = (value: Value): number =>
  // HTML and data hold about the same text.
  value.kind === 'PAGES' ? 2 * value.html.length : 0;

/** A redirect with its revision and its dependencies. */
export function withRevision(path: string, { kind, props }: RedirectValue): RedirectValue {
  const { __N_REDIRECT: to, __N_REDIRECT_STATUS: status } = props.pageProps;
  const view = redirectTo(to, status === 301 ? 301 : 308);
  const revision = revisionOf(view);
  // Of the address only the path counts.
  const dependencies = dependenciesOf(`http://n${path}`, view);
  return { kind, props: { ...props, pageProps: { ...props.pageProps, revision, dependencies } } };
}
