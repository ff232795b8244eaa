/**
 * The grammars of the highlighter, each so that its colours depend on nothing that was loaded before it:
 * the same code is the same bytes in every process and in every thread.
 *
 * Shiki's own grammars colour the code in other code, such as JavaScript in Markdown, only once a block in
 * that language was met, and a few change the colours of another language from then on.
 */
import { bundledLanguages, type LanguageRegistration } from 'shiki';

type Load = (typeof bundledLanguages)[keyof typeof bundledLanguages];

/** Parts of a language that need the whole of it: by their own names they are that language. */
const WHOLE: Readonly<Record<string, keyof typeof bundledLanguages>> = {
  'cpp-macro': 'cpp',
  'jinja-html': 'jinja',
  'markdown-nix': 'nix',
  'markdown-vue': 'vue',
  'vue-directives': 'vue',
  'vue-interpolations': 'vue',
  'vue-sfc-style-variable-injection': 'vue',
  'angular-expression': 'angular-ts',
  'angular-inline-style': 'angular-ts',
  'angular-inline-template': 'angular-ts',
  'angular-let-declaration': 'angular-ts',
  'angular-template': 'angular-ts',
  'angular-template-blocks': 'angular-ts',
  'es-tag-css': 'ts-tags',
  'es-tag-glsl': 'ts-tags',
  'es-tag-html': 'ts-tags',
  'es-tag-sql': 'ts-tags',
  'es-tag-xml': 'ts-tags',
};

/** The scopes whose languages bring along what is injected into them. */
const BRING_THEIR_OWN: ReadonlySet<string> = new Set([
  'source.vue',
  'source.ts.ng',
  'text.html.derivative.ng',
]);

/** Loads what the highlighter knows, by the names of languages. */
export const grammars: Readonly<Record<string, () => Promise<LanguageRegistration[]>>> =
  Object.fromEntries(
    Object.entries(bundledLanguages).map(([name, load]) => {
      const whole = WHOLE[name];
      return [name, () => loadOnItsOwn(whole === undefined ? load : bundledLanguages[whole])];
    }),
  );

async function loadOnItsOwn(load: Load): Promise<LanguageRegistration[]> {
  const { default: all } = await load();
  return all.map((grammar) => onItsOwn(grammar, all));
}

/** A grammar without what it takes of languages that it does not bring along, or gives to those. */
function onItsOwn(
  grammar: LanguageRegistration,
  all: readonly LanguageRegistration[],
): LanguageRegistration {
  const injectTo = grammar.injectTo?.filter((scope) => BRING_THEIR_OWN.has(scope));
  const { embeddedLangsLazy = [] } = grammar;
  if (embeddedLangsLazy.length === 0) return { ...grammar, injectTo };
  const brought = new Set<string>();
  const waiting = [grammar.name];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const one = all.find((other) => other.name === name);
    if (!one || brought.has(one.scopeName)) continue;
    brought.add(one.scopeName);
    waiting.push(...(one.embeddedLanguages ?? one.embeddedLangs ?? []));
  }
  const isMet = (rule: unknown): boolean => {
    const include: unknown = rule instanceof Object ? Reflect.get(rule, 'include') : undefined;
    if (typeof include !== 'string' || /^[$#]/.test(include)) return true;
    return brought.has(include.replace(/#.*$/, ''));
  };
  const rewritten: LanguageRegistration = JSON.parse(
    JSON.stringify(grammar, (_, value: unknown) =>
      Array.isArray(value) ? value.filter(isMet) : value,
    ),
  );
  return { ...rewritten, injectTo, embeddedLangsLazy: [] };
}
