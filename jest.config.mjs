import nextJest from 'next/jest.js';

const withNext = nextJest({ dir: '.' });

/** Minutes of servers that fail and come back: for CI, and whoever changes what they test. */
const LONG = ['edges', 'history', 'several-instances', 'wordpress-incremental', 'wordpress-plugin'];

/** @type {import('jest').Config} */
const config = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  testPathIgnorePatterns: process.env.EVERY_TEST
    ? []
    : LONG.map((name) => `<rootDir>/__tests__/${name}.test.ts`),
  globalSetup: '<rootDir>/__tests__/setup/build-site.ts',
  globalTeardown: '<rootDir>/__tests__/setup/remove-site.ts',
  // Copies of the project, made by the tests and the bench.
  modulePathIgnorePatterns: ['<rootDir>/.test/', '<rootDir>/.bench/'],
  testTimeout: 60_000,
  // Servers and browsers do most of the work, and wait for each other.
  maxWorkers: '100%',
  moduleNameMapper: { '^estree-walker$': '<rootDir>/node_modules/estree-walker/src/index.js' },
};

/** next/jest would leave packages untransformed that are published as ES modules only. */
const jestConfig = async () => ({
  ...(await withNext(config)()),
  transformIgnorePatterns: ['/node_modules/(next|react|react-dom|scheduler|@swc|node-mocks-http)/'],
});

export default jestConfig;
