/**
 * Code has the same colours whatever was highlighted before it: processes and threads meet bodies in
 * different orders, and their pages must be the same bytes.
 */
import { bundledLanguages } from 'shiki';
import type { Body } from '../../../lib/body/prose';
import { grammars } from '../../../lib/body/grammars';

/** Code in other code, and what would add colours to it. */
const INNER = [
  'js',
  'vue',
  'nix',
  'ts-tags',
  'angular-ts',
  'css',
  'tsx',
  'cpp-macro',
  'vue-directives',
];
const OUTER = {
  md: '# Title\n\n```js\nconst a = `x`;\n```\n\n```vue\n<p :a="b">{{ c }}</p>\n```\n\n```nix\nlet a = 1; in a\n```',
  mdx: '# Title\n\n<A b={c} />\n\n```tsx\nconst a: string = "x";\n```',
  js: 'const a = html`<p>${b}</p>`; const c = css`a { color: red }`;',
  ts: 'const a = sql`SELECT 1`;',
  'html-derivative': '<p *ngIf="a" :b="c">{{ d }}</p>',
  pug: 'p(:a="b") {{ c }}\nscript.\n  const a = 1;',
  latex: '\\begin{minted}{python}\nimport a\n\\end{minted}',
  vue: '<template lang="pug">\np a\n</template>\n<style lang="stylus">\na\n  color red\n</style>',
  cpp: '#define A(b) std::max(b, 1)\nint main() { return A(2); }',
};

const fenced = (language: string, code: string) => `\`\`\`\`${language}\n${code}\n\`\`\`\`\n\n`;

/** Renders in a process that never rendered before. */
async function renderAfter(before: readonly string[], body: string): Promise<Body> {
  jest.resetModules();
  const { renderMarkdown } = await import('../../../lib/body/markdown');
  if (before.length > 0) {
    await renderMarkdown({ body: before.map((name) => fenced(name, 'a')).join('') });
  }
  return renderMarkdown({ body });
}

test('code in other code looks the same whatever was highlighted before', async () => {
  const body = Object.entries(OUTER)
    .map(([language, code]) => fenced(language, code))
    .join('');
  const first = await renderAfter([], body);
  expect(first.html).toContain('<span class="keyword">const</span>');
  expect(await renderAfter(INNER, body)).toEqual(first);
});

test('no grammar depends on one that it does not bring along', async () => {
  const all = new Map<
    string,
    { scopeName: string; brings: string[]; injectTo: readonly string[] }
  >();
  for (const name of Object.keys(bundledLanguages)) {
    for (const grammar of (await grammars[name]?.()) ?? []) {
      expect(grammar.embeddedLangsLazy ?? []).toEqual([]);
      const { embeddedLanguages, embeddedLangs = [], scopeName, injectTo = [] } = grammar;
      const described = { scopeName, brings: embeddedLanguages ?? embeddedLangs, injectTo };
      // Whichever language it is loaded with.
      expect(all.get(grammar.name) ?? described).toEqual(described);
      all.set(grammar.name, described);
    }
  }
  const broughtBy = (name: string, seen = new Set<string>()): Set<string> => {
    if (!seen.has(name)) {
      seen.add(name);
      for (const other of all.get(name)?.brings ?? []) broughtBy(other, seen);
    }
    return seen;
  };
  for (const [name, { injectTo }] of all) {
    for (const [target, { scopeName }] of all) {
      if (!injectTo.some((scope) => `${scopeName}.`.startsWith(`${scope}.`))) continue;
      expect([target, ...broughtBy(target)]).toContain(name);
    }
  }
});
