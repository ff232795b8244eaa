/**
 * Checks of what lies on the disk: the build, folders that are written, who owns and reads them, free space. What they
 * look at is told to the bundler nowhere: it would take the whole project for a part of the server.
 */
import { countOf } from '../../count-of';
import { existsSync } from 'node:fs';
import { access, constants, readdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../message-of';
import { ok, skipped, warning, wrong, type BareCheck, type Found, type SiteCheck } from './check';
import { ENV_FILES } from './settings';

/** What `next build` leaves when it is done. */
const BUILD_ID = path.join('.next', 'BUILD_ID');
/** Where `next start` keeps pages beside those of the build. */
const SERVER = path.join('.next', 'server');

/** What a build is made of, besides the posts. */
const CODE = [
  'lib',
  'pages',
  'components',
  'instrumentation.ts',
  'next.config.js',
  'site.config.mjs',
  'package-lock.json',
];
/** Files that are looked at for one that is newer than the build. */
const MOST_FILES = 5000;

const MIB = 1024 ** 2;
/** Free space below which something is about to fail, and below which it will. */
const LITTLE = { error: 50 * MIB, warning: 500 * MIB };
/** The same for files that can still be made. */
const FEW_FILES = { error: 100, warning: 5000 };

export const buildCheck: BareCheck = {
  name: 'build',
  look: async () => {
    if (!existsSync(/* turbopackIgnore: true */ BUILD_ID))
      return wrong('There is no build here.', 'Run npm run build.');
    const built = await stat(/* turbopackIgnore: true */ BUILD_ID);
    const newer = await newerCode(built.mtimeMs);
    const when = built.mtime.toISOString();
    return newer === undefined
      ? ok(`The site was built at ${when}, and no code is newer.`)
      : warning(
          `${newer} is newer than the build of ${when}.`,
          'Run npm run build, and restart the site.',
        );
  },
};

/** A file of the code that changed after a time. */
async function newerCode(builtMs: number): Promise<string | undefined> {
  let looked = 0;
  for (const name of CODE) {
    const below = await readdir(/* turbopackIgnore: true */ name, { recursive: true }).catch(
      () => [],
    );
    for (const file of [
      name,
      ...below.map((one) => path.join(/* turbopackIgnore: true */ name, one)),
    ]) {
      looked += 1;
      if (looked > MOST_FILES) return undefined;
      const stats = await stat(/* turbopackIgnore: true */ file).catch(() => undefined);
      if (stats?.isFile() && stats.mtimeMs > builtMs) return file;
    }
  }
  return undefined;
}

export const foldersCheck: SiteCheck = {
  name: 'folders',
  look: async ({ dataDir, redisUrl }) => {
    // With Redis no page is written to the disk.
    const folders =
      redisUrl === undefined && existsSync(/* turbopackIgnore: true */ SERVER)
        ? [dataDir, SERVER]
        : [dataDir];
    return Promise.all(folders.map(foundOfFolder));
  },
};

/** Writes a file into a folder, and removes it: what the mode of a folder says is not all. */
async function foundOfFolder(folder: string): Promise<Found> {
  const probe = path.join(/* turbopackIgnore: true */ folder, `.doctor-${process.pid}`);
  try {
    if (!existsSync(/* turbopackIgnore: true */ folder)) {
      await access(/* turbopackIgnore: true */ path.dirname(folder), constants.W_OK);
      return ok(`${folder} is made when something is kept.`);
    }
    await writeFile(/* turbopackIgnore: true */ probe, 'x'.repeat(4096));
    await rm(/* turbopackIgnore: true */ probe);
  } catch (error) {
    await rm(/* turbopackIgnore: true */ probe, { force: true }).catch(() => undefined);
    return wrong(
      `${folder} cannot be written (${codeOf(error)}).`,
      'Let the user that runs the site write there: what is kept over a restart, and each page that is regenerated, is stored in it.',
    );
  }
  const { uid } = await stat(/* turbopackIgnore: true */ folder);
  const own = process.getuid?.();
  return own === undefined || own === uid
    ? ok(`${folder} can be written.`)
    : warning(
        `${folder} belongs to user ${uid}, and this runs as user ${own}.`,
        'Build and run the site, and this command, as one user: one cannot replace the files of another.',
      );
}

export const permissionsCheck: BareCheck = {
  name: 'permissions',
  look: async () => {
    if (process.getuid === undefined) return skipped('Windows has no modes of files.');
    const present = ENV_FILES.filter((name) => existsSync(/* turbopackIgnore: true */ name));
    const found = await Promise.all(
      present.map(async (name) =>
        foundOfMode(name, (await stat(/* turbopackIgnore: true */ name)).mode),
      ),
    );
    return found.length > 0 ? found : skipped('There is no .env file whose mode matters.');
  },
};

/** What there is to say of the mode of a file with secrets. */
export function foundOfMode(file: string, mode: number): Found {
  const others = mode & 0o007;
  return others === 0
    ? ok(`${file} is closed to other users of this machine.`)
    : warning(
        `${file} can be ${others & 0o002 ? 'written' : 'read'} by every user of this machine (mode ${(mode & 0o777).toString(8)}).`,
        `It may hold the secret: chmod 600 ${file}`,
      );
}

export const diskCheck: SiteCheck = {
  name: 'disk',
  look: async ({ dataDir }) => {
    const folders = [
      existsSync(/* turbopackIgnore: true */ dataDir) ? dataDir : path.dirname(dataDir),
      '.next',
    ];
    return Promise.all(
      folders
        .filter((folder) => existsSync(/* turbopackIgnore: true */ folder))
        .map(async (folder) => {
          const { bavail, bsize, files, ffree } = await statfs(/* turbopackIgnore: true */ folder);
          return foundOfDisk(folder, {
            freeBytes: bavail * bsize,
            freeFiles: files > 0 ? ffree : Infinity,
          });
        }),
    );
  },
};

/** What there is to say of what is free where a folder lies. Some file systems count no files. */
export function foundOfDisk(
  folder: string,
  { freeBytes, freeFiles }: { freeBytes: number; freeFiles: number },
): Found {
  const space = `${Math.floor(freeBytes / MIB).toLocaleString('en')} MiB`;
  const free = `Where ${folder} lies, ${space} are free`;
  const advice = 'Free some: on a full disk pages fail to be stored, and purges with them.';
  const isBelow = (state: 'error' | 'warning') =>
    freeBytes < LITTLE[state] || freeFiles < FEW_FILES[state];
  const more =
    freeFiles < FEW_FILES.warning ? `, and ${countOf(freeFiles, 'file')} can be made` : '';
  if (isBelow('error')) return wrong(`${free}${more}.`, advice);
  return isBelow('warning') ? warning(`${free}${more}.`, advice) : ok(`${free}.`);
}
