/**
 * Cards at a bounded cost: the last ones are kept, requests for one card share its drawing, no two are
 * drawn at once, and only so many wait.
 */
import createError from 'http-errors';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { cardVersion, type CardFace } from './open-graph-image';
import { drawCard } from './draw-open-graph-image';

const MOST_BYTES = 16 * 1024 * 1024;

/** Drawings that may wait for their turn, the one in hand included. Each takes a part of a second. */
const MOST_WAITING = 20;

const inTurn = pLimit(1);

async function drawInTurn(face: CardFace): Promise<Buffer> {
  if (inTurn.activeCount + inTurn.pendingCount >= MOST_WAITING) {
    throw createError(503, 'Too many pictures are being drawn. Try again in a few seconds.');
  }
  return inTurn(() => drawCard(face));
}

const drawn = new LRUCache<string, Buffer, CardFace>({
  maxSize: MOST_BYTES,
  sizeCalculation: (png) => png.length,
  fetchMethod: (_version, _stale, { context }) => drawInTurn(context),
});

/** The PNG of a card. Rejects with an HttpError 503 if too many others wait to be drawn. */
export const cardPng = (face: CardFace): Promise<Buffer> =>
  drawn.forceFetch(cardVersion(face), { context: face });
