/**
 * Fair turns: one piece of work at a time, and the addresses that wait for theirs in rotation, however
 * many of them one address asks for.
 */

/** Places for all, those whose turn it is included: more would wait longer than a reader does. */
const MOST_PLACES = 50;
/** Places of one address: as many tabs as a reader opens at once. */
const MOST_PLACES_EACH = 5;

interface Waiting {
  begin: () => Promise<void>;
  /** Takes the place away: the work is not done. */
  refuse: () => void;
}

/** Who waits, by address; the address that comes first is next. */
export interface Turns {
  queues: Map<string, Waiting[]>;
  /** Whose turn it is; absent if nobody's. */
  current?: string;
}

export const newTurns = (): Turns => ({ queues: new Map() });

/**
 * Does this work when its turn comes. Resolves to undefined if there is no place: the address has its
 * share already, or so many wait. Rejects if the work does.
 */
export function takeTurn<T>(
  turns: Turns,
  address: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  if (placesOf(turns, address) >= MOST_PLACES_EACH) return Promise.resolve(undefined);
  if (placesTaken(turns) >= MOST_PLACES && !makeRoom(turns, address)) {
    return Promise.resolve(undefined);
  }
  return new Promise((resolve, reject) => {
    const queue = turns.queues.get(address) ?? [];
    turns.queues.set(address, queue);
    queue.push({
      begin: () => Promise.resolve().then(work).then(resolve, reject),
      refuse: () => resolve(undefined),
    });
    if (turns.current === undefined) void workOn(turns);
  });
}

async function workOn(turns: Turns): Promise<void> {
  for (const [address, queue] of turns.queues) {
    turns.current = address;
    await queue.shift()?.begin();
    // To the end of the rotation, behind those who came meanwhile: the loop reaches it again.
    turns.queues.delete(address);
    if (queue.length > 0) turns.queues.set(address, queue);
  }
  turns.current = undefined;
}

const placesOf = ({ queues, current }: Turns, address: string): number =>
  (queues.get(address)?.length ?? 0) + (current === address ? 1 : 0);

const placesTaken = ({ queues, current }: Turns): number =>
  [...queues.values()].reduce((sum, queue) => sum + queue.length, current === undefined ? 0 : 1);

/** Takes the last place of the address that has most, if that leaves it with no less than the newcomer. */
function makeRoom(turns: Turns, newcomer: string): boolean {
  const [longest = []] = [...turns.queues.values()].toSorted((a, b) => b.length - a.length);
  if (longest.length <= placesOf(turns, newcomer) + 1) return false;
  longest.pop()?.refuse();
  return true;
}
