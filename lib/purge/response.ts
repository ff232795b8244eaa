/**
 * What a purge answers: the one place where outcomes become statuses. No secret leaves here.
 */
import { isHttpError } from 'http-errors';
import { environment } from '../config';
import type { PurgeReport } from './report';
import type { PurgeRequest } from './purge-request';
import { holdsSecret, withoutSecrets } from '../secret';
import { messageOf } from '../message-of';

/** An HTTP answer; a string is sent as text, anything else as JSON. */
export interface PurgeResponse {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** What came of a call. */
export interface Outcome {
  request?: PurgeRequest;
  /** Of a purge that was carried out. */
  report?: PurgeReport;
  /** What kept it from being. */
  error?: unknown;
  answer: PurgeResponse;
}

const NEVER_STORED = { 'Cache-Control': 'no-store' };

/** Answers a purge that was carried out: in full, or as shortly as the classic call promises. */
export function responseTo(
  { classic, paths, tags }: PurgeRequest,
  report: PurgeReport,
): PurgeResponse {
  if (classic && !report.revalidated) return classicFailure();
  const named = paths.length + tags.length === 1 ? { path: paths[0], tag: tags[0] } : {};
  // For those who run the site: the history has them.
  const told = { ...report, steps: undefined, edges: undefined };
  return {
    status: report.revalidated || report.dryRun ? 200 : 500,
    headers: NEVER_STORED,
    body: classic ? { revalidated: true } : redact({ ...named, ...told }),
  };
}

/** Answers a request that was refused, or whose purge could not begin. */
export function responseToFailure(
  error: unknown,
  request: PurgeRequest | undefined,
): PurgeResponse {
  if (isHttpError(error) && error.expose) {
    const headers = { ...NEVER_STORED, ...error.headers };
    return { status: error.status, headers, body: redact({ message: error.message }) };
  }
  if (request?.classic) return classicFailure();
  const confirmed = isConfirmable(error) && { confirm: error.confirm };
  const body = redact({ revalidated: false, message: messageOf(error), ...confirmed, pages: [] });
  return { status: 500, headers: NEVER_STORED, body };
}

const classicFailure = (): PurgeResponse => ({
  status: 500,
  headers: NEVER_STORED,
  body: 'Error revalidating',
});

/** True for a failure that a call with `confirm` would get past, and which says so. */
const isConfirmable = (error: unknown): error is Error & { confirm: 'removals' } =>
  error instanceof Error && 'confirm' in error && error.confirm === 'removals';

/**
 * Takes the secrets out of every text in a value: a path or a cause may repeat what was sent. A report
 * may have ten thousand pages, so it is gone through by member only if one of them holds a secret.
 */
export function redact<Value extends object>(value: Value): Value {
  const secrets = knownSecrets();
  const text = JSON.stringify(value);
  if (!holdsSecret(text, secrets)) return value;
  const clean: Value = JSON.parse(text, (_, member: unknown) =>
    typeof member === 'string' ? withoutSecrets(member, secrets) : member,
  );
  return clean;
}

/** The secrets that must not be repeated; none if the environment is what failed. */
export function knownSecrets(): readonly string[] {
  try {
    const { secrets, metricsToken = [] } = environment();
    return secrets.concat(metricsToken);
  } catch {
    return [];
  }
}
