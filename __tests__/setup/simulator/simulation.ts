/**
 * One schedule: a site in this process with an editor, visitors, purges and faults, made of steps of which
 * a scheduler chooses the next. After every 200 no later visitor may be served an older version; and when
 * all is quiet, every instance serves what a site from scratch does.
 */
import { EventEmitter } from 'node:events';
import type fc from 'fast-check';
import { Bodies } from '../../../lib/body/body';
import type { Body } from '../../../lib/body/prose';
import type { BodyJob, Outcome } from '../../../lib/body/render';
import { RenderThread, type Thread } from '../../../lib/body/render-thread';
import { Verdicts } from '../../../lib/body/verdicts';
import { environment } from '../../../lib/config';
import type { PurgeRecord } from '../../../lib/console/record';
import type { PurgeInput, PurgeReport } from '../../../lib/purge/report';
import { createRuntime, type Runtime } from '../../../lib/runtime';
import type { Hint } from '../../../lib/source/changes';
import { MovedText } from '../../../lib/text';
import { keepIfSame, type Post, type Problem } from '../../../lib/source/post';
import type { Loaded } from '../../../lib/source/sources';
import type { HistoryPlace, Place, StoredPage } from '../../../lib/store/place';
import { serverOf, textIn, type Seen } from '../next';
import { NOTHING_ELSE } from '../posts';
import { DUE_MS, found, History, ORIGIN, PATHS, postOf, SLUGS, type Version } from './content';
import { setStep } from './timers';

/** What an editor does to a post; one that is not there is written. */
export type Edit =
  | 'title'
  | 'body'
  | 'tag'
  | 'move'
  | 'schedule'
  | 'delete'
  | 'undo'
  | 'unread'
  | 'unrendered'
  | 'fix';

/** How a purge names what it is about. */
export type PurgeBy = 'changed' | 'path' | 'tag' | 'hint';

/** What somebody does. `at` chooses an instance. */
export type Action =
  | { do: 'edit'; edit: Edit; slug: string }
  /** An edit, a purge of it, and visits once that was answered. */
  | { do: 'publish'; edit: Edit; slug: string; by: PurgeBy; at: number }
  | { do: 'purge'; slug: string; by: PurgeBy; at: number }
  /** Somebody asks whether a page is fresh, maybe right after an edit; and visits of it after a yes. */
  | { do: 'ask'; edit?: Edit; slug: string; path: string; at: number }
  | { do: 'visit'; path: string; at: number }
  | { do: 'wait'; seconds: number }
  /** With `isDown`, the source is not there when it comes back. */
  | { do: 'crash'; at: number; isDown: boolean }
  /** The place is restarted, with or without what it held. */
  | { do: 'restart'; keeps: boolean }
  | { do: 'source'; isDown: boolean };

/** A schedule, as it is generated. */
export interface Schedule {
  scheduler: fc.Scheduler;
  actions: readonly Action[];
  instances: number;
  /** Whether what the editor began with is stored in the beginning. */
  isBuilt: boolean;
  /** Whether the source looks at what a purge names only, as a WordPress is; or at everything. */
  isIncremental: boolean;
}

/** What a schedule runs on. */
export interface Ground {
  /** Opens the place of one process. */
  open: (process: Process) => Place | Promise<Place>;
  /** Whether the place has yet to answer: meanwhile nothing is chosen. */
  isBusy?: () => boolean;
  restart?: (keeps: boolean) => void | Promise<void>;
  /** What is stored of a path at this moment, where that can be seen without a wait. */
  stored?: (path: string) => StoredPage | undefined;
  close?: () => void | Promise<void>;
}

/** One process of the site, until it crashes. */
export interface Process {
  instance: number;
  isDead: boolean;
  /** A point at which others may go on; of a dead process it is never over. */
  step: (label: string) => Promise<void>;
}

/** A promise that a 200 made. */
interface Promised {
  /** When it was made, and by which instance. */
  step: number;
  instance: number;
  /** Which content counts: as of this index of the history. */
  index: number;
  /** The post that it is about; absent: all. */
  slug?: string;
  /** Whether it is about the pages with the tag of that post, and no others. */
  isByTag: boolean;
  /** It is about the page of this path alone: somebody asked, and was told that it is fresh. */
  path?: string;
}

/** An instance of the site, with the process that it is now. */
interface Instance {
  process: Process;
  runtime: Runtime;
  server: ReturnType<typeof serverOf>;
  /** Rejects when the process crashes. */
  crashed: Promise<never>;
  crash: () => void;
}

/** A schedule in which a promise was broken. */
export class Violation extends Error {}

class Crashed extends Error {}

const START_MS = Date.parse('2026-02-01T00:00:00Z');
const FIRST: Version = { title: 0, body: 0, tagged: true, moved: false, scheduled: false };
const LEFT_OUT = new Promise<never>(() => {});

/** Runs a schedule. Throws `Violation`, with what happened. */
export async function simulate(schedule: Schedule, ground: Ground): Promise<void> {
  const simulation = new Simulation(schedule, ground);
  try {
    await simulation.run();
  } finally {
    await simulation.end();
  }
}

class Simulation {
  private readonly history = new History();
  private readonly promised: Promised[] = [];
  private readonly instances: Instance[] = [];
  /** The history of purges of each instance, which outlives its processes; and those that were answered. */
  private readonly kept = new Map<number, string[]>();
  private readonly answered: { instance: number; outcome: string }[] = [];
  private purges = 0;
  /** What somebody waits for. */
  private readonly waiting = new Map<number, string>();
  private readonly log: string[] = [];
  private steps = 0;
  private counter = 0;
  private nowMs = START_MS;
  private isDown = false;
  private violation?: Violation;

  constructor(
    private readonly schedule: Schedule,
    private readonly ground: Ground,
  ) {
    setStep((label) => this.step(label));
  }

  async run(): Promise<void> {
    const { actions, instances, isBuilt } = this.schedule;
    this.history.set('a', FIRST);
    this.history.set('b', FIRST);
    for (let instance = 0; instance < instances; instance += 1) await this.start(instance);
    if (isBuilt) for (const path of PATHS) this.follow(`first visit`, this.visit(path, 0));
    await this.untilQuiet();
    for (const action of actions) {
      this.follow(
        action.do,
        this.step(JSON.stringify(action)).then(() => this.perform(action)),
      );
    }
    await this.untilQuiet();
    await this.compareAll();
  }

  async end(): Promise<void> {
    for (const { process, runtime } of this.instances) {
      process.isDead = true;
      runtime.close();
    }
    await this.ground.close?.();
  }

  private async perform(action: Action): Promise<void> {
    switch (action.do) {
      case 'edit':
        return this.edit(action.slug, action.edit);
      case 'publish':
        this.edit(action.slug, action.edit);
        return this.purge(action).then(async (isDone) => {
          if (!isDone) return;
          for (const path of ['/', `/blog/${action.slug}`]) {
            await this.visit(path, action.at + 1);
          }
        });
      case 'purge':
        await this.purge(action);
        return;
      case 'ask':
        if (action.edit) this.edit(action.slug, action.edit);
        return this.ask(action.path, action.at).then(async (isFresh) => {
          if (!isFresh) return;
          await Promise.all([0, 1].map((more) => this.visit(action.path, action.at + more)));
        });
      case 'visit':
        return this.visit(action.path, action.at);
      case 'wait': {
        const before = this.nowMs;
        this.nowMs += action.seconds * 1000;
        if (before < DUE_MS && this.nowMs >= DUE_MS) this.history.setDue();
        return;
      }
      case 'crash': {
        const { process } = this.instanceAt(action.at);
        this.instanceAt(action.at).crash();
        this.isDown = action.isDown;
        return this.start(process.instance);
      }
      case 'restart':
        return this.ground.restart?.(action.keeps);
      case 'source':
        this.isDown = action.isDown;
    }
  }

  /** Everything works again, and one purge makes every page what it should be. */
  private async compareAll(): Promise<void> {
    this.isDown = false;
    for (const slug of SLUGS) {
      const version = this.history.now(slug);
      if (version?.broken) this.history.set(slug, { ...version, broken: undefined });
    }
    for (const [at, path] of PATHS.entries()) this.follow('visit at the end', this.visit(path, at));
    await this.untilQuiet();
    let isDone = false;
    const last = this.instances.length - 1;
    const purge = this.purge({ by: 'changed', slug: 'a', at: last });
    this.follow(
      'purge at the end',
      purge.then((done) => (isDone = done)),
    );
    await this.untilQuiet();
    if (!isDone) this.fail('The purge at the end failed');
    for (const path of PATHS) {
      for (const at of this.instances.keys()) this.follow('last visit', this.visit(path, at));
    }
    await this.untilQuiet();
    for (const [at, path] of PATHS.entries())
      this.follow('question at the end', this.ask(path, at));
    await this.untilQuiet();
    this.checkHistory();
    await this.untilQuiet();
  }

  private edit(slug: string, edit: Edit): void {
    const { history } = this;
    const before = history.now(slug);
    this.log.push(`${this.steps} ${edit} ${slug}, index ${history.index + 1}`);
    const number = (this.counter += 1);
    if (edit === 'delete') return history.set(slug, undefined);
    if (edit === 'undo') return history.set(slug, history.before(slug));
    const version = before ?? { ...FIRST, title: number };
    const changes: Record<typeof edit, Partial<Version>> = {
      title: { title: number },
      body: { body: number, broken: undefined },
      tag: { tagged: !version.tagged },
      move: { moved: !version.moved },
      schedule: { scheduled: !version.scheduled },
      unread: { broken: 'unread' },
      unrendered: { body: number, broken: 'unrendered' },
      fix: { broken: undefined },
    };
    history.set(slug, { ...version, ...changes[edit] });
  }

  /** Purges, and notes what a 200 promises; returns whether it was one. */
  private async purge({ by, slug, at }: { by: PurgeBy; slug: string; at: number }) {
    const { runtime, server, process, crashed } = this.instanceAt(at);
    const { index } = this.history;
    const hint: Hint = [{ kind: 'slug', slug }];
    const none = { paths: [], tags: [], changed: false, dryRun: false };
    const inputs: Record<PurgeBy, PurgeInput> = {
      changed: { ...none, changed: true },
      path: { ...none, paths: [`/blog/${slug}`], hint },
      tag: { ...none, tags: [`post:${slug}`] },
      hint: { ...none, changed: true, hint },
    };
    const called = `${this.steps} purge by ${by} ${slug} at ${process.instance}, index ${index}`;
    this.log.push(called);
    this.purges += 1;
    const running = runtime.ledger.purge({
      caller: { address: '', secret: 'current', sender: 'the simulator' },
      read: () => ({ ...inputs[by], classic: false }),
      hosts: [],
      revalidate: server.revalidate,
      started: performance.now(),
    });
    const outcome = await Promise.race([running, crashed]);
    const report: Pick<PurgeReport, 'revalidated' | 'message' | 'pages'> = outcome.report ?? {
      revalidated: false,
      message: String(outcome.error),
      pages: [],
    };
    this.answered.push({
      instance: process.instance,
      outcome: tellOf(outcome.answer.status, report.pages),
    });
    const { revalidated, message = '200' } = report;
    this.log.push(`${this.steps} answer to "${called}": ${message}`);
    if (!revalidated) return false;
    const { isIncremental } = this.schedule;
    const isAboutAll = by === 'changed' || (by !== 'tag' && !isIncremental);
    this.promised.push({
      step: this.steps,
      instance: process.instance,
      index,
      slug: isAboutAll ? undefined : slug,
      isByTag: by === 'tag',
    });
    this.checkStored();
    return true;
  }

  /** Asks whether a page is fresh; a yes is a promise, too. */
  private async ask(path: string, at: number): Promise<boolean> {
    const { runtime, process, crashed } = this.instanceAt(at);
    const { index } = this.history;
    const asked = `${this.steps} is ${path} fresh at ${process.instance}, index ${index}`;
    this.log.push(asked);
    const proof = await Promise.race([runtime.freshness.ask(path), crashed]);
    this.log.push(`${this.steps} answer to "${asked}": ${proof.fresh}`);
    if (proof.fresh !== 'yes') return false;
    const { instance } = process;
    this.promised.push({ step: this.steps, instance, index, isByTag: false, path: proof.path });
    this.checkStored();
    return true;
  }

  /** Each purge that was answered is in the history as it was answered, and nothing that nobody asked for. */
  private checkHistory(): void {
    const kept = [...this.kept].flatMap(([instance, texts]) =>
      texts.map((text) => {
        const { status, pages }: PurgeRecord = JSON.parse(text);
        return `${instance}: ${tellOf(status, pages)}`;
      }),
    );
    if (kept.length > this.purges) this.fail(`${kept.length} of ${this.purges} purges are kept`);
    for (const { instance, outcome } of this.answered) {
      const at = kept.indexOf(`${instance}: ${outcome}`);
      if (at < 0)
        this.fail(`The history of ${instance} lacks a purge that was answered: ${outcome}`);
      kept.splice(at, 1);
    }
  }

  /** Every page that shows what was promised has been regenerated. */
  private checkStored(): void {
    for (const path of PATHS) {
      const page = this.ground.stored?.(path);
      if (!page) continue;
      const text = textIn(page.value);
      const counts = this.promised.filter((one) => isOfPage(one, path));
      if (this.history.allows(path, text, (slug) => floorOf(counts, slug))) continue;
      this.fail(`At step ${this.steps} what is stored of ${path} was ${text}`);
    }
  }

  private async visit(path: string, at: number): Promise<void> {
    const { server, process, crashed } = this.instanceAt(at);
    const { instance } = process;
    const began = this.steps;
    const known = [...this.promised];
    let seen: Seen;
    try {
      seen = await Promise.race([server.see(path), crashed]);
    } catch (error) {
      if (error instanceof Crashed) throw error;
      // There was nothing to serve: no page, or no source. It is no older version.
      return;
    }
    const { text, sinceStep } = seen;
    // Who was joined to what began before a purge at another instance is counted among its visitors.
    const counts = known.filter(
      (one) => isOfPage(one, path) && (one.instance === instance || one.step <= sinceStep),
    );
    if (this.history.allows(path, text, (slug) => floorOf(counts, slug))) return;
    this.fail(
      `From step ${began} to ${this.steps} a visitor of ${path} at ${instance} saw ${text}`,
    );
  }

  private instanceAt(at: number): Instance {
    const instance = this.instances[at % this.instances.length];
    if (!instance) throw new Error('No instance');
    return instance;
  }

  private async start(instance: number): Promise<void> {
    const process: Process = {
      instance,
      isDead: false,
      step: async (label) => {
        await this.step(`${instance}: ${label}`);
        if (process.isDead) await LEFT_OUT;
      },
    };
    const place = mortal(await this.ground.open(process), process);
    const kept = this.kept.get(instance) ?? [];
    this.kept.set(instance, kept);
    const runtime = createRuntime({
      settings: () => SETTINGS,
      loadSources: (_, previous, hint) => this.load(process, previous, hint),
      openPlace: () => ({ ...place, history: undefined }),
      historyPlace: historyIn(kept, process),
      bodies: new SimulatedBodies(process.step, (post) => this.hasMoved(post)),
      now: () => this.nowMs,
    });
    await runtime.opened;
    const server = serverOf(runtime, {
      step: process.step,
      clock: () => this.steps,
      now: () => this.nowMs,
    });
    let crash = () => {};
    const crashed = new Promise<never>((_, reject) => {
      crash = () => {
        this.log.push(`${this.steps} crash of ${instance}`);
        process.isDead = true;
        runtime.close();
        reject(new Crashed());
      };
    });
    crashed.catch(() => {});
    this.instances[instance] = { process, runtime, server, crashed, crash };
  }

  /** A source that reads one post after the other. */
  private async load(
    { step }: Process,
    previous: Loaded | undefined,
    hint: Hint | undefined,
  ): Promise<Loaded> {
    const { isIncremental } = this.schedule;
    const isPartial =
      isIncremental &&
      previous !== undefined &&
      hint !== undefined &&
      this.nowMs < previous.dueAtMs;
    const named = new Set(hint?.map((change) => 'slug' in change && change.slug));
    const before = previous && FOUND.get(previous);
    const now = new Map<string, Post | Problem>();
    for (const slug of SLUGS) {
      if (isPartial && !named.has(slug)) {
        const known = before?.get(slug);
        if (known) now.set(slug, known);
        continue;
      }
      await step(`read ${slug}`);
      if (this.isDown) {
        // So long that it may be asked again: until then visitors make do with what there is.
        this.nowMs += 1001;
        throw new Error('The source is down');
      }
      const version = this.history.now(slug);
      if (version) now.set(slug, found(slug, version));
    }
    await step('read');
    const all = [...now.values()];
    const loaded = {
      posts: keepIfSame(
        all.filter((one) => 'title' in one),
        previous?.posts,
      ),
      problems: all.filter((one) => 'message' in one),
      warnings: [],
      aliases: NOTHING_ELSE.aliases,
      dueAtMs: isPartial
        ? previous.dueAtMs
        : this.nowMs + 1000 * (isIncremental ? SETTINGS.revalidateSeconds : 1),
    };
    FOUND.set(loaded, now);
    return loaded;
  }

  /**
   * Whether a text is not there any more when it is rendered. Of the others it is known still: their renders end
   * with what was there before the edit.
   */
  private hasMoved({ slug, text, recalled }: Post): boolean {
    if (this.schedule.isIncremental || recalled || slug !== READ_AT_RENDER) return false;
    const version = this.history.now(slug);
    return !version || postOf(slug, version).text !== text;
  }

  private step(label: string): Promise<void> {
    return this.schedule.scheduler.schedule(DONE, label);
  }

  /** Until nothing is left to do. Throws if somebody was served what is too old, or waits in vain. */
  private async untilQuiet(): Promise<void> {
    const { scheduler } = this.schedule;
    while (!this.violation) {
      await turn();
      if (this.ground.isBusy?.()) continue;
      if (scheduler.count() === 0) break;
      this.steps += 1;
      void scheduler.waitOne();
    }
    const [inVain] = this.waiting.values();
    if (inVain !== undefined) this.fail(`Nobody answered a ${inVain}`);
    if (this.violation) throw this.violation;
  }

  /** Notes that somebody waits for this. */
  private follow(what: string, work: Promise<unknown>): void {
    const number = (this.counter += 1);
    this.waiting.set(number, what);
    const end = () => this.waiting.delete(number);
    work.then(end, (error: unknown) => {
      end();
      if (!(error instanceof Crashed)) {
        this.fail(`${what}: ${error instanceof Error ? error.stack : String(error)}`);
      }
    });
  }

  private fail(message: string): void {
    this.violation ??= new Violation([message, ...this.log].join('\n  '));
  }
}

/**
 * Whether a promise is about the page of a path. A purge by tag is about the pages that show its post:
 * certainly the post's own and those that are always there.
 */
const isOfPage = ({ isByTag, slug, path: only }: Promised, path: string): boolean =>
  only !== undefined
    ? path === only
    : !isByTag || path === '/' || path === '/404' || path === `/blog/${slug}`;

/** The oldest content of a post that may be shown, by its index. */
const floorOf = (promised: readonly Promised[], slug: string): number =>
  promised.reduce((floor, one) => {
    const isAbout = one.slug === undefined || one.slug === slug;
    return isAbout ? Math.max(floor, one.index) : floor;
  }, 0);

const DONE = Promise.resolve();

/** What a purge came to, in a text. */
const tellOf = (status: number, pages: PurgeReport['pages']): string =>
  [status, ...pages.map((page) => `${page.path} ${'result' in page ? page.result : ''}`)].join(
    ', ',
  );

/** A history whose keeping is a step. */
const historyIn = (kept: string[], { step }: Process): HistoryPlace => ({
  append: async (texts) => {
    await step('append');
    kept.push(...texts);
  },
  async *after() {
    yield kept.map((text, index) => ({ ref: String(index), text }));
  },
  read: async (ref) => kept[Number(ref)],
});

/** All microtasks, and whatever else is due. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a load found, by slug. */
const FOUND = new WeakMap<object, ReadonlyMap<string, Post | Problem>>();

const SETTINGS = {
  ...environment(),
  siteUrl: ORIGIN,
  revalidateSeconds: 60,
  building: false,
  developing: false,
};

/** The slug of the post whose text is read when it is rendered. */
const READ_AT_RENDER = 'b';

/** Bodies whose rendering is a step: those of one post are rendered in a thread. */
class SimulatedBodies extends Bodies {
  constructor(
    private readonly step: Process['step'],
    private readonly hasMoved: (post: Post) => boolean,
  ) {
    const tried = new Set<string>();
    const thread = new RenderThread(() => new SimulatedThread(step, tried));
    super(() => ({}), new Verdicts(undefined), { thread });
  }

  protected override isHeavy({ slug }: Post): boolean {
    return slug === 'a';
  }

  override async render(post: Post): Promise<Body> {
    if (this.isHeavy(post)) return super.render(post);
    const { slug, text, recalled } = post;
    const body = text.read();
    await this.step(`body of ${slug}`);
    if (this.hasMoved(post)) throw new MovedText(slug);
    const outcome = simulated({ body, recalled });
    if ('body' in outcome) return outcome.body;
    throw new Error(outcome.verdict.message);
  }
}

/** A thread that begins and ends each job in a step, and is killed by every third text once. */
class SimulatedThread extends EventEmitter implements Thread {
  readonly ref = () => undefined;
  readonly unref = () => undefined;

  constructor(
    private readonly step: Process['step'],
    private readonly tried: Set<string>,
  ) {
    super();
  }

  postMessage(job: BodyJob): void {
    void this.render(job);
  }

  terminate(): void {
    this.emit('exit', 1);
  }

  private async render(job: BodyJob): Promise<void> {
    const { body, bodyHash } = job;
    await this.step(`thread begins ${body}`);
    this.emit('message', 'begun');
    await this.step(`thread ends ${body}`);
    const isKilled = Number(body.split(' ')[1]) % 3 === 0 && !this.tried.has(bodyHash);
    this.tried.add(bodyHash);
    if (isKilled) this.emit('exit', 1);
    else this.emit('message', { outcome: simulated(job), tookMs: 1 });
  }
}

function simulated({ body, recalled }: Pick<BodyJob, 'body' | 'recalled'>): Outcome {
  if (recalled || body.startsWith('broken')) {
    return { verdict: { message: 'It cannot be rendered' }, fault: 'body' };
  }
  return { body: { html: body, headings: [], minutes: 1, elements: [] } };
}

/** A place of which a dead process gets, and to which it gives, nothing. */
function mortal(place: Place, process: Process): Place {
  const mortalOf = <T extends object>(part: T): T =>
    new Proxy(part, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]): unknown =>
          process.isDead ? LEFT_OUT : Reflect.apply(member, target, args);
      },
    });
  return { ...place, pages: mortalOf(place.pages), versions: mortalOf(place.versions) };
}
