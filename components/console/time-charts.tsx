/** Pictures over time: bars that stand on each other, and lines of durations. */
import { scaleBand, scaleLinear, scaleLog } from 'd3-scale';
import { line, stack, symbol, symbolCircle, symbolTriangle } from 'd3-shape';
import { Fills, fillOf, type Series } from './chart';
import { dayOf, durationOf, hourOf, numberOf } from './words';

const WIDTH = 480;
const HEIGHT = 210;
const LEFT = 58;
const RIGHT = 6;
const TOP = 10;
const BOTTOM = 28;
const FLOOR = HEIGHT - BOTTOM;

/** The length of a period. */
export type Unit = 'hour' | 'day';

/** A period and its values, one for each series; `undefined` where there is none. */
export interface Row {
  startMs: number;
  values: readonly (number | undefined)[];
}

/** A period in words, as the tables have it. */
export const periodOf = (startMs: number, unit: Unit): string =>
  unit === 'day' ? dayOf(startMs) : `${dayOf(startMs)}, ${hourOf(startMs)}`;

const bandsOf = (rows: readonly Row[]) =>
  scaleBand<number>()
    .domain(rows.map(({ startMs }) => startMs))
    .range([LEFT, WIDTH - RIGHT])
    .paddingInner(0.25)
    .paddingOuter(0.1);

type Bands = ReturnType<typeof bandsOf>;

/** What stands below the periods: midnights and noons, or Mondays. */
function tickOf(startMs: number, unit: Unit): string | undefined {
  const at = new Date(startMs);
  if (unit === 'day') return at.getUTCDay() === 1 ? dayOf(startMs) : undefined;
  if (at.getUTCHours() === 0) return dayOf(startMs);
  return at.getUTCHours() === 12 ? hourOf(startMs) : undefined;
}

function TimeAxis({ bands, unit }: { bands: Bands; unit: Unit }) {
  return (
    <g className="axis">
      <path d={`M${LEFT},${FLOOR + 0.5}H${WIDTH - RIGHT}`} />
      {bands.domain().map((startMs) => {
        const label = tickOf(startMs, unit);
        const x = (bands(startMs) ?? 0) + bands.bandwidth() / 2;
        // A label at the edge would be cut.
        const isInside = x > LEFT + 16 && x < WIDTH - 26;
        return label && isInside ? (
          <g key={startMs}>
            <path d={`M${x},${FLOOR}v5`} />
            <text x={x} y={HEIGHT - 5} textAnchor="middle">
              {label}
            </text>
          </g>
        ) : undefined;
      })}
    </g>
  );
}

function ValueAxis({ ticks }: { ticks: readonly { y: number; label: string }[] }) {
  return (
    <g className="axis">
      {ticks.map(({ y, label }) => (
        <g key={label}>
          <path className="grid" d={`M${LEFT},${y}H${WIDTH - RIGHT}`} />
          <text x={LEFT - 6} y={y} dy="0.35em" textAnchor="end">
            {label}
          </text>
        </g>
      ))}
    </g>
  );
}

/** Bars by period; of several series those of one period stand on each other. */
export function StackedBars(props: {
  id: string;
  label: string;
  unit: Unit;
  series: readonly Series[];
  rows: readonly Row[];
}) {
  const { id, label, unit, series, rows } = props;
  const bands = bandsOf(rows);
  const heights = rows.map(({ values }) =>
    values.reduce<number>((sum, value = 0) => sum + value, 0),
  );
  const y = scaleLinear()
    .domain([0, Math.max(1, ...heights)])
    .nice(4)
    .range([FLOOR, TOP]);
  const ticks = y.ticks(4).filter(Number.isInteger);
  const layers = stack<unknown, Row, number>()
    .keys(series.keys())
    .value(({ values }, at) => values[at] ?? 0)(rows);
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${WIDTH} ${HEIGHT}`}>
      <Fills id={id} series={series} />
      <ValueAxis ticks={ticks.map((tick) => ({ y: y(tick), label: numberOf(tick) }))} />
      {rows.map(({ startMs, values }, at) => (
        <g key={startMs}>
          <title>
            {titleOf(
              startMs,
              unit,
              series,
              values.map((value = 0) => numberOf(value)),
            )}
          </title>
          {series.map((one, layer) => {
            const [low, high] = layers[layer]?.[at] ?? [0, 0];
            return (
              high > low && (
                <rect
                  key={one.key}
                  data-value={high - low}
                  fill={fillOf(id, one)}
                  x={round(bands(startMs) ?? 0)}
                  y={round(y(high))}
                  width={round(bands.bandwidth())}
                  height={round(y(low) - y(high))}
                />
              )
            );
          })}
        </g>
      ))}
      <TimeAxis bands={bands} unit={unit} />
    </svg>
  );
}

/** Lines of durations, by orders of magnitude: some purges take a thousand times as long as others. */
export function DurationLines(props: {
  label: string;
  unit: Unit;
  series: readonly Series[];
  rows: readonly Row[];
}) {
  const { label, unit, series, rows } = props;
  const bands = bandsOf(rows);
  const centre = (startMs: number) => (bands(startMs) ?? 0) + bands.bandwidth() / 2;
  const all = rows.flatMap(({ values }) => values.flatMap((value) => value ?? []));
  const powers = [Math.min(...all), Math.max(...all)].map((ms) => Math.log10(Math.max(1, ms)));
  const [first, last] = [Math.floor(powers[0] ?? 0), Math.ceil(powers[1] ?? 1)];
  const top = Math.max(last, first + 1);
  const y = scaleLog()
    .domain([10 ** first, 10 ** top])
    .range([FLOOR, TOP])
    .clamp(true);
  const ticks = Array.from({ length: top - first + 1 }, (_, at) => 10 ** (first + at));
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${WIDTH} ${HEIGHT}`}>
      <ValueAxis ticks={ticks.map((ms) => ({ y: y(ms), label: shortOf(ms) }))} />
      {series.map((one, at) => {
        const draw = line<Row>()
          .defined(({ values }) => values[at] !== undefined)
          .x(({ startMs }) => round(centre(startMs)))
          .y(({ values }) => round(y(Math.max(1, values[at] ?? 1))));
        return (
          <g key={one.key} className={`line-${one.key}`}>
            <path className="curve" d={draw(rows) ?? undefined} />
            {rows.map(({ startMs, values }) => {
              const ms = values[at];
              return (
                ms !== undefined && (
                  <path
                    key={startMs}
                    className="point"
                    data-value={ms}
                    d={markOf(one)}
                    transform={`translate(${round(centre(startMs))},${round(y(Math.max(1, ms)))})`}
                  >
                    <title>{titleOf(startMs, unit, [one], [durationOf(ms)])}</title>
                  </path>
                )
              );
            })}
          </g>
        );
      })}
      <TimeAxis bands={bands} unit={unit} />
    </svg>
  );
}

/** The sign of a series of durations, around the origin. */
export const markOf = ({ key }: Series): string =>
  symbol(key === 'p99' ? symbolTriangle : symbolCircle, 26)() ?? '';

const shortOf = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${numberOf(ms / 1000)} s`);

const titleOf = (
  startMs: number,
  unit: Unit,
  series: readonly Series[],
  values: readonly string[],
): string =>
  `${periodOf(startMs, unit)} UTC: ${series.map(({ label }, at) => `${values[at]} ${label}`).join(', ')}`;

/** Tenths are finer than any screen. */
const round = (value: number): number => Math.round(value * 10) / 10;
