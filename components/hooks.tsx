/** What the owner takes from elsewhere, where `site.config.mjs` names it: nothing by default. */
import type { Hooks, NewsletterHook } from '../lib/site/hooks';
import { SITE } from '../lib/site/site-config';
import { useWords } from './frame-context';

const OWN: Hooks = SITE.hooks ?? {};

/** True if a script may add frames, which pages close otherwise. */
export const HOOKS_HAVE_FRAMES = [OWN.analytics, OWN.comments].some((hook) => hook?.frames?.length);

/** In the head of each page; a function and no component, since `next/head` looks at elements. */
export const analyticsScript = ({ analytics } = OWN) =>
  analytics && <script key="analytics" defer src={analytics.script} {...analytics.attributes} />;

/** Below a post. */
export function PostHooks({ hooks: { comments, newsletter } = OWN }: { hooks?: Hooks }) {
  return (
    <>
      {newsletter && <Newsletter {...newsletter} />}
      {comments && (
        <section className="comments">
          {/* Not async: React would move it into the head, and it writes where it stands. */}
          <script defer src={comments.script} {...comments.attributes} />
        </section>
      )}
    </>
  );
}

function Newsletter({ action, field = 'email' }: NewsletterHook) {
  const words = useWords();
  return (
    <form className="newsletter" method="post" action={action}>
      <label htmlFor="page.newsletter">
        {words.newsletter}: {words.emailAddress}
      </label>
      <input type="email" id="page.newsletter" name={field} autoComplete="email" required />
      <button type="submit">{words.subscribe}</button>
    </form>
  );
}
