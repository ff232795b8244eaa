/** Translation keys: what a post and its translations have in common, by its author or by the names of their files. */
import { languageOf } from '../site/kin';
import type { Post, Warning } from './post';

/** Stands before a key that is made of a name, so that none of an author's is one. */
const OF_NAME = 'file:';

/** The key of a file, by its name without the language in it. */
export const keyOfName = (name: string): string => OF_NAME + name;

const KIND = 'a translation that is none';

/** What is to be told of the keys that authors wrote. Posts are as they were read, drafts among them. */
export function warningsOfTranslations(posts: readonly Post[]): Warning[] {
  const byKey = new Map<string, Post[]>();
  for (const post of posts) {
    const { translationKey: key } = post;
    if (key === undefined || key.startsWith(OF_NAME)) continue;
    const others = byKey.get(key);
    if (others) others.push(post);
    else byKey.set(key, [post]);
  }
  return [...byKey].flatMap(([key, [first, ...others]]) => {
    if (!first) return [];
    const warn = ({ slug, page, path, file }: Post, message: string): Warning => ({
      ...{ slug, page, path, file, field: 'translationKey', kind: KIND, message },
    });
    if (others.length === 0) {
      const message = `no other post has ${JSON.stringify(key)}: write the same in its translation`;
      return [warn(first, message)];
    }
    return others.flatMap((post, index) => {
      const twin = [first, ...others.slice(0, index)].find(
        (one) => languageOf(one) === languageOf(post),
      );
      if (!twin) return [];
      const message =
        `${twin.file} has ${JSON.stringify(key)}, too, and is in the same language: the older of ` +
        'the two is the translation; give one of them another language or another key';
      return [warn(post, message)];
    });
  });
}
