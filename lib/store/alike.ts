/**
 * Whether this build answers all plain visitors of an address alike, as its manifests have it: internals of
 * Next, which `__tests__/server/answers.test.ts` sees to.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const Condition = z.object({ type: z.string() });
const Rules = z.array(
  z.object({ has: z.array(Condition).default([]), missing: z.array(Condition).default([]) }),
);

const Routes = z.object({
  headers: Rules,
  redirects: Rules,
  rewrites: z.object({ beforeFiles: Rules, afterFiles: Rules, fallback: Rules }),
});

const Middleware = z.object({ middleware: z.record(z.string(), z.unknown()) });
/** Where it runs in Node.js. */
const Functions = z.object({ functions: z.record(z.string(), z.unknown()) });
const MIDDLEWARE = '/_middleware';

/**
 * False where a rule for headers, redirects or rewrites asks for a cookie, a header or a host, where there is
 * middleware, or where none of that can be known. Plain visits have no query.
 */
export function areAnsweredAlike(distDir = '.next'): boolean {
  const read = (...name: string[]): unknown =>
    JSON.parse(readFileSync(path.join(/* turbopackIgnore: true */ distDir, ...name), 'utf8'));
  try {
    const { headers, redirects, rewrites } = Routes.parse(read('routes-manifest.json'));
    const { middleware } = Middleware.parse(read('server', 'middleware-manifest.json'));
    const { functions } = Functions.parse(read('server', 'functions-config-manifest.json'));
    if (Object.keys(middleware).length > 0 || MIDDLEWARE in functions) return false;
    return [headers, redirects, ...Object.values(rewrites)]
      .flat()
      .every(({ has, missing }) => [...has, ...missing].every(({ type }) => type === 'query'));
  } catch {
    return false;
  }
}
