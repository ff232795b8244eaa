/**
 * From a post to the HTML of its body, whatever it is written in. The last ones are kept.
 */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { environment } from '../config';
import { keyOf } from './kept';
import { RunsCode, type ComponentsIn } from './mdx';
import { movedBy } from './notes';
import { failureOf, jobOf, renderAgain, renderBody, type Failure } from './render';
import type { RenderThread } from './render-thread';
import { timeSlices } from '../slices';
import { isMoved, MOVED } from '../text';
import type { Post, Problem, Warning } from '../source/post';
import type { Body, BodyWarning } from './prose';
import { Verdicts, type Verdict } from './verdicts';
import { messageOf } from '../message-of';

/** Bodies that are kept, so that one that was checked is not rendered again for its page. */
const MOST_KEPT = 100;

/**
 * A longer body is rendered in the thread for heavy ones: here everybody would wait for it. So many
 * characters take about 50 ms; of Markdown and MDX half as many as of HTML.
 */
const HEAVY_CHARACTERS = { text: 10 * 1024, html: 20 * 1024 };
/** So is the body of a post that took longer when it was rendered last, in ms. */
const SLOW_MS = 50;
/** Until it takes the thread less than this: else one that takes about as long would go to and fro. */
const QUICK_MS = SLOW_MS / 2;
/** Posts of which it is known that they are slow. */
const MOST_SLOW = 10_000;
/** Bodies after which the compiler of Node.js has settled: the first ones say nothing of the next. */
const WARM_AFTER = 10;

/** A body that its thread did not render, with the reason as plain data. */
class NotRendered extends Error {
  constructor(readonly failure: Failure) {
    super(failure.verdict.message);
  }
}

/** What bodies are rendered with besides what is in them. */
export interface BodiesParts {
  /** Says each warning of a body that is rendered here first. */
  say?: (line: string) => void;
  /** Where heavy bodies are rendered; without one they are rendered like all others. */
  thread?: Pick<RenderThread, 'render' | 'close'>;
}

/** The bodies of one process. */
export class Bodies {
  private readonly rendered = new LRUCache<string, Promise<Body>>({ max: MOST_KEPT });
  /** By their files, since an edit changes all else. */
  private readonly slow = new LRUCache<string, true>({ max: MOST_SLOW });
  private renders = 0;
  /** Whether it was said that there is no thread. */
  private lacksThread = false;
  private readonly say: NonNullable<BodiesParts['say']>;
  private readonly thread: BodiesParts['thread'];

  /** `components` are those that MDX may use. */
  constructor(
    private readonly components: ComponentsIn,
    readonly verdicts = new Verdicts(),
    { say = (line) => console.warn(line), thread }: BodiesParts = {},
  ) {
    this.say = say;
    this.thread = thread;
  }

  /** Renders a post's body. Throws if that cannot be done. */
  render(post: Post): Promise<Body> {
    const key = keyOf(post);
    let body = this.rendered.get(key);
    if (!body) {
      body = this.isHeavy(post) ? this.renderInThread(post) : this.renderHere(post);
      this.rendered.set(key, body);
      // A failure is reported to its caller, and the next caller tries again.
      body.catch(() => this.rendered.delete(key));
    }
    return body;
  }

  /** Renders a post's body, and notes whether that can be done; returns what is wrong with it, if anything. */
  async check(post: Post): Promise<Problem | undefined> {
    const known = this.verdicts.forNow(post.bodyHash);
    if (known) return problemOf(post, known);
    try {
      const { warnings = [] } = await this.render(post);
      const noted = movedBy(-post.text.linesBefore, warnings);
      const isNew = this.verdicts.note(post.bodyHash, null, noted);
      // What is left out of HTML belongs to the warnings of the site, which tell it.
      if (isNew && !post.html && !environment().building) tell(post, warnings, this.say);
    } catch (error) {
      if (isMoved(error)) return movedProblem(post, error);
      const failure =
        error instanceof NotRendered
          ? error.failure
          : await failureOf(post, error, this.components).catch((other: unknown) => {
              if (isMoved(other)) return undefined;
              throw other;
            });
      // Its text changed after the render.
      if (!failure) return movedProblem(post, error);
      const { verdict, fault } = failure;
      // Neither a text that is not known nor a machine without file handles says anything of the body.
      if (!post.recalled && fault === 'body') this.verdicts.note(post.bodyHash, verdict);
      if (!post.recalled && fault === 'likely the body') {
        this.verdicts.noteForNow(post.bodyHash, verdict);
      }
      return problemOf(post, verdict);
    }
  }

  /** Ends what renders heavy bodies. */
  close(): void {
    this.thread?.close();
  }

  /** Whether others would wait for a body; in a build nobody does. */
  protected isHeavy({ text, html, file }: Post): boolean {
    if (!this.thread || environment().building) return false;
    return text.length > HEAVY_CHARACTERS[html ? 'html' : 'text'] || this.slow.has(file);
  }

  private async renderHere(post: Post): Promise<Body> {
    const begunMs = performance.now();
    const rendering = renderBody(post, this.components, !this.thread);
    try {
      return await rendering.finally(() => this.noteTime(post, performance.now() - begunMs));
    } catch (error) {
      // Not even a build waits for ever.
      if (error instanceof RunsCode) return await this.renderInThread(post);
      throw error;
    }
  }

  private noteTime({ file }: Post, ms: number): void {
    this.renders += 1;
    if (ms > SLOW_MS && this.renders > WARM_AFTER) this.slow.set(file, true);
  }

  private async renderInThread(post: Post): Promise<Body> {
    if (!this.thread) throw new Error('There is no thread for heavy bodies');
    const { outcome, tookMs = Infinity } = await this.thread.render(jobOf(post));
    if (tookMs < QUICK_MS) this.slow.delete(post.file);
    if ('body' in outcome) return outcome.body;
    if (outcome.fault !== 'no thread') throw new NotRendered(outcome);
    // Better that others wait than that the page is not there.
    if (!this.lacksThread)
      this.say(`Long posts are rendered without a thread: ${outcome.verdict.message}`);
    this.lacksThread = true;
    return renderBody(post, this.components, true);
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
    const check = async (post: Post) => {
      const problem = await this.check(post);
      if (problem) failures.set(post, problem);
      told?.(posts.length, countDone);
    };
    // One that is rendered in the thread, beside those here.
    let heavy: Promise<void> | undefined;
    for (const post of inRandomOrder(posts)) {
      await yieldInTime();
      this.verdicts.read();
      if (!this.hasNoVerdict(post)) continue;
      if (this.isHeavy(post)) {
        await heavy;
        heavy = check(post);
        // What it throws is thrown when it is awaited.
        heavy.catch(() => undefined);
      } else await check(post);
    }
    await heavy;
    return failures;
  }

  /** True for a post whose body nobody has rendered yet. A draft is shown nowhere, and may be unfinished. */
  hasNoVerdict({ draft, bodyHash }: Post): boolean {
    return !draft && this.verdicts.on(bodyHash) === undefined;
  }

  /** Renders posts for nothing but to have the renderers loaded and optimised before the first edit. */
  async warmUp(posts: Post[]): Promise<void> {
    for (const post of posts) {
      if (this.isHeavy(post)) continue;
      // Requests come first: the awaits of a compiler alone never let one in.
      await yieldToEventLoop();
      await renderAgain(post, this.components).catch(() => undefined);
      this.renders += 1;
    }
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
