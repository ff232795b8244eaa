/**
 * The pages that purges wait for, in the order of their work: each path once at a time, however many ask
 * for it, and in rounds, so that a long list does not hold up a short one that comes later.
 */
import { availableParallelism } from 'node:os';
import type { Visitors } from '../visitors';
import type { WantedPage } from './regenerate';

type Snapshot = WantedPage['snapshot'];

/** Pages of one list that are begun before those of other lists have their turn. */
const ROUND = 50;

/** A page that takes so long waits for something, and another one is begun beside it. */
const SLOW_MS = 1000;
/** Pages that are begun beside slow ones: more would make slow what is not. */
const MOST_BESIDE = 8;

/** A page that waits for its turn, or has it. */
interface Task<Result> {
  page: WantedPage;
  round: number;
  done: Promise<Result>;
  resolve: (result: Result) => void;
}

/** A queue of pages. */
export class PageQueue<Result> {
  private readonly rounds: Set<Task<Result>>[] = [];
  private readonly waiting = new Map<string, Task<Result>>();
  private readonly running = new Map<string, Task<Result>>();
  private slow = 0;
  private begun = 0;
  /** How long the page took that was done last, in ms. */
  private workedMs = 0;
  private roundEnd?: { at: number; resolve: (isOver: boolean) => void };

  /** `work` never throws. */
  constructor(
    private readonly work: (page: WantedPage) => Promise<Result>,
    private readonly visitors: Pick<Visitors, 'letPass'>,
  ) {}

  /**
   * Adds the page that has `index` in its list. Resolves when it was regenerated from this snapshot or a
   * newer one.
   */
  add(page: WantedPage, index: number): Promise<Result> {
    const running = this.running.get(page.path);
    if (running && isAsNew(running.page.snapshot, page.snapshot)) return running.done;
    const round = Math.floor(index / ROUND);
    const known = this.waiting.get(page.path);
    if (known) {
      if (isAsNew(page.snapshot, known.page.snapshot)) known.page = page;
      if (round < known.round) this.bringForward(known, round);
      return known.done;
    }
    const task = newTask<Result>(page, round);
    this.waiting.set(page.path, task);
    // Next would join a second render of a path to the first.
    if (!running) this.place(task);
    this.beginPages();
    return task.done;
  }

  /**
   * Resolves when another round of pages was begun, or all are done but those that wait for something;
   * returns whether it is that.
   */
  round(): Promise<boolean> {
    return new Promise((resolve) => {
      this.roundEnd = { at: this.begun + ROUND, resolve };
      this.noteRound();
    });
  }

  private place(task: Task<Result>): void {
    while (this.rounds.length <= task.round) this.rounds.push(new Set());
    this.rounds[task.round]?.add(task);
  }

  private bringForward(task: Task<Result>, round: number): void {
    const isPlaced = this.rounds[task.round]?.delete(task) === true;
    task.round = round;
    if (isPlaced) this.place(task);
  }

  private take(): Task<Result> | undefined {
    for (const tasks of this.rounds) {
      for (const task of tasks) {
        tasks.delete(task);
        return task;
      }
    }
    return undefined;
  }

  private beginPages(): void {
    while (this.running.size < availableParallelism() + Math.min(this.slow, MOST_BESIDE)) {
      const task = this.take();
      if (!task) break;
      void this.run(task);
    }
    this.noteRound();
  }

  private noteRound(): void {
    const { roundEnd } = this;
    if (!roundEnd) return;
    const isBusy = this.running.size > this.slow || this.rounds.some(({ size }) => size > 0);
    if (this.begun < roundEnd.at && isBusy) return;
    this.roundEnd = undefined;
    roundEnd.resolve(!isBusy);
  }

  private async run(task: Task<Result>): Promise<void> {
    const { path } = task.page;
    this.waiting.delete(path);
    this.running.set(path, task);
    this.begun += 1;
    let isSlow = false;
    const timer = setTimeout(() => {
      isSlow = true;
      this.slow += 1;
      this.beginPages();
    }, SLOW_MS);
    // Visitors come first: neither a page that is removed nor one that is rendered lets them in.
    await this.visitors.letPass(this.workedMs);
    const begun = performance.now();
    const result = await this.work(task.page);
    this.workedMs = performance.now() - begun;
    clearTimeout(timer);
    if (isSlow) this.slow -= 1;
    this.running.delete(path);
    const next = this.waiting.get(path);
    if (next) this.place(next);
    task.resolve(result);
    this.beginPages();
  }
}

/** Whether a snapshot is at least as new as another one. */
export function isAsNew(one: Snapshot, other: Snapshot): boolean {
  // Versions of two generations cannot be compared.
  return one.generation === other.generation
    ? one.version >= other.version
    : one.loadedAtMs > other.loadedAtMs;
}

function newTask<Result>(page: WantedPage, round: number): Task<Result> {
  let resolve: Task<Result>['resolve'] = () => undefined;
  const done = new Promise<Result>((resolved) => (resolve = resolved));
  return { page, round, done, resolve };
}
