/** One line of a list of facts: a name, and what it is. */
import type { ReactNode } from 'react';

/** Draws the line, inside a `dl` of the class `facts`. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
