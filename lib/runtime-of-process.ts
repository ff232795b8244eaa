/**
 * The runtime as pages and API routes get it: without its modules. Each of them would be compiled with a copy
 * of all that the runtime is made of, and the server would load as many.
 */
import type { Runtime } from './runtime';

const KEY = Symbol.for('evergreen.runtime');
const shared: typeof globalThis & { [KEY]?: Runtime } = globalThis;

/** The runtime of this process: see `runtime` in `lib/runtime.ts`, which is loaded only where there is none yet. */
export async function runtimeOfProcess(): Promise<Runtime> {
  return shared[KEY] ?? (await import('./runtime')).runtime();
}
