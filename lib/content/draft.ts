/**
 * The site as it would be with a draft published, for previews.
 */
import { loadDraft } from '../source/wordpress/draft';
import type { Environment } from '../config';
import { siteOf } from '../site/site';
import { SITE } from '../site/site-config';
import { pathOfPost } from '../site/paths';
import type { DraftId } from '../source/draft-id';
import type { Snapshot, Snapshots } from './snapshots';

/**
 * The newest snapshot as it would be with a draft published, now or when it is scheduled, and the draft's
 * path there. Throws if drafts cannot be read, and says what to do.
 */
export async function snapshotWithDraft(
  draft: DraftId,
  snapshots: Snapshots,
  { wordpressUrl, wordpressLogin, wordpressBasicAuth, siteUrl }: Environment,
  nowMs: number,
): Promise<{ snapshot: Snapshot; path: string }> {
  if (wordpressUrl === undefined || !wordpressLogin) {
    throw new Error(
      'set WORDPRESS_URL, WORDPRESS_USER and WORDPRESS_APP_PASSWORD, and start the site again',
    );
  }
  const snapshot = await snapshots.current();
  const { loaded, posts } = snapshots.sources;
  const wordpress = loaded?.wordpress;
  if (!wordpress) throw new Error('WordPress has not been read yet');
  const access = { login: wordpressLogin, basicAuth: wordpressBasicAuth };
  const postsAt = SITE.wordpress?.posts;
  const post = await loadDraft(wordpressUrl, access, wordpress.library, draft, postsAt);
  const path = pathOfPost(post);
  const published = wordpress.postsById.get(draft.id);
  const others = posts.filter((other) => other !== published && pathOfPost(other) !== path);
  const atMs = Math.max(nowMs, Date.parse(post.date));
  const site = siteOf([...others, post], atMs, siteUrl, snapshot.site, snapshot.site.facts);
  return { snapshot: { ...snapshot, site, problemAt: new Map(), unchecked: new Map() }, path };
}
