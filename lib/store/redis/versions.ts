/**
 * The order of snapshots and purges on all instances, which Redis decides.
 *
 * Redis numbers the loads. An instance reads the source after it got its version, together with what
 * earlier purges said had changed: so a snapshot with a higher version holds whatever a purge with a
 * lower one was about. Three marks follow from that, each only ever raised:
 * - the fence, raised when a purge has loaded its snapshot: pages are committed only from snapshots that
 *   are at least as new, and no page over one of a newer snapshot;
 * - answered, raised when a purge is done, in any build;
 * - whole, raised for the build whose instance compared all with its snapshot: what is stored in it is
 *   right as of then, and instances serve it without having loaded that snapshot themselves. Where whole
 *   lags behind, they load it first.
 *
 * A Redis that was restarted or emptied may have gone back in time. It gets a new generation, in which
 * nothing that was loaded before counts, and which begins as if something had changed.
 */
import { randomUUID } from 'node:crypto';
import type { Hint } from '../../source/changes';
import { isBehindFence, type Version, type Versions } from '../place';
import { PURGE_MS, VISIT_MS, type Connection } from './connection';
import { CONFIRMED, EDGES, EXPOSED, HINTS, namesOfBuild, STATE, WHOLE } from './names';

/** Purges whose hints are kept for loads of other instances; one that missed more compares everything. */
const HINTS_KEPT = 1000;
/** And of how many bytes: with its news one may have a megabyte. */
const HINT_BYTES_KEPT = 4 * 1024 * 1024;

/** The order that Redis decides. */
export class RedisVersions implements Versions {
  constructor(
    private readonly connection: Connection,
    private readonly buildId: string,
  ) {}

  async begin(previous: Version | undefined, hint: Hint | undefined) {
    const told = !hint ? 'null' : hint.length > 0 ? JSON.stringify(hint) : '';
    const keys = [STATE, HINTS, EDGES, EXPOSED];
    try {
      const { generation, version, hints } = await this.connection.ask(
        ({ client, run }) =>
          client.beginLoad(keys, [
            run,
            randomUUID(),
            previous?.generation ?? '',
            String(previous?.version ?? 0),
            told,
            String(HINTS_KEPT),
            String(HINT_BYTES_KEPT),
          ]),
        PURGE_MS,
      );
      return { generation, version, hint: mergeTold(hint, hints) };
    } catch (error) {
      // A purge hears of it; visitors go on reading, and nothing of it is stored.
      if (!hint || hint.length > 0) throw error;
      this.connection.doubts += 1;
      return { generation: 'away', version: 0, hint };
    }
  }

  async isOutdated(version: Version): Promise<boolean> {
    try {
      const [generation, fence] = await this.connection.ask(
        ({ client }) => client.hmGet(STATE, ['epoch', 'floor']),
        VISIT_MS,
      );
      return isBehindFence(version, { generation: generation ?? '', version: Number(fence) });
    } catch {
      this.connection.doubts += 1;
      return false;
    }
  }

  async raiseFence({ generation, version }: Version): Promise<void> {
    const isRaised = await this.connection.ask(
      ({ client }) => client.raise([STATE, STATE], [generation, String(version), 'floor']),
      PURGE_MS,
    );
    if (!isRaised) {
      throw new Error(`Redis at ${this.connection.address} was restarted meanwhile; call again`);
    }
  }

  // In another generation there is nothing to raise: it began as if something had changed.
  async endPurge({ generation, version }: Version, comparedAll: boolean): Promise<void> {
    const { revisions } = namesOfBuild(this.buildId);
    const marks = { answered: STATE, ...(comparedAll && { [WHOLE]: revisions }) };
    const keys = [STATE, ...Object.values(marks)];
    const input = [generation, String(version), ...Object.keys(marks)];
    await this.connection.ask(({ client }) => client.raise(keys, input), PURGE_MS);
  }

  async confirmRemovals(snapshot: string): Promise<void> {
    await this.connection.ask(({ client }) => client.set(CONFIRMED, snapshot), PURGE_MS);
  }

  async areRemovalsConfirmed(snapshot: string): Promise<boolean> {
    const confirmed = await this.connection.ask(({ client }) => client.get(CONFIRMED), PURGE_MS);
    return confirmed === snapshot;
  }
}

/** A hint together with what purges on other instances told; nothing where not all is known. */
function mergeTold(hint: Hint | undefined, others: string[] | 0): Hint | undefined {
  if (!hint || others === 0) return undefined;
  const all = [...hint];
  for (const text of others) {
    const told: Hint | null = JSON.parse(text.slice(text.indexOf(' ') + 1));
    if (!told) return undefined;
    all.push(...told);
  }
  return all;
}
