/**
 * From addresses as texts write them, relative to their files, to paths of the site: of other posts, and of files
 * beside them. So a page shows another path, and is another page, when what it names is renamed or changed.
 */
import path from 'node:path';
import { existsSync } from 'node:fs';
import { decoded } from '../decoded';
import { hash } from '../hash';
import { pathOfPost } from '../site/paths';
import { timeSlices } from '../slices';
import { isMoved, type Text } from '../text';
import { filesBeside, type FileBeside } from './files-beside';
import type { Picture, Post, PostImage, Ref, Warning } from './post';
import { namedByTag, withFileTags, type Addresses } from './written-addresses';

/** A post as it was parsed, with what its text names. */
export interface Unresolved {
  /** The path of its file in the folder. */
  name: string;
  post: Post;
  picture?: Picture;
  /** Addresses that its text writes. */
  addresses?: Addresses;
  /** The tags of Jekyll or Hugo by which it names files: see `fileTagsIn`. */
  tags?: readonly string[];
}

/** Posts with their addresses resolved. */
export interface Resolved {
  posts: Post[];
  warnings: Warning[];
  /** The files beside them, by their paths in the folder. */
  files: ReadonlyMap<string, FileBeside>;
}

/** What a post was resolved to, so that it is the same object as long as nothing of it changes. */
const results = new WeakMap<Post, { key: string; post: Post }>();

/** Resolves what posts name. `folders` are those directly in the posts folder. */
export async function resolveRefs(
  all: readonly Unresolved[],
  folder: string,
  folders: ReadonlySet<string>,
  before: ReadonlyMap<string, FileBeside> | undefined,
): Promise<Resolved> {
  const beside = filesBeside(folder, before);
  const warnings: Warning[] = [];
  // Made when it is first asked for: most folders never do.
  let named: PostsByName | undefined;
  const postAt = (name: string, isBare = false) => (named ??= postsByName(all)).at(name, isBare);
  const mayBeHere = (address: string) =>
    !address.startsWith('/') || folders.has(address.slice(1).split('/')[0] ?? '');

  const rootedOf = ({ addresses }: Unresolved): string[] =>
    addresses && folders.size > 0 ? addresses.rooted.filter(mayBeHere) : [];

  const resolve = async (one: Unresolved): Promise<Post> => {
    const { post, name, picture, tags, addresses } = one;
    const wanted = [...(addresses?.relative ?? []), ...rootedOf(one)];
    const refs: Record<string, Ref> = {};
    const refOf = async (address: string, line: () => number | undefined, field?: string) => {
      const { target, fragment, isOutside } = targetOf(address, name);
      if (target === undefined) return undefined;
      const to = isOutside ? undefined : postAt(target);
      if (to !== undefined) return { to: to + fragment };
      const found = isOutside ? { why: OUTSIDE } : await beside.find(target);
      if (found?.file) return found.file.ref;
      if (found?.why === undefined || (isOutside && path.posix.extname(target) === ''))
        return undefined;
      const message = `${address} ${found.why}`;
      const { slug, page, file } = post;
      warnings.push({ slug, page, file, line: line(), field, kind: KIND_OF_REFUSED, message });
      return undefined;
    };
    for (const address of wanted) {
      const ref = await refOf(address, () => lineOf(post.text, address));
      if (ref) refs[address] = ref;
    }
    const image =
      picture &&
      (await imageOf(picture, (address) =>
        mayBeHere(address)
          ? refOf(address, () => picture.line, picture.field)
          : Promise.resolve(undefined),
      ));
    if (picture && !image) {
      const { slug, page, file } = post;
      const { line, field, src } = picture;
      const message = `${src} is not there, and is left out; put it beside the post, or into public/`;
      warnings.push({
        slug,
        page,
        file,
        line,
        field,
        kind: 'a picture that is not there',
        message,
      });
    }
    const targets: Record<string, string> = {};
    for (const tag of tags ?? []) {
      const { kind, written } = namedByTag(tag);
      const to = postOfTag(kind, written, name, postAt);
      if (to !== undefined) targets[tag] = to;
    }
    return changed(post, { refs, image, targets });
  };

  const posts: Post[] = [];
  const yieldInTime = timeSlices();
  for (const one of all) {
    // Most name nothing, and are not waited for.
    const namesFiles =
      one.picture ?? one.tags ?? (one.addresses?.relative.length || rootedOf(one).length);
    if (!namesFiles) {
      posts.push(one.post);
      continue;
    }
    await yieldInTime();
    posts.push(await resolve(one));
  }
  return { posts, warnings, files: beside.found };
}

const KIND_OF_REFUSED = 'a file that is refused';
const OUTSIDE = 'leads out of the posts folder, and is not shown; put the file beside the post';

/** A text with its tags that name files replaced by where those lead. */
class TaggedText implements Text {
  /** `targets` are by the tags as `keyOfTag` names them. */
  constructor(
    private readonly text: Text,
    private readonly targets: Readonly<Record<string, string>>,
  ) {}

  get length(): number {
    return this.text.length;
  }

  get linesBefore(): number {
    return this.text.linesBefore;
  }

  read(): string {
    return withFileTags(this.text.read(), (tag) => this.targets[tag]);
  }
}

/** What the text of a post names, and the picture of its front matter. */
interface Named {
  refs: Record<string, Ref>;
  image?: PostImage;
  /** Where its tags lead. */
  targets: Record<string, string>;
}

/** The post with what it names: the same object as long as that is the same. */
function changed(post: Post, { refs, image, targets }: Named): Post {
  const hasRefs = Object.keys(refs).length > 0;
  const hasTargets = Object.keys(targets).length > 0;
  if (!hasRefs && !image && !hasTargets) return post;
  const key = JSON.stringify([refs, image, targets]);
  const known = results.get(post);
  if (known?.key === key) return known.post;
  const shown = JSON.stringify([hasRefs ? refs : {}, hasTargets ? targets : '']);
  const made: Post = {
    ...post,
    ...(hasTargets && { text: new TaggedText(post.text, targets) }),
    ...(hasRefs && { refs }),
    ...(image && { image }),
    bodyHash: hasRefs || hasTargets ? hash(`${post.bodyHash}\n${shown}`) : post.bodyHash,
  };
  results.set(post, { key, post: made });
  return made;
}

async function imageOf(
  { src, alt }: Picture,
  refOf: (address: string) => Promise<Ref | undefined>,
): Promise<PostImage | undefined> {
  if (/^https:\/\//i.test(src)) return URL.canParse(src) ? { src, alt } : undefined;
  if (/^[a-z][a-z\d+.-]*:|^\/\//i.test(src)) return undefined;
  const ref = await refOf(src);
  if (ref) return { src: ref.to, alt, ...sizeIn(ref) };
  // Which files there are is decided by a build: a server hands out no others.
  const inPublic = `/${src.replace(/^\/+/, '')}`;
  return isInPublic(inPublic) ? { src: inPublic, alt } : undefined;
}

const sizeIn = ({ width, height }: Ref) => ({
  ...(width !== undefined && { width }),
  ...(height !== undefined && { height }),
});

function isInPublic(src: string): boolean {
  const file = path.posix.normalize(`public${src.replace(/[?#].*$/, '')}`);
  return file.startsWith('public/') && existsSync(/* turbopackIgnore: true */ file);
}

/** The path in the folder that an address means, seen from a file. */
function targetOf(
  address: string,
  name: string,
): { target?: string; fragment: string; isOutside: boolean } {
  const [, written = '', fragment = ''] = /^([^?#]*)(?:\?[^#]*)?(#.*)?$/s.exec(address) ?? [];
  // A sign of percent may mean nothing else.
  const named = decoded(written);
  if (named === '') return { fragment, isOutside: false };
  const target = named.startsWith('/')
    ? path.posix.normalize(named.slice(1))
    : path.posix.join(path.posix.dirname(name), named);
  return { target, fragment, isOutside: target === '..' || target.startsWith('../') };
}

interface PostsByName {
  /** The path of the post of a file; by its bare name, wherever it lies, where that is asked for. */
  at: (name: string, isBare: boolean) => string | undefined;
}

const ENDING = /\.(?:mdx|md|markdown)$/i;

function postsByName(all: readonly Unresolved[]): PostsByName {
  const byName = new Map<string, string>();
  const byBare = new Map<string, string>();
  for (const { name, post } of all) {
    if (post.draft) continue;
    const to = pathOfPost(post);
    const whole = name.normalize('NFC');
    const bare = whole.replace(ENDING, '');
    byName.set(whole, to);
    if (!byName.has(bare)) byName.set(bare, to);
    if (/(?:^|\/)index$/i.test(bare)) byName.set(path.posix.dirname(bare), to);
    const last = path.posix.basename(bare);
    if (!byBare.has(last)) byBare.set(last, to);
  }
  return {
    at: (name, isBare) => {
      const whole = name.normalize('NFC').replace(/\/$/, '');
      return byName.get(whole) ?? (isBare ? byBare.get(whole.replace(ENDING, '')) : undefined);
    },
  };
}

/** Where a tag of Jekyll or Hugo leads. */
function postOfTag(
  kind: 'name' | 'file',
  written: string,
  name: string,
  postAt: (name: string, isBare?: boolean) => string | undefined,
): string | undefined {
  const { target = '', fragment } = targetOf(written, kind === 'file' ? '' : name);
  const fromRoot = targetOf(written, '').target ?? '';
  const to =
    postAt(target) ??
    postAt(fromRoot) ??
    // Jekyll leads to what is in a folder that it calls _posts, which here may be the posts folder itself.
    postAt(fromRoot.replace(/^.*?_posts\//, '')) ??
    postAt(path.posix.basename(fromRoot), true);
  return to === undefined ? undefined : to + fragment;
}

/** Lines that were looked for once: a load must not read again what stands still. */
const lines = new WeakMap<Text, Map<string, number | undefined>>();

/** The line in which an address stands first; undefined if that is not known any more. */
function lineOf(text: Text, address: string): number | undefined {
  const known = lines.get(text) ?? new Map<string, number | undefined>();
  lines.set(text, known);
  if (!known.has(address)) known.set(address, lineIn(text, address));
  return known.get(address);
}

function lineIn(text: Text, address: string): number | undefined {
  try {
    const body = text.read();
    const at = body.indexOf(address);
    return at < 0 ? undefined : body.slice(0, at).split('\n').length;
  } catch (error) {
    if (isMoved(error)) return undefined;
    throw error;
  }
}
