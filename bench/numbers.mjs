/** Figures: medians, how they are written, and the table at the end. */

/**
 * @typedef {object} Row One line of the table.
 * @property {string} what
 * @property {number} [ratio] What is compared with the goal: a quotient where no unit is given.
 * @property {string} [unit]
 * @property {number} [goal] The ratio should not be above it.
 * @property {number} [least] The ratio should not be below it.
 * @property {string} raw The figures that the ratio comes from.
 */

/** @param {number[]} values At least one. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)];
  const high = sorted[Math.ceil(middle)];
  if (low === undefined || high === undefined) throw new Error('No values, no median');
  return (low + high) / 2;
}

/**
 * The 99th percentile: one value in a hundred is above it.
 * @param {number[]} values At least one.
 */
export function p99(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.ceil(0.99 * sorted.length) - 1];
  if (value === undefined) throw new Error('No values, no percentile');
  return value;
}

/** @param {number[]} values */
export const sum = (values) => values.reduce((total, value) => total + value, 0);

/** @param {number} ms */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/**
 * The median, and between which values all of them lie: a wide range tells of a busy machine.
 * @param {number[]} values
 * @param {string} unit
 * @param {number} digits
 */
export const spread = (values, unit, digits) =>
  `${median(values).toFixed(digits)} ${unit} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;

/** @param {number[]} values */
export const milliseconds = (values) => spread(values, 'ms', 1);

/** @param {number} bytes */
export const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;

/** @param {number} bytes */
export const megabytes = (bytes) => `${Math.round(bytes / 1024 ** 2)} MiB`;

/** @param {number} count */
export const grouped = (count) => count.toLocaleString('en-US');

/**
 * The table, as the README has it.
 * @param {Row[]} rows
 */
export function tableOf(rows) {
  const cells = rows.map(({ what, ratio, unit, goal, least, raw }) => {
    const inUnit = (/** @type {number | string} */ figure) => `${figure}${unit ? ` ${unit}` : ''}`;
    const isMet = ratio === undefined || (ratio <= (goal ?? ratio) && ratio >= (least ?? ratio));
    const goals = [
      ...(goal === undefined ? [] : [`≤ ${inUnit(goal)}`]),
      ...(least === undefined ? [] : [`≥ ${inUnit(least)}`]),
      ...(isMet ? [] : ['missed']),
    ];
    return [what, ratio === undefined ? '' : inUnit(ratio.toFixed(2)), goals.join(', '), raw];
  });
  return [['measured', 'ratio', 'goal', 'raw'], Array(4).fill('---'), ...cells]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}
