/**
 * From a body, as plain data, to its HTML, or to why there is none. The same in the main thread as in the
 * one for heavy bodies: what it depends on is all in the data, in files, and in the build.
 */
import { messageOf } from '../message-of';
import type { Post } from '../source/post';
import { keep, recall, wordsIn } from './kept';
import { renderMarkdown } from './markdown';
import { explainMdx, renderMdx, type ComponentsIn } from './mdx';
import { excessIn } from './mdx-bounds';
import { linesBefore } from './notes';
import type { Body } from './prose';
import { renderUntrustedHtml } from './untrusted-html';
import type { Verdict } from './verdicts';

/** A body that is to be rendered: all that its HTML is made of, and nothing else of its post. */
export type BodyJob = Pick<
  Post,
  'body' | 'bodyHash' | 'language' | 'refs' | 'html' | 'markdown' | 'recalled'
>;

/** Why a body has no HTML. */
export interface Failure {
  verdict: NonNullable<Verdict>;
  /**
   * What is to blame: the body; the body, as far as one try can tell, since it used up its time or memory; or
   * the machine.
   */
  fault: 'body' | 'likely the body' | 'machine';
}

/** What came of a job. */
export type Outcome = { body: Body } | Failure;

/** What is kept of a body, where it is Markdown. */
interface Kept {
  ofMarkdown?: Body;
}

/** What a job needs to know of a post. */
export function jobOf(post: Post): BodyJob {
  const { body, bodyHash, language, refs, html, markdown, recalled } = post;
  return { body, bodyHash, language, refs, html, markdown, recalled };
}

/**
 * Renders a body. Throws if that cannot be done, and `RunsCode` before it would run code of the body where
 * `mayRun` is false.
 */
export async function renderBody(
  job: BodyJob,
  components: ComponentsIn,
  mayRun: boolean,
): Promise<Body> {
  if (job.html) return renderUntrustedHtml(job.body, job.html, wordsIn(job));
  if (job.recalled) {
    const kept = recall<Kept>(job);
    if (!kept) throw new Error('its last good text is not known any more');
    // What a page of Markdown shows is kept as it is; MDX is rendered from what it compiles to.
    if (kept.ofMarkdown) return kept.ofMarkdown;
  }
  if (!job.markdown) return renderMdx(job, components, mayRun);
  const ofMarkdown = await renderMarkdown(job);
  keep(job, { ofMarkdown } satisfies Kept);
  return ofMarkdown;
}

/** The same, with a failure as plain data. Never throws. */
export async function outcomeOf(job: BodyJob, components: ComponentsIn): Promise<Outcome> {
  try {
    return { body: await renderBody(job, components, true) };
  } catch (error) {
    return failureOf(job, error, components);
  }
}

/** Why a body could not be rendered, by what was thrown. */
export async function failureOf(
  job: BodyJob,
  error: unknown,
  components: ComponentsIn,
): Promise<Failure> {
  const verdict = await verdictOf(job, error, components);
  return { verdict, fault: isOfTheMachine(error) ? 'machine' : 'body' };
}

async function verdictOf(
  job: BodyJob,
  error: unknown,
  components: ComponentsIn,
): Promise<NonNullable<Verdict>> {
  if (job.html) return { message: `the HTML cannot be rendered: ${messageOf(error)}` };
  const { line, reason } = job.markdown
    ? { line: excessIn(job.body, 'markdown')?.line, reason: messageOf(error) }
    : await explainMdx(job, error, components);
  const message = `the ${job.markdown ? 'Markdown' : 'MDX'} cannot be rendered: ${reason}`;
  return { line: line && line - linesBefore(job.body), message };
}

/** True for errors of the operating system, such as too many open files. */
const isOfTheMachine = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && 'errno' in error;
