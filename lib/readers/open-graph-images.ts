/**
 * Open Graph images at a bounded cost: the last ones are kept, requests for one share its drawing, no two
 * are drawn at once, and only so many wait.
 */
import createError from 'http-errors';
import { LRUCache } from 'lru-cache';
import pLimit from 'p-limit';
import { versionOf, type Face } from './open-graph-image';
import { drawImage } from './draw-open-graph-image';

const MOST_BYTES = 16 * 1024 * 1024;

/** Drawings that may wait for their turn, the one in hand included. Each takes a part of a second. */
const MOST_WAITING = 20;

/** The Open Graph images of one process. */
export class OpenGraphImages {
  private readonly inTurn = pLimit(1);
  private readonly drawn = new LRUCache<string, Buffer, Face>({
    maxSize: MOST_BYTES,
    sizeCalculation: (png) => png.length,
    fetchMethod: (_version, _stale, { context }) => this.drawInTurn(context),
  });

  /** The PNG of an image. Rejects with an HttpError 503 if too many others wait to be drawn. */
  png(face: Face): Promise<Buffer> {
    return this.drawn.forceFetch(versionOf(face), { context: face });
  }

  private async drawInTurn(face: Face): Promise<Buffer> {
    const { inTurn } = this;
    if (inTurn.activeCount + inTurn.pendingCount >= MOST_WAITING) {
      throw createError(503, 'Too many pictures are being drawn. Try again in a few seconds.');
    }
    return inTurn(() => drawImage(face));
  }
}
