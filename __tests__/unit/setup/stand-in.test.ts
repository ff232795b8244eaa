/**
 * The stand-in for Next is held against Next's own response cache: short schedules of visits and purges run
 * on both, with the store and the renders answering when the schedule says so. Both must ask, render, store
 * and answer the same, step by step.
 */
import fc from 'fast-check';
import ResponseCache from 'next/dist/server/response-cache';
import type { Runtime } from '../../../lib/runtime';
import { serverOf } from '../../setup/next';

/** What may happen next: somebody comes, or the first that waits is answered. */
const EVENTS = ['see', 'revalidate', 'got', 'rendered', 'failed', 'set', 'outdate'] as const;
type Event = (typeof EVENTS)[number];

const PATH = '/a';
const NOW_MS = 1_000_000;
const KEPT_SECONDS = 60;

/** Whatever Next asks: each question waits for the schedule, and all that happens is written down. */
class World {
  readonly trace: string[] = [];
  stored?: { shown: string; isStale: boolean };
  private renders = 0;
  private readonly waiting: Record<'got' | 'rendered' | 'set', (() => void)[]> = {
    got: [],
    rendered: [],
    set: [],
  };
  private fails = false;

  async get() {
    this.trace.push('get');
    await this.until('got');
    return this.stored;
  }

  async render(): Promise<string> {
    const shown = String((this.renders += 1));
    this.trace.push(`render ${shown}`);
    await this.until('rendered');
    if (this.fails) throw new Error(`no ${shown}`);
    return shown;
  }

  async set(shown: string): Promise<void> {
    this.trace.push(`set ${shown}`);
    await this.until('set');
    this.stored = { shown, isStale: false };
  }

  /** Notes what somebody was answered. */
  follow(who: string, answer: Promise<string>): void {
    answer.then(
      (shown) => this.trace.push(`${who}: ${shown}`),
      (error: unknown) => this.trace.push(`${who}: ${String(error)}`),
    );
  }

  happen(event: Exclude<Event, 'see' | 'revalidate'>): void {
    if (event === 'outdate') {
      if (this.stored) this.stored.isStale = true;
      return;
    }
    this.fails = event === 'failed';
    this.waiting[event === 'failed' ? 'rendered' : event].shift()?.();
  }

  private until(event: 'got' | 'rendered' | 'set'): Promise<void> {
    return new Promise((resolve) => this.waiting[event].push(resolve));
  }
}

/** Answers somebody who comes: a visitor, or a purge. */
type Server = (isOnDemand: boolean) => Promise<string>;

function standIn(world: World): Server {
  // All of a runtime that the stand-in uses for a visit and a purge.
  const runtime = {
    store: {
      serve: () => undefined,
      get: async () => {
        const found = await world.get();
        return found
          ? {
              value: redirectTo(found.shown),
              lastModified: found.isStale ? 0 : NOW_MS,
              cacheControl: { revalidate: KEPT_SECONDS },
            }
          : null;
      },
      set: (_: string, value: ReturnType<typeof redirectTo>) =>
        world.set(value.props.pageProps.__N_REDIRECT),
    },
    pageProps: async () => ({
      redirect: { destination: await world.render(), permanent: true },
      revalidate: KEPT_SECONDS,
    }),
  } as unknown as Runtime;
  const server = serverOf(runtime, { now: () => NOW_MS });
  return async (isOnDemand) => {
    if (!isOnDemand) return String((await server.see(PATH)).text);
    await server.revalidate(PATH);
    return 'revalidated';
  };
}

const redirectTo = (shown: string) => ({
  kind: 'REDIRECT' as const,
  props: { pageProps: { __N_REDIRECT: shown, __N_REDIRECT_STATUS: 308 } },
});

function realNext(world: World): Server {
  const cacheControl = { revalidate: KEPT_SECONDS, expire: undefined };
  const incrementalCache = {
    get: async () => {
      const found = await world.get();
      return found
        ? {
            value: redirectTo(found.shown),
            isStale: found.isStale,
            cacheControl,
            isFallback: false,
          }
        : null;
    },
    set: async (_: string, value: ReturnType<typeof redirectTo>) =>
      world.set(value.props.pageProps.__N_REDIRECT),
  };
  const definition = { kind: 'PAGES', page: PATH, pathname: PATH };
  // Of Next's own types for these two only this is used here.
  const cache = new ResponseCache({ minimalMode: false, route: definition } as never);
  return async (isOnDemand) => {
    const context = {
      routeKind: 'PAGES',
      incrementalCache,
      isOnDemandRevalidate: isOnDemand,
      isFallback: false,
    };
    const made = async () => ({ value: redirectTo(await world.render()), cacheControl });
    const entry: unknown = await cache.get(PATH, made as never, context as never);
    if (isOnDemand) return 'revalidated';
    const value: ReturnType<typeof redirectTo> = Reflect.get(Object(entry), 'value');
    return `to ${value.props.pageProps.__N_REDIRECT}`;
  };
}

/** What happens on a server, step by step; at the end everybody is answered. */
async function traceOf(
  { events, isStored }: { events: readonly Event[]; isStored: boolean },
  open: (world: World) => Server,
) {
  const world = new World();
  if (isStored) world.stored = { shown: 'at first', isStale: false };
  const server = open(world);
  const steps: string[][] = [];
  const rest = Array.from({ length: 12 }, (): Event[] => ['got', 'rendered', 'set']).flat();
  for (const [number, event] of [...events, ...rest].entries()) {
    if (event === 'see' || event === 'revalidate') {
      world.follow(`${number} ${event}`, server(event === 'revalidate'));
    } else world.happen(event);
    for (let turns = 0; turns < 4; turns += 1)
      await new Promise((resolve) => setImmediate(resolve));
    steps.push(world.trace.splice(0).sort());
  }
  return steps;
}

test('asks, renders, stores and answers as Next does, in whatever order', async () => {
  // Next tells what failed behind the back of a visitor.
  jest.spyOn(console, 'error').mockImplementation();
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        events: fc.array(fc.constantFrom(...EVENTS), { minLength: 3, maxLength: 14 }),
        isStored: fc.boolean(),
      }),
      async (schedule) => {
        expect(await traceOf(schedule, standIn)).toEqual(await traceOf(schedule, realNext));
      },
    ),
    { numRuns: 600 },
  );
});
