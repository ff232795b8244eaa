/**
 * From a post to the HTML of its body, whatever it is written in. The last ones are kept.
 */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { environment } from '../config';
import { keep, keyOf, recall, wordsIn } from './kept';
import { renderMarkdown } from './markdown';
import { excessIn } from './mdx-bounds';
import { renderUntrustedHtml } from './untrusted-html';
import { timeSlices } from '../slices';
import { explainMdx, renderMdx, warmUpMdx, type ComponentsIn } from './mdx';
import { movedBy } from './notes';
import type { Post, Problem, UntrustedHtml, Warning, Written } from '../source/post';
import { isMoved, MOVED } from '../text';
import { OUTLINE_SHAPE, type Body, type BodyWarning } from './prose';
import { Verdicts, type Verdict } from './verdicts';
import { messageOf } from '../message-of';

/** What is kept of a body, where it is Markdown. */
interface Kept {
  ofMarkdown?: Body;
}

const KeptShape = z.object({
  ofMarkdown: z
    .object({ ...OUTLINE_SHAPE, html: z.string(), elements: z.array(z.string()) })
    .optional(),
});

const isKept = (kept: unknown): kept is Kept => KeptShape.safeParse(kept).success;

/** Bodies that are kept, so that one that was checked is not rendered again for its page. */
const MOST_KEPT = 100;

/** The bodies of one process. */
export class Bodies {
  private readonly rendered = new LRUCache<string, Promise<Body>>({ max: MOST_KEPT });

  /** `components` are those that MDX may use; `say` gets each warning of a body that is rendered here first. */
  constructor(
    private readonly components: ComponentsIn,
    readonly verdicts = new Verdicts(),
    private readonly say: (line: string) => void = (line) => console.warn(line),
  ) {}

  /** Renders a post's body. Throws if that cannot be done. */
  render(post: Post): Promise<Body> {
    const key = keyOf(post);
    let body = this.rendered.get(key);
    if (!body) {
      body = post.html ? renderHtml(post, post.html) : this.renderText(post);
      this.rendered.set(key, body);
      // A failure is reported to its caller, and the next caller tries again.
      body.catch(() => this.rendered.delete(key));
    }
    return body;
  }

  /** Renders a post's body, and notes whether that can be done; returns what is wrong with it, if anything. */
  async check(post: Post): Promise<Problem | undefined> {
    try {
      const { warnings = [] } = await this.render(post);
      const noted = movedBy(-post.text.linesBefore, warnings);
      const isNew = this.verdicts.note(post.bodyHash, null, noted);
      // What is left out of HTML belongs to the warnings of the site, which tell it.
      if (isNew && !post.html && !environment().building) tell(post, warnings, this.say);
    } catch (error) {
      if (isMoved(error)) return movedProblem(post, error);
      const verdict = await this.explain(post, error).catch((failure: unknown) => {
        if (isMoved(failure)) return undefined;
        throw failure;
      });
      // Its text changed after the render.
      if (!verdict) return movedProblem(post, error);
      // Neither a text that is not known nor a machine without file handles says anything of the body.
      if (!post.recalled && !isOfTheMachine(error)) this.verdicts.note(post.bodyHash, verdict);
      return problemOf(post, verdict);
    }
  }

  /** What is to be told of a post's body, if somebody has rendered it: also before this process began. */
  warningsOf({ text, bodyHash, draft }: Post): BodyWarning[] {
    return draft ? [] : movedBy(text.linesBefore, this.verdicts.warningsOn(bodyHash));
  }

  /**
   * Checks posts that have no verdict yet, and returns what is wrong with those that fail; `told` is called
   * after each. The processes of a build share the work: each skips what another one has done, and takes
   * them in an order of its own. In any order that they share, two that meet would go on side by side.
   */
  async checkAll(
    posts: readonly Post[],
    told?: (total: number, countDone: () => number) => void,
  ): Promise<ReadonlyMap<Post, Problem>> {
    const failures = new Map<Post, Problem>();
    const countDone = () => posts.filter((post) => !this.hasNoVerdict(post)).length;
    const yieldInTime = timeSlices();
    for (const post of inRandomOrder(posts)) {
      await yieldInTime();
      this.verdicts.read();
      if (!this.hasNoVerdict(post)) continue;
      const problem = await this.check(post);
      if (problem) failures.set(post, problem);
      told?.(posts.length, countDone);
    }
    return failures;
  }

  /** True for a post whose body nobody has rendered yet. A draft is shown nowhere, and may be unfinished. */
  hasNoVerdict({ draft, bodyHash }: Post): boolean {
    return !draft && this.verdicts.on(bodyHash) === undefined;
  }

  /** Renders posts for nothing but to have the renderers loaded and optimised before the first edit. */
  async warmUp(posts: Post[]): Promise<void> {
    for (const post of posts) {
      // Requests come first: the awaits of a compiler alone never let one in.
      await yieldToEventLoop();
      await this.renderAgain(post).catch(() => undefined);
    }
  }

  private async renderAgain(post: Post): Promise<unknown> {
    if (post.html) return renderHtml(post, post.html);
    const written = withText(post);
    return post.markdown ? renderMarkdown(written) : warmUpMdx(written, this.components);
  }

  private async renderText(post: Post): Promise<Body> {
    if (post.recalled) {
      const kept = recall(post, isKept);
      if (!kept) throw new Error('its last good text is not known any more');
      // What a page of Markdown shows is kept as it is; MDX is rendered from what it compiles to.
      if (kept.ofMarkdown) return kept.ofMarkdown;
    }
    if (!post.markdown) return renderMdx(post, this.components);
    const ofMarkdown = await renderMarkdown(withText(post));
    keep(post, { ofMarkdown } satisfies Kept);
    return ofMarkdown;
  }

  private async explain(post: Post, error: unknown): Promise<NonNullable<Verdict>> {
    if (post.html) {
      const reason = messageOf(error);
      return { message: `the HTML cannot be rendered: ${reason}` };
    }
    const { line, reason } = post.markdown
      ? { line: excessIn(post.text.read(), 'markdown')?.line, reason: messageOf(error) }
      : await explainMdx(withText(post), error, this.components);
    const message = `the ${post.markdown ? 'Markdown' : 'MDX'} cannot be rendered: ${reason}`;
    return { line: line && line - post.text.linesBefore, message };
  }
}

function* inRandomOrder(posts: readonly Post[]): Generator<Post> {
  const left = [...posts];
  for (;;) {
    const at = Math.floor(Math.random() * left.length);
    const post = left[at];
    const last = left.pop();
    if (!post || !last) return;
    if (at < left.length) left[at] = last;
    yield post;
  }
}

/** What is to be told of posts whose bodies are HTML, as far as somebody has rendered them. */
export const warningsOfHtml = (
  posts: readonly Post[],
  verdicts: Pick<Verdicts, 'warningsOn'>,
): Warning[] =>
  posts.flatMap(({ html, bodyHash, slug, page, path, file }) =>
    html
      ? verdicts.warningsOn(bodyHash).map((warning) => ({ slug, page, path, file, ...warning }))
      : [],
  );

/** The problem of a post whose body doesn't render. */
export function problemOf(post: Post, { line, message }: NonNullable<Verdict>): Problem {
  const { slug, page, file, text } = post;
  return { slug, page, file, line: line && line + text.linesBefore, message };
}

/** A post with its text, as it is rendered. */
const withText = (post: Post): Written => ({ ...post, body: post.text.read() });

const renderHtml = async (post: Post, html: UntrustedHtml): Promise<Body> =>
  renderUntrustedHtml(post.text.read(), html, wordsIn(post));

/** Says nothing of the body: it is to be loaded again. */
const movedProblem = ({ slug, page, path, file }: Post, error: unknown): Problem => ({
  slug,
  page,
  path,
  file,
  kind: MOVED,
  message: messageOf(error),
});

/** In the log: of one body so many, and how many more there are. */
const MOST_TOLD = 10;

function tell({ file }: Post, warnings: readonly BodyWarning[], say: (line: string) => void): void {
  for (const { line, message } of warnings.slice(0, MOST_TOLD)) {
    say(`${line === undefined ? file : `${file}:${line}`}: ${message}`);
  }
  const more = warnings.length - MOST_TOLD;
  if (more > 0) say(`${file}: and ${more} more`);
}

/** True for errors of the operating system, such as too many open files. */
const isOfTheMachine = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && 'errno' in error;
