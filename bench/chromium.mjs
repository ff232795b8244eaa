/**
 * A real Chromium for the bench and the tests, without root: the one that an npm package carries, with the libraries that it
 * carries too; where that does not start, an installed one.
 */
import { chromium } from 'playwright-core';

/** No sandbox, since tests may run as root; and nothing that asks hosts of its own. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * Has a browser for as long as `work` goes on. Throws, with what each attempt said, if none starts.
 * @template T
 * @param {(browser: import('playwright-core').Browser) => Promise<T>} work
 * @param {string[]} [args] Of the command line.
 */
export async function withChromium(work, args = []) {
  const browser = await startChromium(args);
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/**
 * Starts Chromium. Throws, with what each attempt said, if none starts.
 * @param {string[]} [args] Of the command line, besides those of ours.
 */
export async function startChromium(args = []) {
  const failures = [];
  for (const find of [packaged, ...INSTALLED.map((path) => async () => path)]) {
    try {
      return await chromium.launch({ executablePath: await find(), args: [...ARGS, ...args] });
    } catch (error) {
      failures.push(String(error).slice(0, 500));
    }
  }
  throw new Error(`No Chromium starts; install one, for example with apt:\n${failures.join('\n')}`);
}

async function packaged() {
  // The package unpacks its libraries, and points LD_LIBRARY_PATH to them, only where it believes to
  // be on AWS Lambda; without them a bare machine lacks libnss3.
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs20.x';
  const { default: carried } = await import('@sparticuz/chromium');
  return carried.executablePath();
}
