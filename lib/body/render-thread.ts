/**
 * The thread in which heavy bodies are rendered, one after the other, while the main thread serves. It is
 * started with the first, and ended when there was none for a minute.
 *
 * A body that takes too long ends its thread, and so does one that takes too much memory: neither
 * ends the server. Those that merely waited are rendered in the next thread.
 *
 * Not a library's pool: those load their thread's code from a file by its name, and the bundler only finds
 * what `new Worker(new URL(…))` names.
 */
import type { EventEmitter } from 'node:events';
import { performance } from 'node:perf_hooks';
import { codeOf, messageOf } from '../message-of';
import type { BodyJob, Failure, Outcome } from './render';

/** A thread, as Node.js starts it. */
export interface Thread extends EventEmitter {
  postMessage: (job: BodyJob) => void;
  ref: () => void;
  unref: () => void;
  terminate: () => unknown;
}

/** What a thread says: that it has begun with the job that it got, and what came of it, after how many ms. */
export type ThreadMessage = 'begun' | { outcome: Outcome; tookMs: number };

/** A rendered body, and how long that took its thread, in ms; undefined if no thread came to an end with it. */
export interface Rendered {
  outcome: Outcome;
  tookMs?: number;
}

/** How long things may take, in ms. */
export interface Patience {
  /** For a thread to load its code and begin. */
  start: number;
  /** For a job, in time of a processor: on a busy machine the clock runs on while nothing happens. */
  job: number;
  /** For a job by the clock, also if it only waits. */
  wait: number;
  /** Between two looks at what a job has used up. */
  look: number;
  /** How long a thread without work is kept: it is some 100 MB. */
  idle: number;
}

const PATIENCE: Patience = {
  start: 60_000,
  job: 10_000,
  wait: 60_000,
  look: 500,
  idle: 60_000,
};

/**
 * Of one thread, in MiB. A megabyte of HTML or of Markdown, the most that is taken, needs less than half; without
 * a bound a body that takes ever more would end the process.
 */
export const MOST_MIB = 512;

/** Jobs that may wait. More come only from a crowd of visitors of pages that nobody has rendered. */
const MOST_WAITING = 1000;

/** Threads that may end under one job, for no reason that is known, before it is given up. */
const MOST_TRIES = 2;

interface Task {
  job: BodyJob;
  tries: number;
  done: (rendered: Rendered) => void;
}

/** A thread that runs, and what it is doing. */
interface Running {
  worker: Thread;
  /** Jobs that it has finished. */
  finished: number;
  task?: Task;
  timer?: NodeJS.Timeout;
  /** Why it ends. */
  end?: 'too slow' | 'not begun' | 'out of memory' | 'idle' | 'closed';
  /** What it threw. */
  error?: unknown;
}

/** At most one thread at a time, and the jobs that wait for it. */
export class RenderThread {
  private readonly waiting: Task[] = [];
  private running?: Running;
  private isClosed = false;
  /** Whether any thread has begun with a body: threads can be started, and find their code. */
  private hasBegun = false;

  /** `start` starts a thread that answers each job with `ThreadMessage`s. */
  constructor(
    private readonly start: () => Thread,
    private readonly patience: Patience = PATIENCE,
  ) {}

  /** Renders a body in the thread. Never rejects. */
  render(job: BodyJob): Promise<Rendered> {
    if (this.isClosed) return Promise.resolve({ outcome: ofMachine('the server is being ended') });
    if (this.waiting.length >= MOST_WAITING) {
      return Promise.resolve({ outcome: ofMachine('too many long bodies wait to be rendered') });
    }
    return new Promise((done) => {
      this.waiting.push({ job, tries: 0, done });
      this.next();
    });
  }

  /** Ends the thread. */
  close(): void {
    this.isClosed = true;
    if (this.running) this.endThread(this.running, 'closed');
    for (const { done } of this.waiting.splice(0)) {
      done({ outcome: ofMachine('the server is being ended') });
    }
  }

  private next(): void {
    if (this.running?.task || this.running?.end) return;
    const task = this.waiting.shift();
    if (!task) {
      this.rest();
      return;
    }
    try {
      this.running ??= this.startThread();
    } catch (error) {
      task.done({ outcome: noThread(`no thread can be started (${messageOf(error)})`) });
      this.next();
      return;
    }
    const { running } = this;
    running.task = task;
    running.worker.ref();
    this.endAfter(running, this.patience.start, 'not begun');
    running.worker.postMessage(task.job);
  }

  private rest(): void {
    const { running } = this;
    if (!running) return;
    // It keeps no process alive.
    running.worker.unref();
    this.endAfter(running, this.patience.idle, 'idle');
    running.timer?.unref();
  }

  private startThread(): Running {
    const running: Running = { worker: this.start(), finished: 0 };
    running.worker
      .on('message', (message: ThreadMessage) => this.hear(running, message))
      .on('error', (error: unknown) => {
        running.error = error;
        if (codeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY') running.end ??= 'out of memory';
      })
      .on('exit', (code: number) => this.bury(running, code));
    return running;
  }

  private hear(running: Running, message: ThreadMessage): void {
    const { task } = running;
    // What arrives after its time has passed is too late.
    if (!task || running.end) return;
    if (message === 'begun') {
      this.hasBegun = true;
      clearTimeout(running.timer);
      running.timer = this.watch(running);
      return;
    }
    clearTimeout(running.timer);
    running.task = undefined;
    running.finished += 1;
    task.done(message);
    this.next();
  }

  private endAfter(running: Running, ms: number, why: Running['end']): void {
    clearTimeout(running.timer);
    running.timer = setTimeout(() => this.endThread(running, why), ms);
  }

  /** Ends a thread when its job has used up its time. */
  private watch(running: Running): NodeJS.Timeout {
    const { job, wait, look } = this.patience;
    const used = timeOfThread();
    const begunMs = performance.now();
    return setInterval(() => {
      const isOver = used() > job || performance.now() - begunMs > wait;
      if (isOver) this.endThread(running, 'too slow');
    }, look);
  }

  private endThread(running: Running, why: Running['end']): void {
    running.end ??= why;
    clearTimeout(running.timer);
    void running.worker.terminate();
  }

  /** Decides about the job that a thread has left, and goes on with the others in the next one. */
  private bury(running: Running, code: number): void {
    clearTimeout(running.timer);
    this.running = undefined;
    const { task } = running;
    if (task) {
      task.tries += 1;
      const failure = this.failureOf(running, task.tries, code);
      if (failure) task.done({ outcome: failure });
      else this.waiting.unshift(task);
    }
    if (!this.isClosed) this.next();
  }

  /** Undefined where the job is to be tried again. */
  private failureOf(running: Running, tries: number, code: number): Failure | undefined {
    const { end, error, finished } = running;
    if (end === 'closed') return ofMachine('the server is being ended');
    if (end === 'not begun') {
      return this.failureToStart(`its thread did not start within ${this.patience.start / 1000} s`);
    }
    if (end === 'too slow') {
      const seconds = this.patience.job / 1000;
      return likely(
        `it took longer than ${seconds} s to render: make it shorter or simpler, or divide it`,
      );
    }
    // What was rendered before may have left too little.
    if (end === 'out of memory' && finished === 0) {
      return likely(
        `it took more than ${MOST_MIB} MB to render: make it shorter or simpler, or divide it`,
      );
    }
    if (tries < MOST_TRIES) return undefined;
    const reason = error === undefined ? `exit code ${code}` : messageOf(error);
    return this.failureToStart(`the thread that renders it ended ${tries} times (${reason})`);
  }

  private failureToStart(message: string): Failure {
    return this.hasBegun ? ofMachine(message) : noThread(message);
  }
}

/**
 * How long a thread has worked since, in ms: the time of all processors for this process, without that in which
 * the main thread was at work by the clock, which is at least what it took. Node.js 20 tells no thread's own.
 */
function timeOfThread(): () => number {
  const since = process.cpuUsage();
  const mainSince = performance.eventLoopUtilization();
  return () => {
    const { user, system } = process.cpuUsage(since);
    return (user + system) / 1000 - performance.eventLoopUtilization(mainSince).active;
  };
}

const likely = (message: string): Failure => ({ verdict: { message }, fault: 'likely the body' });

const ofMachine = (message: string): Failure => ({
  verdict: { message: `it cannot be rendered now: ${message}` },
  fault: 'machine',
});

const noThread = (message: string): Failure => ({ verdict: { message }, fault: 'no thread' });
