/** Why a fetch failed, as a sentence that tells what to fix. */
import { withoutPasswords } from './without-passwords';

/** Says what fetch threw where it was to be done within `timeoutMs`. No address has its password. */
export function fetchFailure(error: unknown, timeoutMs: number): string {
  const isTimeout = isNamed(error) && error.name === 'TimeoutError';
  return isTimeout ? `no answer within ${timeoutMs / 1000} s` : withoutPasswords(causeOf(error));
}

/** Not `instanceof`: what fetch throws may come from another realm. */
const isNamed = (value: unknown): value is { name?: unknown; message?: unknown; code?: unknown } =>
  typeof value === 'object' && value !== null && 'message' in value;

/** fetch says "fetch failed", and why in the cause; which has no message where it is several. */
function causeOf(error: unknown): string {
  const cause = isNamed(error) && 'cause' in error ? error.cause : undefined;
  const told = isNamed(cause) ? cause : isNamed(error) ? error : { message: String(error) };
  return String(told.message || told.code);
}
