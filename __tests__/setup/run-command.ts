/** Runs a command of `bin/` as a person does, and waits for its end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { JITI, ROOT } from './build-site';

/** What a command printed, and its exit status. */
export interface Run {
  status: number | null;
  out: string;
  err: string;
}

/** Runs the command of this name in a folder. `env` is beside that of the tests. */
export async function runCommand(
  name: string,
  {
    cwd,
    args = [],
    nodeArgs = [],
    env,
  }: { cwd: string; args?: string[]; nodeArgs?: string[]; env: Record<string, string | undefined> },
): Promise<Run> {
  const command = [...nodeArgs, JITI, path.join(ROOT, `bin/${name}.ts`), ...args];
  const child = spawn(process.execPath, command, {
    cwd,
    // With `test`, no .env.local is read.
    env: { ...process.env, NODE_ENV: 'production', ...env },
  });
  const ended: Run = { status: null, out: '', err: '' };
  child.stdout.on('data', (data: Buffer) => (ended.out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (ended.err += data.toString()));
  [ended.status] = await once(child, 'close');
  return ended;
}
