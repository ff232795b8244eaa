/** Checks of where posts come from: the folder, and WordPress. */
import { countOf } from '../../count-of';
import { loadPostsFolder } from '../../source/posts-folder';
import { checkWordPress, type Finding } from '../../source/wordpress/check';
import { ok, skipped, warning, wrong, type Found, type SiteCheck } from './check';

/** A folder of 10,000 posts takes seconds, and nothing is wrong with it. */
const FOLDER_MS = 60_000;

/** How many posts there are, and how many cannot be used. */
export interface CountedPosts {
  posts: number;
  problems: number;
}

/** The check of the posts that this process has read, or else of the folder, which it reads as a build does. */
export const postsCheck = (own?: CountedPosts): SiteCheck => ({
  name: 'posts',
  limitMs: FOLDER_MS,
  look: async ({ postsDir }) => {
    if (own) return foundOfPosts('the sources', own);
    if (postsDir === undefined) return skipped('No posts folder is a source.');
    try {
      const { posts, problems } = await loadPostsFolder(postsDir);
      const drafts = posts.filter(({ draft }) => draft).length;
      return foundOfPosts(postsDir, { posts: posts.length - drafts, problems: problems.length });
    } catch (error) {
      const advice = 'Set POSTS_DIR to the folder of the posts, and let the site read it.';
      return wrong(`The posts folder ${postsDir} cannot be read (${codeIn(error)}).`, advice);
    }
  },
});

/** What there is to say of the posts of a place. */
export function foundOfPosts(where: string, { posts, problems }: CountedPosts): Found {
  const read = `${countOf(posts, 'post')} can be read in ${where}`;
  if (problems > 0) {
    return warning(
      `${read}, and ${countOf(problems, 'other')} cannot.`,
      'npm run check:posts says what is wrong with each.',
    );
  }
  return posts > 0
    ? ok(`${read}.`)
    : warning(`${read}.`, 'npm run new "Title" begins one; POSTS_DIR names another folder.');
}

export const wordPressCheck: SiteCheck = {
  name: 'wordpress',
  look: async (settings) => {
    const { wordpressUrl } = settings;
    if (wordpressUrl === undefined) return skipped('No WordPress is a source.');
    return (await checkWordPress(settings, undefined, [])).map(foundOfFinding);
  },
};

/** A note is about something that works. */
const foundOfFinding = ({ state, message }: Finding): Found =>
  state === 'fault' ? wrong(message) : ok(message);

const codeIn = (error: unknown): string => {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return typeof cause === 'object' && cause !== null && 'code' in cause
    ? String(cause.code)
    : String(error instanceof Error ? error.message : error);
};
