/** Numbers in the words of a language. */

/** The forms of a noun by the categories of `Intl.PluralRules`; `#` stands for the number. */
type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** Returns a function that writes a number of something in a language. */
export function countIn(language: string): (forms: Forms) => (count: number) => string {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (forms) => (count) =>
    (forms[rules.select(count)] ?? forms.other).replace('#', numbers.format(count));
}
