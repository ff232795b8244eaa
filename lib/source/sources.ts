/**
 * The sources that the environment names, as one: the posts folder, a WordPress, or both.
 */
import type { Environment } from '../config';
import type { Hint } from './changes';
import { checkAliases } from './aliases';
import { keepIfSame, type Post, type Problem, type Warning } from './post';
import { loadPostsFolder, type LoadedPosts } from './posts-folder';
import type { SiteFacts } from '../site/facts';
import { pathOfPost } from '../site/paths';
import { SITE } from '../site/site-config';
import { loadWordPress, type LoadedWordPress } from './wordpress/wordpress';

/** What a load found; give it to the next load. */
export interface Loaded {
  /** The same array as before when no post changed. */
  posts: Post[];
  problems: Problem[];
  /** What the site does without, and why: nothing that its owner has to repair before anything works. */
  warnings: Warning[];
  /** When visitors should have them loaded again, in ms since 1970. */
  dueAtMs: number;
  /** What a source tells of the site itself; the same object as before when nothing of it changed. */
  facts?: SiteFacts;
  folder?: LoadedPosts;
  wordpress?: LoadedWordPress;
}

/** Looking at a folder is cheap: renders of one purge or one crawl share what is no older than this. */
const FOLDER_SHARED_FOR_MS = 1000;

/** Loads all sources. Throws if one cannot be read. */
export async function loadSources(
  {
    postsDir,
    wordpressUrl,
    wordpressLogin,
    wordpressBasicAuth,
    secrets,
    revalidateSeconds,
  }: Environment,
  previous: Loaded | undefined,
  hint: Hint | undefined,
): Promise<Loaded> {
  const folderDueAtMs = postsDir === undefined ? Infinity : Date.now() + FOLDER_SHARED_FOR_MS;
  const [folder, wordpress] = await Promise.all([
    postsDir === undefined ? undefined : loadPostsFolder(postsDir, previous?.folder),
    wordpressUrl === undefined
      ? undefined
      : loadWordPress(wordpressUrl, previous?.wordpress, hint, {
          compareAfterMs: revalidateSeconds * 1000,
          postsAt: SITE.wordpress?.posts,
          access: { login: wordpressLogin, basicAuth: wordpressBasicAuth },
          secrets,
          withIdentity: SITE.wordpress?.identity !== 'config',
        }),
  ]);
  const found = join(folder, wordpress);
  const { posts, warnings } = checkAliases(found.posts);
  return {
    posts: keepIfSame(posts, previous?.posts),
    problems: found.problems,
    warnings: [...found.warnings, ...warnings],
    dueAtMs: Math.min(folderDueAtMs, wordpress?.dueAtMs ?? Infinity),
    facts: wordpress?.facts,
    folder,
    wordpress,
  };
}

/** A test of whether a problem is of a post that WordPress has. */
export function testOfWordPress({ wordpress }: Loaded): (problem: Problem) => boolean {
  const articles = wordpress?.library.articles.values() ?? [];
  const files = new Set([...articles].map(({ file }) => file));
  return ({ file }) => files.has(file);
}

/** A test of whether a warning is about the posts folder. */
export function testOfFiles({ folder }: Loaded): (warning: Warning) => boolean {
  const files = new Set(folder?.posts.map(({ file }) => file));
  const warnings = new Set(folder?.warnings);
  return (warning) => warnings.has(warning) || files.has(warning.file);
}

type Found = Pick<Loaded, 'posts' | 'problems' | 'warnings'>;

/** What both have; of two at one address the file. */
function join(folder: LoadedPosts | undefined, wordpress: LoadedWordPress | undefined): Found {
  const problems = [...(folder?.problems ?? []), ...(wordpress?.problems ?? [])];
  const warnings = [...(folder?.warnings ?? []), ...(wordpress?.warnings ?? [])];
  if (!folder || !wordpress) {
    return { posts: folder?.posts ?? wordpress?.posts ?? [], problems, warnings };
  }
  const posts = [...folder.posts];
  const byPath = new Map(posts.map((post) => [pathOfPost(post), post]));
  for (const post of wordpress.posts) {
    const twin = byPath.get(pathOfPost(post));
    if (!twin) {
      posts.push(post);
      continue;
    }
    const { slug, page, path, file } = post;
    const message = `is left out: it has the same address as ${twin.file}; change the slug of one of them`;
    warnings.push({ slug, page, path, file, message });
  }
  return { posts, problems, warnings };
}
