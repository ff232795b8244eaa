/**
 * The start of a server: checks the environment, and does beforehand what the first visitor or the
 * first purge would wait for. Nothing waits for it.
 */
import { loadContent } from './content';
import { environment } from './environment';
import { checkBody } from './mdx';
import { describeProblem, parsePost } from './post';

const SHORT_SECRET = 16;

/** An MDX text that uses what posts use, so that the compiler is warm before the first edit. */
const SAMPLE = `---
title: Sample
date: 2026-01-01
---

## Heading

Text with *emphasis*, a [link](/), \`code\` and {1 + 1}.

<Callout>A component.</Callout>

| a | b |
| - | - |
| 1 | 2 |

- one
- two
`;

/**
 * Starts reading and warming up; reports what is wrong on standard error. Settings that cannot be
 * used end the process: Next would go on, and answer each request with an error.
 */
export function start(): void {
  let secrets: string[];
  try {
    const settings = environment();
    if (settings.building) return;
    ({ secrets } = settings);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
  if (secrets.length === 0) {
    console.warn('MY_SECRET_TOKEN is not set: nobody can purge. Set it in .env.local.');
  } else if (secrets.some((secret) => secret.length < SHORT_SECRET)) {
    console.warn(`MY_SECRET_TOKEN is shorter than ${SHORT_SECRET} characters: easy to guess.`);
  }
  loadContent()
    .then(({ problems }) => problems.map(describeProblem).forEach((line) => console.error(line)))
    .catch(console.error)
    .then(() => warmUp());
}

async function warmUp(): Promise<void> {
  const { post } = parsePost('sample.mdx', 'sample', SAMPLE);
  if (post) await checkBody(post);
}
