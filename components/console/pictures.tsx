/** The pictures of the history: what was purged when, how long it took, why, what failed, and who waited. */
import { countOf } from '../../lib/count-of';
import {
  DAYS,
  HOURS,
  type Period,
  type Periods,
  type Pictures as History,
} from '../../lib/console/pictures';
import type { Waits } from '../../lib/console/purge-list';
import { Chart, Fills, fillOf, Legend, type Numbers, type Series } from './chart';
import { RESULT_WORDS } from './purge-words';
import { RowChart } from './row-chart';
import { DurationLines, markOf, periodOf, StackedBars, type Row } from './time-charts';
import { durationOf, numberOf } from './words';

const SPANS = { hour: `the last ${HOURS} hours`, day: `the last ${DAYS} days` };

const RESULTS: readonly (Series & { key: keyof Period['purges'] })[] = [
  { key: 'regenerated', label: RESULT_WORDS.regenerated },
  { key: 'failed', label: RESULT_WORDS.failed },
  { key: 'refused', label: RESULT_WORDS.refused },
];
const UNSUCCESSFUL = RESULTS.filter(({ key }) => key !== 'regenerated');

const DURATIONS: readonly Series[] = [
  { key: 'p50', label: 'p50' },
  { key: 'p99', label: 'p99' },
];

const WAITS: readonly Series[] = [{ key: 'waits', label: 'visits' }];

/** Draws all pictures. `waits` are those of this process, of the last hours, without a gap. */
export function Pictures({ hours, days, reasons, waits }: History & { waits: readonly Waits[] }) {
  return (
    <div className="charts">
      <Purges {...hours} />
      <Purges {...days} />
      <Durations {...hours} />
      <Durations {...days} />
      <Reasons reasons={reasons} />
      <Failures {...days} />
      <Waiting waits={waits} />
    </div>
  );
}

function Purges({ unit, list }: Periods) {
  const id = `purges-by-${unit}`;
  const rows = list.map(({ startMs, purges }) => ({
    startMs,
    values: RESULTS.map(({ key }) => purges[key]),
  }));
  return (
    <Chart
      title={`Purges by ${unit}`}
      note={`${SPANS[unit]}, in UTC`}
      legend={<BarLegend id={id} series={RESULTS} />}
      numbers={numbersOf(unit, RESULTS, rows)}
      nothing={`No purge in ${SPANS[unit]}.`}
    >
      <StackedBars
        {...{ id, unit, rows }}
        series={RESULTS}
        label={sentenceOf(unit, RESULTS, rows)}
      />
    </Chart>
  );
}

function Durations({ unit, list }: Periods) {
  const rows = list.map(({ startMs, times }) => ({ startMs, values: [times?.p50, times?.p99] }));
  const measured = list.filter(({ times }) => times);
  const [p50, p99] = [0, 1].map((at) => Math.max(0, ...rows.map(({ values }) => values[at] ?? 0)));
  const label =
    `How long purges took, by ${unit}, over ${SPANS[unit]}: ` +
    `p50 was ${durationOf(p50 ?? 0)} at most, and p99 ${durationOf(p99 ?? 0)}.`;
  return (
    <Chart
      title={`How long purges took, by ${unit}`}
      note={
        <>
          {SPANS[unit]}, in UTC: half of the purges took p50 at most, and 99 in 100 took p99 at
          most. Each line of the scale is ten times the one below it.
        </>
      }
      legend={
        <Legend
          series={DURATIONS}
          mark={(one) => (
            <g className={`line-${one.key}`}>
              <path className="curve" d="M0,7H28" />
              <path className="point" d={markOf(one)} transform="translate(14,7)" />
            </g>
          )}
        />
      }
      numbers={{
        head: [timeHead(unit), 'Purges', 'p50', 'p99'],
        rows: measured.map(({ startMs, purges, times }) => ({
          key: String(startMs),
          cells: [
            periodOf(startMs, unit),
            numberOf(purges.regenerated + purges.failed),
            durationOf(times?.p50 ?? 0),
            durationOf(times?.p99 ?? 0),
          ],
        })),
        note: leftOut(unit, list.length - measured.length),
      }}
      nothing={`No purge was carried out in ${SPANS[unit]}.`}
    >
      <DurationLines {...{ label, unit, rows }} series={DURATIONS} />
    </Chart>
  );
}

function Reasons({ reasons }: Pick<History, 'reasons'>) {
  const all = reasons.reduce((sum, { pages }) => sum + pages, 0);
  const rows = reasons.map(({ reason, pages }) => ({
    name: reason,
    value: pages,
    text: `${numberOf(pages)} (${shareOf(pages, all)})`,
  }));
  const words = rows.map(({ name, text }) => `${name} ${text}`).join(', ');
  return (
    <Chart
      title="Pages by reason"
      note={`${SPANS.day}: the content whose change was a page’s first reason, or “named” in the call`}
      numbers={{
        head: ['Reason', 'Pages', 'Share'],
        rows: reasons.map(({ reason, pages }) => ({
          key: reason,
          cells: [reason, numberOf(pages), shareOf(pages, all)],
        })),
      }}
      nothing={`No page was purged in ${SPANS.day}.`}
    >
      <RowChart label={`Pages by reason, over ${SPANS.day}: ${words}.`} rows={rows} />
    </Chart>
  );
}

function Failures({ unit, list }: Periods) {
  const id = 'failures';
  const rows = list.map(({ startMs, purges, failedPages }) => ({
    startMs,
    values: UNSUCCESSFUL.map(({ key }) => purges[key]),
    more: [numberOf(failedPages)],
  }));
  return (
    <Chart
      title="Purges that failed or were refused"
      note={`by day, ${SPANS.day}, in UTC`}
      legend={<BarLegend id={id} series={UNSUCCESSFUL} />}
      numbers={numbersOf(unit, UNSUCCESSFUL, rows, ['pages that failed'])}
      nothing={`None in ${SPANS.day}.`}
    >
      <StackedBars
        {...{ id, unit, rows }}
        series={UNSUCCESSFUL}
        label={sentenceOf(unit, UNSUCCESSFUL, rows)}
      />
    </Chart>
  );
}

function Waiting({ waits }: { waits: readonly Waits[] }) {
  const id = 'waits';
  const rows = waits.map(({ startMs, visits, longestMs }) => ({
    startMs,
    values: [visits],
    more: [durationOf(longestMs)],
  }));
  return (
    <Chart
      title="Visits that waited for a render"
      note={`by hour, ${SPANS.hour}, in UTC, of this instance since it was started`}
      legend={<BarLegend id={id} series={WAITS} />}
      numbers={numbersOf('hour', WAITS, rows, ['longest wait'])}
      nothing="No visit has waited since this instance was started."
    >
      <StackedBars
        {...{ id, rows }}
        unit="hour"
        series={WAITS}
        label={`Visits that waited for a render: ${sentenceOf('hour', WAITS, rows)}`}
      />
    </Chart>
  );
}

function BarLegend({ id, series }: { id: string; series: readonly Series[] }) {
  return (
    <Legend
      series={series}
      mark={(one) => (
        <>
          <Fills id={`${id}-legend`} series={[one]} />
          <rect fill={fillOf(`${id}-legend`, one)} width="28" height="14" />
        </>
      )}
    />
  );
}

const timeHead = (unit: Periods['unit']): string => (unit === 'day' ? 'Day' : 'Hour, UTC');

const sumOf = ({ values }: Row): number =>
  values.reduce<number>((sum, value = 0) => sum + value, 0);

/** The table of bars: the periods in which there is something. */
function numbersOf(
  unit: Periods['unit'],
  series: readonly Series[],
  rows: readonly (Row & { more?: readonly string[] })[],
  moreHeads: readonly string[] = [],
): Numbers {
  const shown = rows.filter((row) => sumOf(row) > 0);
  return {
    head: [timeHead(unit), ...series.map(({ label }) => label), ...moreHeads],
    rows: shown.map(({ startMs, values, more = [] }) => ({
      key: String(startMs),
      cells: [periodOf(startMs, unit), ...values.map((value = 0) => numberOf(value)), ...more],
    })),
    note: leftOut(unit, rows.length - shown.length),
  };
}

/** The bars in a sentence: how many in all, and where most are. */
function sentenceOf(
  unit: Periods['unit'],
  series: readonly Series[],
  rows: readonly Row[],
): string {
  const parts = series.map(
    ({ label }, at) =>
      `${numberOf(rows.reduce((sum, { values }) => sum + (values[at] ?? 0), 0))} ${label}`,
  );
  const first = rows[0] ?? { startMs: 0, values: [] };
  const highest = rows.reduce((most, row) => (sumOf(row) > sumOf(most) ? row : most), first);
  const where = `${periodOf(highest.startMs, unit)} UTC`;
  return `${parts.join(', ')} in ${SPANS[unit]}; most on ${where}: ${numberOf(sumOf(highest))}.`;
}

const leftOut = (unit: Periods['unit'], count: number): string | undefined =>
  count > 0
    ? `${countOf(count, unit)} without any ${count === 1 ? 'is' : 'are'} left out.`
    : undefined;

const shareOf = (part: number, all: number): string => `${Math.round((100 * part) / all)}%`;
