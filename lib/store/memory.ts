/**
 * The pages that were read last, in memory.
 */
import { LRUCache } from 'lru-cache';
import type { StoredPage } from './place';
import { sizeOf } from './values';

/** Next's own default, in bytes. */
export const MEMORY_BYTES = 50 * 1024 * 1024;

/** A memory of so many bytes. */
export const memoryOf = (bytes: number): LRUCache<string, StoredPage> =>
  new LRUCache({
    maxSize: bytes,
    sizeCalculation: ({ value }) => (value ? sizeOf(value) + 1000 : 200),
  });
