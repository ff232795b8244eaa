/**
 * What the simulator puts in place of `node:timers/promises`: each pause is a step, whatever its length, so
 * that a pause may be over before or after anything else.
 */
let step: (label: string) => Promise<void> = async () => undefined;

/** Says whose steps pauses are from now on. */
export const setStep = (own: typeof step): void => {
  step = own;
};

export const setImmediate = (): Promise<void> => step('turn');

/** How long visitors wait at most: the simulator has no source that never answers. */
const LONG_MS = 1000;

export const setTimeout = (ms: number): Promise<void> =>
  ms < LONG_MS ? step(`pause of ${ms} ms`) : new Promise(() => {});
