/**
 * The claim on a build folder: without Redis one server at a time may serve it. A second one keeps
 * pages in a memory of its own, which a purge at the first does not reach.
 *
 * A claim is a Unix socket in the folder of claims: it lives exactly as long as its process does, and
 * whether it does is told by connecting to it. The name of each is random and never used again, so that
 * a socket that nobody listens on can be removed at any time. Who wants a claim first publishes a socket
 * and then looks at all others: of two who do so at once, the one who looks later sees the other.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../message-of';

/**
 * Where the claims are. Relative to the folder that the server runs in, since the path of a socket may
 * have no more than about a hundred characters.
 */
export const CLAIMS = path.join('.next', 'server', 'claims');

/** How long a server waits for the one before it, which a process manager may be about to end. */
const WAIT_MS = 10_000;
const LOOK_AGAIN_AFTER_MS = 100;

/** Of the path of a socket, on the system that takes least; some cut longer ones without a word. */
const MOST_PATH_BYTES = 103;

/** The end of the name of a socket that nobody can connect to yet. */
const UNPUBLISHED = '.new';

/** What connecting says where nobody listens: the process is gone, or the file is. */
const GONE = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTSOCK']);
/** What it says where as many connect as can wait, and where a process is just letting go. */
const BUSY = new Set(['EAGAIN', 'ECONNRESET']);

/** A claim that is had. It is lost with the process at the latest. */
export interface Claim {
  /** Gives it up, and removes its file. */
  release: () => void;
}

/**
 * Claims the build of the folder that this process runs in, and lets go when the process ends. Where
 * another server has the claim, and keeps it for ten seconds, ends this process with a message. Where no
 * claim can be had, as on a disk that cannot be written, warns that nothing is known.
 */
export async function claimBuild(): Promise<void> {
  const folder = process.cwd();
  const seconds = WAIT_MS / 1000;
  let claim: Claim | undefined;
  try {
    claim = await claimFolder(CLAIMS, WAIT_MS, () =>
      console.warn(`Another server serves ${folder}: waiting up to ${seconds} s for it to end.`),
    );
  } catch (error) {
    const reason = messageOf(error);
    console.warn(
      `This server cannot tell whether another server serves ${folder} (${reason}). Run one at a ` +
        'time, or set REDIS_URL: a purge at one would not reach the other.',
    );
    return;
  }
  if (!claim) {
    console.error(
      `Another server already serves ${folder}, and a purge at one would not reach the other. Stop ` +
        'it first, or set REDIS_URL to run several: see posts/manual/several-machines.mdx.',
    );
    process.exit(1);
  }
  process.on('exit', claim.release);
}

/**
 * Claims a folder; undefined if another process still has the claim after `waitMs`. `onWait` is called
 * once if there is one to wait for. Throws if there can be no socket in the folder.
 */
export async function claimFolder(
  folder: string,
  waitMs: number,
  onWait: () => void = () => undefined,
): Promise<Claim | undefined> {
  const endMs = performance.now() + waitMs;
  for (let looks = 0; ; looks += 1) {
    // Each time: a build may have emptied the folder.
    mkdirSync(folder, { recursive: true });
    if (!(await isClaimed(folder))) {
      const claim = await publish(folder);
      if (!(await isClaimed(folder, claim.name))) return claim;
      claim.release();
    }
    if (performance.now() >= endMs) return undefined;
    if (looks === 0) onWait();
    // Those who saw each other and withdrew come back at different times.
    await pause(LOOK_AGAIN_AFTER_MS * (0.5 + Math.random()));
  }
}

/** Makes a socket that others see only when they can connect to it. */
async function publish(folder: string): Promise<Claim & { name: string }> {
  const name = randomUUID();
  const file = path.join(folder, name);
  if (Buffer.byteLength(file + UNPUBLISHED) > MOST_PATH_BYTES) {
    throw new Error(`the path of a socket in ${folder} would be too long`);
  }
  const server = createServer((socket) => socket.destroy());
  server.unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // Exclusive: the workers of a cluster would otherwise share it.
    server.listen({ path: file + UNPUBLISHED, exclusive: true }, resolve);
  });
  const release = () => {
    rmSync(file, { force: true });
    server.close();
  };
  try {
    renameSync(file + UNPUBLISHED, file);
  } catch (error) {
    release();
    throw error;
  }
  return { name, release };
}

/** Whether a process that lives has a claim other than `own`. Removes what others have left behind. */
async function isClaimed(folder: string, own?: string): Promise<boolean> {
  for (const name of readdirSync(folder)) {
    if (name === own || name.endsWith(UNPUBLISHED)) continue;
    const file = path.join(folder, name);
    if (await isAlive(file)) return true;
    rmSync(file, { force: true });
  }
  return false;
}

/** Whether a process listens on a socket. Throws if that cannot be known. */
function isAlive(file: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: file }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (GONE.has(error.code ?? '')) resolve(false);
      else if (BUSY.has(error.code ?? '')) resolve(true);
      else reject(error);
    });
  });
}
