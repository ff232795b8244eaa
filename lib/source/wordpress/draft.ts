/**
 * A draft of WordPress, or a published post with what its editor has not published yet, as the post that
 * it would be.
 */
import { z } from 'zod';
import type { DraftId } from '../draft-id';
import { describeProblem, type Post } from '../post';
import { KnownText } from '../../text';
import { articleOf, withAutosave } from './article';
import { openAsUser, type UserAccess } from './client';
import { copyOf, type Kind, type Library } from './library';
import type { PostsAt } from './paths';
import { postsOf } from './posts';
import { addArticles, EMBEDDED, readNewTerms, type Reader } from './reader';
import { Autosave, AUTOSAVE_FIELDS, RestPost } from './rest';

/**
 * Reads a draft. Throws if WordPress does not show it to this user, or it could not be a page of the
 * site.
 */
export async function loadDraft(
  address: string,
  access: UserAccess,
  known: Library,
  { id, page }: DraftId,
  postsAt?: PostsAt,
): Promise<Post> {
  const library = copyOf(known);
  const ask = openAsUser(address, access);
  await readDraft({ ask, address, library, textOf: knownText }, page ? 'pages' : 'posts', id);
  const { posts, warnings } = postsOf(library, address, { postsAt });
  const post = posts.get(id);
  const problem = warnings.find(({ file }) => file === library.articles.get(id)?.file);
  if (!post) throw new Error(problem ? describeProblem(problem) : `WordPress has no post ${id}`);
  return post;
}

/** It is forgotten with the preview, and nobody else is to find it. */
const knownText = (text: string) => new KnownText(text);

/** Reads a post as its editor sees it, whether it is published or not. */
async function readDraft(reader: Reader, kind: Kind, id: number): Promise<void> {
  const { ask, address, library, textOf } = reader;
  const asEditor = { context: 'edit' };
  const fields = `${EMBEDDED._fields},generated_slug`;
  const [{ data, atMs }, autosaves] = await Promise.all([
    ask(`${kind}/${id}`, { ...asEditor, ...EMBEDDED, _fields: fields }, RestPost),
    ask(`${kind}/${id}/autosaves`, { ...asEditor, _fields: AUTOSAVE_FIELDS }, z.array(Autosave)),
  ]);
  const rest = withAutosave(data, autosaves.data);
  addArticles(reader, { data: [rest], atMs });
  library.articles.set(id, { ...articleOf(rest, address, atMs, textOf), hidden: false });
  await readNewTerms(reader);
}
