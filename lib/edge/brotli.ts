/**
 * Brotli for edges, of what Next answers: the first response of a page after a purge is one that an edge keeps
 * for many, and Next knows gzip only. What is answered without Next (`store/answers.ts`) is packed already.
 */
import compression from 'compression';
import { constants } from 'node:zlib';
import { onRequest } from '../exchange';

/** About the time of gzip, and smaller; a window as large as pages are, since each response takes one. */
const compress = compression({
  brotli: {
    params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_LGWIN]: 18 },
  },
});

/** What an edge asks with. No browser asks for Brotli alone. */
const ONLY_BROTLI = 'br';

/** Answers edges in Brotli from now on; returns what ends that. */
export function answerInBrotli(): () => void {
  return onRequest((request, response) => {
    if (request.headers['accept-encoding'] === ONLY_BROTLI) {
      compress(request, response, () => undefined);
    }
  });
}
