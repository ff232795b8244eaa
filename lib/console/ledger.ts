/**
 * Purges as their callers ask for them: each that is carried out, or refused after its caller was let in, is in the
 * history before it is answered, and told to those who listen. A plan is none: nothing was done.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Listeners } from '../listeners';
import type { Caller } from '../purge/caller';
import type { Purges } from '../purge/purge';
import type { PurgeRequest } from '../purge/purge-request';
import type { Revalidate } from '../purge/regenerate';
import { redact, responseTo, responseToFailure, type Outcome } from '../purge/response';
import type { History } from './history';
import { recordOf, type PurgeRecord } from './record';

/** What somebody who was let in asks for. */
export interface LedgerCall {
  caller: Caller;
  /** Reads what is asked for; what it throws is the answer. */
  read: () => PurgeRequest;
  /** The hosts that a path may be written with. */
  hosts: string[];
  revalidate: Revalidate;
  /** When the call had arrived, by `performance.now()`. */
  started: number;
}

/** What came of a call, and the id of its record if that is in the history. */
export interface Noted extends Outcome {
  record?: string;
}

/** What a ledger is made of. */
export interface LedgerParts {
  purges: Pick<Purges, 'run'>;
  history: Pick<History, 'add'>;
  /** The time, in ms since 1970. */
  now: () => number;
}

/** The purges of one process, and who hears of them. */
export class Ledger {
  /** Names this process among instances, and after a restart. */
  readonly instance = `${hostname()}-${randomUUID().slice(0, 8)}`;
  private readonly listeners = new Listeners<PurgeRecord>();

  constructor(private readonly parts: LedgerParts) {}

  /** Carries a purge out, and notes it. Never throws: what went wrong is in the outcome. */
  async purge(call: LedgerCall): Promise<Noted> {
    const { now } = this.parts;
    const arrivedMs = now() - (performance.now() - call.started);
    const outcome = await this.outcomeOf(call);
    if (outcome.request?.dryRun) return outcome;
    const record = redact(
      recordOf(outcome, {
        caller: call.caller,
        arrivedMs,
        id: `${Math.floor(arrivedMs).toString(36)}-${randomUUID().slice(0, 8)}`,
        instance: this.instance,
        ms: Math.round(performance.now() - call.started),
      }),
    );
    const isKept = await this.parts.history.add(record);
    this.listeners.tell(record);
    return isKept ? { ...outcome, record: record.id } : outcome;
  }

  /** Calls back with each purge from now on, once it is in the history. */
  readonly onPurge = this.listeners.add;

  private async outcomeOf({ read, hosts, revalidate }: LedgerCall): Promise<Outcome> {
    let request;
    try {
      request = read();
      const report = await this.parts.purges.run(request, hosts, revalidate);
      return { request, report, answer: responseTo(request, report) };
    } catch (error) {
      return { request, error, answer: responseToFailure(error, request) };
    }
  }
}
