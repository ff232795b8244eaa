/**
 * A picture of numbers with all that belongs to it: what it shows, its legend, and the table of the same numbers. Drawn on
 * the server, as SVG with classes and presentation attributes: the policy allows no style attribute.
 */
import type { ReactNode } from 'react';

/** One kind of value, told apart by its colour and its pattern; `key` names both. */
export interface Series {
  key: 'regenerated' | 'failed' | 'refused' | 'waits' | 'p50' | 'p99';
  label: string;
}

/** The numbers of a picture: what stands at the head of the columns, and the rows. */
export interface Numbers {
  head: readonly string[];
  rows: readonly { key: string; cells: readonly string[] }[];
  /** What the table leaves out. */
  note?: string;
}

/** Draws a picture's frame around it; without rows a sentence stands in its place. */
export function Chart(props: {
  title: string;
  note?: ReactNode;
  legend?: ReactNode;
  numbers: Numbers;
  nothing: string;
  children: ReactNode;
}) {
  const { title, note, legend, numbers, nothing, children } = props;
  const isEmpty = numbers.rows.length === 0;
  return (
    <figure className="chart">
      <figcaption>
        <b>{title}</b> {note}
      </figcaption>
      {isEmpty ? (
        <p className="nothing">{nothing}</p>
      ) : (
        <>
          {legend && <div className="legend">{legend}</div>}
          {children}
          <details>
            <summary>
              Table<span className="sr-only"> of {title}</span>
            </summary>
            <NumberTable {...numbers} caption={title} />
          </details>
        </>
      )}
    </figure>
  );
}

/** A table of which the first column names the row, and the others are numbers. */
export function NumberTable({ head, rows, note, caption }: Numbers & { caption: string }) {
  return (
    <>
      <table>
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            {head.map((text, at) => (
              <th key={text} scope="col" className={at > 0 ? 'number' : undefined}>
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells: [first, ...others] }) => (
            <tr key={key}>
              <th scope="row">{first}</th>
              {others.map((cell, at) => (
                <td key={head[at + 1]} className="number">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {note && <small>{note}</small>}
    </>
  );
}

/** The series of a picture, each with what it looks like. */
export function Legend({
  series,
  mark,
}: {
  series: readonly Series[];
  mark: (one: Series) => ReactNode;
}) {
  return series.map((one) => (
    <span key={one.key}>
      <svg className="swatch" viewBox="0 0 28 14" width="28" height="14" aria-hidden="true">
        {mark(one)}
      </svg>{' '}
      {one.label}
    </span>
  ));
}

/** What distinguishes the bars of one series for those who do not see its colour. */
export const fillOf = (id: string, { key }: Series): string => `url(#${id}-${key})`;

/** The fills of a picture, which its legend uses, too. */
export function Fills({ id, series }: { id: string; series: readonly Series[] }) {
  return (
    <defs>
      {series.map(({ key }) => (
        <pattern key={key} id={`${id}-${key}`} width="6" height="6" patternUnits="userSpaceOnUse">
          <rect className={`of-${key}`} width="6" height="6" />
          {key === 'failed' && <path className="stripes" d="M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2" />}
          {key === 'refused' && <circle className="dots" cx="3" cy="3" r="1.4" />}
        </pattern>
      ))}
    </defs>
  );
}
