/**
 * Four projects: `unit` needs no build and no server, `server` runs a real `next start`, `slow` has what
 * takes minutes: servers that fail and come back, WordPress, browsers, builds, random edits; and
 * `schedules` tries the heart in any order of its steps, without a server.
 */
import { existsSync } from 'node:fs';
import nextJest from 'next/jest.js';

const withNext = nextJest({ dir: '.' });

/** Readers of the manual, which `npm run init` removes. */
const OF_MANUAL = ['/__tests__/slow/readers[.]test[.]ts$'];

/** @type {(name: string, more: import('jest').Config) => Promise<import('jest').Config>} */
const project = async (name, more) => ({
  ...(await withNext({
    displayName: name,
    testEnvironment: 'node',
    testMatch: [`<rootDir>/__tests__/${name}/**/*.test.ts`],
    // Copies of the project, made by the tests and the bench.
    modulePathIgnorePatterns: ['<rootDir>/.test/', '<rootDir>/.bench/'],
    testPathIgnorePatterns: ['/node_modules/', ...(existsSync('posts/manual') ? [] : OF_MANUAL)],
    moduleNameMapper: {
      '^estree-walker$': '<rootDir>/node_modules/estree-walker/src/index.js',
      // As lib/site/site-config.ts imports it: what the owner set is no test's business.
      '^[.][.]/[.][.]/site[.]config[.]mjs$': '<rootDir>/__tests__/setup/site.config.mjs',
    },
    ...more,
  })()),
  // next/jest would leave packages untransformed that are published as ES modules only.
  transformIgnorePatterns: ['/node_modules/(next|react|react-dom|scheduler|@swc|node-mocks-http)/'],
});

/** @type {import('jest').Config} */
const WITH_SERVERS = {
  globalSetup: '<rootDir>/__tests__/setup/build-site.ts',
  globalTeardown: '<rootDir>/__tests__/setup/remove-site.ts',
};

/** @returns {Promise<import('jest').Config>} */
const config = async () => ({
  testTimeout: 60_000,
  // Servers and browsers do most of the work, and wait for each other.
  maxWorkers: '100%',
  collectCoverageFrom: ['lib/**/*.{ts,tsx}'],
  projects: [
    await project('unit', {}),
    await project('schedules', {}),
    await project('server', WITH_SERVERS),
    await project('slow', WITH_SERVERS),
  ],
});

export default config;
