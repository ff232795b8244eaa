/**
 * The values that Next hands to the page store and takes from it: pages, and redirects.
 *
 * Of a redirect Next passes on only the target and the status, so its revision and its dependencies are
 * computed here: as `lib/site` computes them from the view of kind `redirect`. If one of the two is
 * changed, no redirect is stored any more, and `__tests__/server/redirects.test.ts` fails.
 */
import { createHash } from 'node:crypto';

/**
 * @typedef {{ view?: import('../site/views').View, revision?: string, shows?: Record<string, string> }}
 *   Props What a stored value holds of its page.
 * @typedef {{ kind: 'PAGES', html: string, headers?: unknown, status?: number,
 *   pageData: { pageProps?: Props } }} PageValue
 * @typedef {{ kind: 'REDIRECT', props: { pageProps: Props & { __N_REDIRECT: string,
 *   __N_REDIRECT_STATUS: number } } }} RedirectValue
 */

/** The status of a redirect that may be remembered: `permanent: true` in getStaticProps. */
const PERMANENT = 308;

/**
 * What a value holds of its page.
 * @param {PageValue | RedirectValue | null | undefined} value
 * @returns {Props | undefined}
 */
export function propsOf(value) {
  return value?.kind === 'REDIRECT' ? value.props.pageProps : value?.pageData.pageProps;
}

/**
 * A redirect with its revision and its dependencies.
 * @param {string} path
 * @param {RedirectValue} value
 * @returns {RedirectValue}
 */
export function withRevision(path, { kind, props }) {
  const { __N_REDIRECT: to, __N_REDIRECT_STATUS: status } = props.pageProps;
  const view = JSON.stringify({ kind: 'redirect', to, permanent: status === PERMANENT });
  const revision = createHash('sha256').update(view).digest('hex').slice(0, 32);
  const shows = { [`redirect:${path}`]: revision.slice(0, 8) };
  return { kind, props: { ...props, pageProps: { ...props.pageProps, revision, shows } } };
}
