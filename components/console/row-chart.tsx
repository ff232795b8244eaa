/** A bar for each row, with its name and its value beside it: parts of a whole, or steps one after another. */
import { scaleLinear } from 'd3-scale';

const WIDTH = 480;
const ROW = 28;
const LEFT = 104;
/** For the value behind the longest bar. */
const RIGHT = 108;

/** One row; `begin` is where its bar begins, in the same unit as its value. */
export interface Share {
  name: string;
  value: number;
  text: string;
  begin?: number;
}

/** Draws the rows in their order; the scale ends where the furthest bar does. */
export function RowChart({ label, rows }: { label: string; rows: readonly Share[] }) {
  const height = rows.length * ROW;
  const x = scaleLinear()
    .domain([0, Math.max(1, ...rows.map(({ value, begin = 0 }) => begin + value))])
    .range([LEFT, WIDTH - RIGHT]);
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${WIDTH} ${height}`}>
      <g className="axis">
        <path d={`M${LEFT - 0.5},0V${height}`} />
      </g>
      {rows.map(({ name, value, text, begin = 0 }, at) => (
        <g key={name} className="share">
          <text x={LEFT - 8} y={(at + 0.5) * ROW} dy="0.35em" textAnchor="end">
            {name}
          </text>
          <rect
            className="of-regenerated"
            data-value={value}
            x={Math.round(x(begin))}
            y={at * ROW + 5}
            // What is there at all is seen.
            width={Math.max(value > 0 ? 2 : 0, Math.round(x(begin + value) - x(begin)))}
            height={ROW - 10}
          />
          <text x={Math.round(x(begin + value)) + 7} y={(at + 0.5) * ROW} dy="0.35em">
            {text}
          </text>
        </g>
      ))}
    </svg>
  );
}
