/**
 * What is wrong and was told of. Where that cannot be noted, as when Redis is away, this process remembers it by
 * itself: just then there is something to tell.
 */
import type { NoticePlace } from '../store/place';

/** So many things may be wrong at a time; more are not told of one by one. */
const MOST_OPEN = 1000;

/** What is open, as one process knows it. Never throws. */
export class OpenNotices {
  /** What could not be noted. */
  private readonly own = new Set<string>();

  constructor(private readonly place: NoticePlace) {}

  /** Notes what is wrong; returns what nobody has told of yet. */
  async open(keys: readonly string[]): Promise<string[]> {
    if (keys.length === 0) return [];
    const known = new Set(await this.all());
    const asked = [...new Set(keys)].filter((key) => !known.has(key));
    const news = asked.slice(0, Math.max(0, MOST_OPEN - known.size));
    try {
      return await this.place.open(news);
    } catch {
      for (const key of news) this.own.add(key);
      return news;
    }
  }

  /** Notes what is not wrong any more; returns what nobody has told of yet. */
  async close(keys: readonly string[]): Promise<string[]> {
    if (keys.length === 0) return [];
    const own = keys.filter((key) => this.own.delete(key));
    const shared = await this.place.close(keys).catch(() => []);
    return [...new Set([...own, ...shared])];
  }

  /** All that is wrong, as far as is known. */
  async all(): Promise<string[]> {
    const shared = await this.place.all().catch(() => []);
    return [...new Set([...this.own, ...shared])];
  }
}
