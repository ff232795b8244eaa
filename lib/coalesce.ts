/** Work that callers share: those who call while it runs share its next run. */

/**
 * Shares runs of `work`, of which one is under way at a time. Who calls while one is waits for the next,
 * which begins after all of its callers, is given what each of them asked for, and answers all of them.
 */
export function coalesce<Input, Result>(
  work: (inputs: readonly Input[]) => Promise<Result>,
): (input: Input) => Promise<Result> {
  let running: Promise<unknown> | undefined;
  let next: { inputs: Input[]; result: Promise<Result> } | undefined;

  const begin = (inputs: readonly Input[]): Promise<Result> => {
    const result = work(inputs);
    const ended = () => (running = undefined);
    running = result.then(ended, ended);
    return result;
  };
  return (input) => {
    if (next) {
      next.inputs.push(input);
      return next.result;
    }
    if (!running) return begin([input]);
    const inputs = [input];
    const result = running.then(() => {
      next = undefined;
      return begin(inputs);
    });
    next = { inputs, result };
    return result;
  };
}
