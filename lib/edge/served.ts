/** What an edge serves of a page right now, as a visitor gets it. */
import getRawBody from 'raw-body';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { fetchFailure } from '../fetch-failure';

/** A response of an edge. */
export interface ServedByEdge {
  status: number;
  /** Of a redirect. */
  location?: string;
  /** How long it has been kept there, in seconds, if the edge says so. */
  age?: number;
  body: Buffer;
}

const TIMEOUT_MS = 3000;
/** More than any page has. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Asks an edge for a page as it is, in gzip and in Brotli, each of which it may keep by itself; unpacked. Throws what
 * kept it from answering.
 */
export const servedByEdge = (
  edge: string,
  path: string,
): Promise<[ServedByEdge, ServedByEdge, ServedByEdge]> =>
  Promise.all([
    servedIn('identity', edge, path),
    servedIn('gzip', edge, path),
    servedIn('br', edge, path),
  ]);

async function servedIn(encoding: string, edge: string, path: string): Promise<ServedByEdge> {
  try {
    const response = await fetch(edge + path, {
      headers: { 'Accept-Encoding': encoding },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const age = Number(response.headers.get('age') ?? NaN);
    return {
      status: response.status,
      location: response.headers.get('location') ?? undefined,
      age: Number.isFinite(age) ? age : undefined,
      body: await bytesOf(response),
    };
  } catch (error) {
    throw new Error(fetchFailure(error, TIMEOUT_MS), { cause: error });
  }
}

async function bytesOf({ body }: Response): Promise<Buffer> {
  if (!body) return Buffer.alloc(0);
  // Node and the types of browsers name the same stream.
  return getRawBody(Readable.fromWeb(body as ReadableStream), { limit: MOST_BYTES });
}
