/** The end of a command: a sentence that says what to do, and the exit status. */
export class Stop extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}
