/** States in a badge: a sign, a word and a colour each. The signs are drawn, since not every font has them. */

/** What a state amounts to. */
export type Tone = 'good' | 'bad' | 'warn';

const SIGNS = {
  good: 'M2,6.5 L5,9.5 L10.5,2.5',
  bad: 'M2.5,2.5 L9.5,9.5 M9.5,2.5 L2.5,9.5',
  warn: 'M2,6 H10',
};
const QUESTION = 'M3,4 A3,2.6 0 1 1 6,6.4 V7.6 M6,9.8 V11.2';

/** Draws the sign of a tone; `isOpen` is for what is not known. */
export function Sign({ tone, isOpen = false }: { tone: Tone; isOpen?: boolean }) {
  return (
    <svg className="sign" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      <path d={isOpen ? QUESTION : SIGNS[tone]} />
    </svg>
  );
}

/** Draws a badge with a word. */
export function Badge({ tone, word }: { tone: Tone; word: string }) {
  return (
    <span className={`badge ${tone}`}>
      <Sign tone={tone} /> {word}
    </span>
  );
}
