/** Work that must not take longer than a limit. */

/** What took too long. */
export class TimeOut extends Error {}

/** The answer, or `TimeOut` after so many ms; what is late goes on all the same. */
export async function within<T>(answer: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeOut(`no answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
