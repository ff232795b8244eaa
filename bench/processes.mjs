/** The processes that the bench starts, and their memory. None of them outlives the bench. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** @typedef {import('node:child_process').ChildProcess} Child */

/** @type {Set<number>} */
const groups = new Set();

process.on('exit', () => groups.forEach(killGroup));
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => process.exit(1));
}

/**
 * Starts Node.js in a process group of its own, so that what it starts in turn ends with it.
 * @param {string[]} args
 * @param {{ cwd: string, env?: Record<string, string>, ipc?: boolean }} options
 * @returns {{ child: Child, pid: number, log: () => string }}
 */
export const startNode = (args, options) => start(process.execPath, args, options);

/**
 * Starts npm, to install what a folder names. It reads no more than the registry.
 * @param {string[]} args
 * @param {{ dir: string }} folder
 */
export const startNpm = (args, { dir }) =>
  start('npm', args, { cwd: dir, env: { NODE_ENV: '', npm_config_update_notifier: 'false' } });

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: Record<string, string>, ipc?: boolean }} options
 * @returns {{ child: Child, pid: number, log: () => string }}
 */
function start(command, args, { cwd, env, ipc }) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? /** @type {const} */ (['ipc']) : [])],
    detached: true,
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command} could not be started in ${cwd}`);
  groups.add(pid);
  let output = '';
  child.stdout?.on('data', (data) => (output += data));
  child.stderr?.on('data', (data) => (output += data));
  return { child, pid, log: () => output };
}

/**
 * Waits until a process has ended by itself. Throws, with what it wrote, if it failed.
 * @param {ReturnType<typeof startNode>} started
 */
export async function finished({ child, pid, log }) {
  const [code] = await once(child, 'close');
  groups.delete(pid);
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} ended with ${code}:\n${log()}`);
}

/**
 * Ends a process and what it started.
 * @param {ReturnType<typeof startNode>} started
 */
export async function stop({ child, pid }) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  killGroup(pid);
  await exited;
  groups.delete(pid);
}

/**
 * Sends a message to a process that was started with `ipc`, and waits for its answer. Throws, with
 * what the process wrote, if it ends before.
 * @param {ReturnType<typeof startNode>} started
 * @param {import('node:child_process').Serializable} message
 * @returns {Promise<any>}
 */
export async function ask({ child, log }, message) {
  const done = new AbortController();
  const answer = once(child, 'message', done);
  const ended = once(child, 'exit', done).then(() => {
    throw new Error(`${child.spawnargs.join(' ')} ended without an answer:\n${log()}`);
  });
  child.send(message);
  const [value] = await Promise.race([answer, ended]).finally(() => done.abort());
  return value;
}

/** @param {number} pid */
function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/**
 * Notes the peak resident memory of each process of a group in `peaks`, by process id, in bytes.
 * @param {number} group
 * @param {Map<number, number>} peaks
 */
async function notePeaks(group, peaks) {
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    try {
      const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
      // After the name, which stands in brackets: state, parent, group.
      const its = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
      if (its !== group) continue;
      const status = await readFile(`/proc/${pid}/status`, 'latin1');
      const kilobytes = Number(/^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? 0);
      peaks.set(pid, Math.max(peaks.get(pid) ?? 0, kilobytes * 1024));
    } catch {
      // It ended meanwhile.
    }
  }
}

/** How many ticks of `/proc/<pid>/stat` are a second, on every Linux that there is. */
const TICKS = 100;

/**
 * How long a process has worked, on all cores together, in ms.
 * @param {number} pid
 */
export async function cpuOf(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
  // After the name, which stands in brackets: state, parent and group, and further on the two times.
  const its = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(its[11]) + Number(its[12])) * 1000) / TICKS;
}

/**
 * The peaks of the processes of a group until now, in bytes.
 * @param {number} group
 */
export async function peaksOf(group) {
  /** @type {Map<number, number>} */
  const peaks = new Map();
  await notePeaks(group, peaks);
  return [...peaks.values()];
}

/**
 * Notes them again and again while a promise is pending; answers the peaks.
 * @param {number} group
 * @param {Promise<unknown>} pending
 */
export async function peaksDuring(group, pending) {
  /** @type {Map<number, number>} */
  const peaks = new Map();
  let isPending = true;
  const ended = pending.finally(() => (isPending = false));
  // Whatever goes wrong is thrown below.
  ended.catch(() => undefined);
  while (isPending) {
    await notePeaks(group, peaks);
    await pause(100);
  }
  await ended;
  return [...peaks.values()];
}
