/**
 * The scripts of Redis, from the `.lua` files beside this one: what has to happen in one step.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CommandParser, defineScript as DefineScript } from 'redis';

/** Where the server runs: next.config.js has them copied into a standalone server. */
const FOLDER = path.join('lib', 'store', 'redis', 'scripts');

const textOf = (names: string[]): string =>
  names
    .map((name) =>
      readFileSync(/* turbopackIgnore: true */ path.join(FOLDER, `${name}.lua`), 'utf8'),
    )
    .join('\n');

const asItIs = <Reply>(reply: Reply): Reply => reply;

/** Reads the scripts, as methods of a client that take their keys and their arguments. */
export function readScripts(defineScript: typeof DefineScript) {
  /** A script of these files; `read` takes what the last one says that it returns. */
  const script = <Reply, Read>(names: string[], read: (reply: Reply) => Read) =>
    defineScript({
      SCRIPT: textOf(names),
      parseCommand: (parser: CommandParser, keys: string[], args: string[]) => {
        parser.pushKeysLength(keys);
        parser.pushVariadic(args);
      },
      transformReply: read,
    });
  return {
    greet: script(['time', 'generation'], asItIs<null>),
    beginLoad: script(
      ['time', 'generation', 'begin-load'],
      ([generation, version, hints]: [string, number, string[] | 0]) => ({
        generation,
        version,
        hints,
      }),
    ),
    raise: script(['raise'], asItIs<0 | 1>),
    commit: script(['commit'], asItIs<string>),
    seed: script(['seed'], asItIs<null>),
    expose: script(['expose'], asItIs<null>),
    addToOutbox: script(['outbox-add'], asItIs<null>),
    acknowledge: script(['acknowledge'], asItIs<0 | 1>),
    beat: script(['time', 'beat'], asItIs<null>),
    tell: script(['time', 'tell'], asItIs<number | string[]>),
    hear: script(['time', 'hear'], ([replies, leases]: [string[], string[]]) => ({
      replies,
      leases,
    })),
  };
}
