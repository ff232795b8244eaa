/**
 * From a body, as plain data, to its HTML, or to why there is none. The same in the main thread as in the
 * one for heavy bodies: what it depends on is all in the data, in files, and in the build.
 */
import { z } from 'zod';
import { messageOf } from '../message-of';
import type { Post } from '../source/post';
import { KnownText } from '../text';
import { keep, recall, wordsIn } from './kept';
import { renderMarkdown } from './markdown';
import { explainMdx, renderMdx, warmUpMdx, type ComponentsIn } from './mdx';
import { excessIn } from './mdx-bounds';
import { OUTLINE_SHAPE, type Body } from './prose';
import { renderUntrustedHtml } from './untrusted-html';
import type { Verdict } from './verdicts';

/** A body that is to be rendered: all that its HTML is made of. */
export type BodyParts = Pick<
  Post,
  'text' | 'bodyHash' | 'language' | 'refs' | 'html' | 'markdown' | 'recalled'
>;

/** The same as plain data, for another thread. */
export type BodyJob = Omit<BodyParts, 'text'> & { body: string };

/** Why a body has no HTML. */
export interface Failure {
  verdict: NonNullable<Verdict>;
  /**
   * What is to blame: the body; the body, as far as one try can tell, since it used up its time or memory; or
   * the machine; or there is no thread to render it in.
   */
  fault: 'body' | 'likely the body' | 'machine' | 'no thread';
}

/** What came of a job. */
export type Outcome = { body: Body } | Failure;

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

/** What a job needs to know of a post. Throws `MovedText` if its text is not what it was. */
export function jobOf({
  text,
  bodyHash,
  language,
  refs,
  html,
  markdown,
  recalled,
}: BodyParts): BodyJob {
  return { body: text.read(), bodyHash, language, refs, html, markdown, recalled };
}

/** The other way round. */
const partsOf = ({ body, ...rest }: BodyJob): BodyParts => ({ ...rest, text: new KnownText(body) });

/**
 * Renders a body. Throws if that cannot be done, and `RunsCode` before it would run code of the body where
 * `mayRun` is false.
 */
export async function renderBody(
  parts: BodyParts,
  components: ComponentsIn,
  mayRun: boolean,
): Promise<Body> {
  if (parts.html) return renderUntrustedHtml(parts.text.read(), parts.html, wordsIn(parts));
  if (parts.recalled) {
    const kept = recall(parts, isKept);
    if (!kept) throw new Error('its last good text is not known any more');
    // What a page of Markdown shows is kept as it is; MDX is rendered from what it compiles to.
    if (kept.ofMarkdown) return kept.ofMarkdown;
  }
  if (!parts.markdown) return renderMdx(parts, components, mayRun);
  const ofMarkdown = await renderMarkdown({ ...parts, body: parts.text.read() });
  keep(parts, { ofMarkdown } satisfies Kept);
  return ofMarkdown;
}

/** Renders a body whatever is kept of it, and keeps nothing. Throws if that cannot be done. */
export async function renderAgain(parts: BodyParts, components: ComponentsIn): Promise<void> {
  if (parts.html || parts.markdown) {
    const body = parts.text.read();
    await (parts.html
      ? renderUntrustedHtml(body, parts.html, wordsIn(parts))
      : renderMarkdown({ ...parts, body }));
  } else await warmUpMdx(parts, components);
}

/** The same, with a failure as plain data. Never throws. */
export async function outcomeOf(job: BodyJob, components: ComponentsIn): Promise<Outcome> {
  const parts = partsOf(job);
  try {
    return { body: await renderBody(parts, components, true) };
  } catch (error) {
    return failureOf(parts, error, components);
  }
}

/** Why a body could not be rendered, by what was thrown. Throws `MovedText` if its text is not what it was. */
export async function failureOf(
  parts: BodyParts,
  error: unknown,
  components: ComponentsIn,
): Promise<Failure> {
  const verdict = await verdictOf(parts, error, components);
  return { verdict, fault: isOfTheMachine(error) ? 'machine' : 'body' };
}

async function verdictOf(
  { text, html, markdown, language }: BodyParts,
  error: unknown,
  components: ComponentsIn,
): Promise<NonNullable<Verdict>> {
  if (html) return { message: `the HTML cannot be rendered: ${messageOf(error)}` };
  const body = text.read();
  const { line, reason } = markdown
    ? { line: excessIn(body, 'markdown')?.line, reason: messageOf(error) }
    : await explainMdx({ body, language }, error, components);
  const message = `the ${markdown ? 'Markdown' : 'MDX'} cannot be rendered: ${reason}`;
  return { line: line && line - text.linesBefore, message };
}

/** True for errors of the operating system, such as too many open files. */
const isOfTheMachine = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && 'errno' in error;
