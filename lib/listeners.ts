/** Those who hear of something: each is told, and none keeps it from happening. */

/** A set of listeners. */
export class Listeners<Event> {
  private readonly all = new Set<(event: Event) => void>();

  /** Calls back with each event from now on. */
  readonly add = (listener: (event: Event) => void): void => {
    this.all.add(listener);
  };

  /** Tells all of them. What one throws goes to the log. */
  tell(event: Event): void {
    for (const listener of this.all) {
      try {
        listener(event);
      } catch (error) {
        console.error(error);
      }
    }
  }
}
