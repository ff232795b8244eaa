/**
 * What a purge answers and logs: the one place where outcomes become statuses. No secret leaves here.
 */
import { isHttpError } from 'http-errors';
import type { NextApiRequest } from 'next';
import { environment } from './environment';
import type { PurgeReport } from './purge';
import type { PurgeRequest } from './purge-request';
import { withoutSecrets } from './secret';

/** An HTTP answer; a string is sent as text, anything else as JSON. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

const NEVER_STORED = { 'Cache-Control': 'no-store' };

/** Answers a purge that was carried out: in full, or as shortly as the classic call promises. */
export function answerOf({ classic, paths, tags }: PurgeRequest, report: PurgeReport): Answer {
  if (classic && !report.revalidated) return classicFailure();
  const named = paths.length + tags.length === 1 ? { path: paths[0], tag: tags[0] } : {};
  return {
    status: report.revalidated || report.dryRun ? 200 : 500,
    headers: NEVER_STORED,
    body: classic ? { revalidated: true } : redact({ ...named, ...report }),
  };
}

/** Answers a request that was refused, or whose purge could not begin. */
export function answerToFailure(error: unknown, request: PurgeRequest | undefined): Answer {
  if (isHttpError(error) && error.expose) {
    const headers = { ...NEVER_STORED, ...error.headers };
    return { status: error.status, headers, body: redact({ message: error.message }) };
  }
  if (request?.classic) return classicFailure();
  const confirm = error instanceof Error && 'confirm' in error ? error.confirm : undefined;
  const body = redact({ revalidated: false, message: causeOf(error), confirm, pages: [] });
  return { status: 500, headers: NEVER_STORED, body };
}

/** Writes one line of JSON about a call to standard output. `ms` is what the whole call took. */
export function logPurge(
  req: NextApiRequest,
  outcome: { report?: PurgeReport; error?: unknown; request?: PurgeRequest; answer: Answer },
  ms: number,
): void {
  const { report, error, request, answer } = outcome;
  const pages = report?.pages ?? [];
  // Named pages come first.
  const [only] = request?.paths.length === 1 || pages.length === 1 ? pages : [];
  const address = req.socket.remoteAddress;
  // What a proxy says, or a caller pretends; Next fills in the address where neither does.
  const forwardedFor = req.headers['x-forwarded-for'];
  const line = {
    event: 'purge',
    at: new Date().toISOString(),
    address,
    forwardedFor: forwardedFor === address ? undefined : forwardedFor,
    status: answer.status,
    path: only ? only.path : request?.paths.slice(0, LOGGED_PATHS),
    tags: request?.tags.slice(0, LOGGED_PATHS),
    result: only && 'result' in only ? only.result : resultOf(answer, report),
    ms,
    // In a burst each classic call brings along the same pages.
    pages: pages.length > 1 && !request?.classic ? pages.slice(0, LOGGED_PATHS) : undefined,
    error: error === undefined ? report?.message : causeOf(error),
  };
  console.log(JSON.stringify(redact(line)));
}

function resultOf({ status }: Answer, report: PurgeReport | undefined): string {
  if (status >= 500) return 'failed';
  if (status >= 400) return 'refused';
  return report?.dryRun ? 'planned' : 'regenerated';
}

/** A call may name 100,000 paths; its line stays readable. */
const LOGGED_PATHS = 100;

const classicFailure = (): Answer => ({
  status: 500,
  headers: NEVER_STORED,
  body: 'Error revalidating',
});

const causeOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Takes the secrets out of every text in a value: a path or a cause may repeat what was sent. */
function redact(value: unknown): unknown {
  const { secrets } = safeEnvironment();
  const clean: unknown = JSON.parse(JSON.stringify(value), (_, member: unknown) =>
    typeof member === 'string' ? withoutSecrets(member, secrets) : member,
  );
  return clean;
}

function safeEnvironment() {
  try {
    return environment();
  } catch {
    // The cause of the failure that is being answered.
    return { secrets: [] };
  }
}
