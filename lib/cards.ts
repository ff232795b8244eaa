/**
 * Cards at a bounded cost: the last ones are kept, requests for one card share its drawing, and no two
 * are drawn at once.
 */
import { LRUCache } from 'lru-cache';
import { cardVersion, type CardFace } from './card';
import { drawCard } from './draw-card';

const MOST_BYTES = 16 * 1024 * 1024;

let last: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = last.then(work);
  last = turn.catch(() => undefined);
  return turn;
}

const drawn = new LRUCache<string, Buffer, CardFace>({
  maxSize: MOST_BYTES,
  sizeCalculation: (png) => png.length,
  fetchMethod: (_version, _stale, { context }) => inTurn(() => drawCard(context)),
});

/** The PNG of a card. */
export const cardPng = (face: CardFace): Promise<Buffer> =>
  drawn.forceFetch(cardVersion(face), { context: face });
