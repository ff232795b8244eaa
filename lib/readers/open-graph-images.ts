/**
 * Cards at a bounded cost: the last ones are kept, requests for one card share its drawing, no two are
 * drawn at once, and only so many wait.
 */
import createError from 'http-errors';
import { LRUCache } from 'lru-cache';
import { cardVersion, type CardFace } from './open-graph-image';
import { drawCard } from './draw-open-graph-image';

const MOST_BYTES = 16 * 1024 * 1024;

/** Drawings that may wait for their turn, the one in hand included. Each takes a part of a second. */
const MOST_WAITING = 20;

let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (waiting >= MOST_WAITING) {
    throw createError(503, 'Too many pictures are being drawn. Try again in a few seconds.');
  }
  waiting += 1;
  const turn = last.then(work).finally(() => (waiting -= 1));
  last = turn.catch(() => undefined);
  return turn;
}

const drawn = new LRUCache<string, Buffer, CardFace>({
  maxSize: MOST_BYTES,
  sizeCalculation: (png) => png.length,
  fetchMethod: (_version, _stale, { context }) => inTurn(() => drawCard(context)),
});

/** The PNG of a card. Rejects with an HttpError 503 if too many others wait to be drawn. */
export const cardPng = (face: CardFace): Promise<Buffer> =>
  drawn.forceFetch(cardVersion(face), { context: face });
