/**
 * Loads TypeScript of the tests for the bench, so that what both need is written once: its types are
 * taken off on the way, which Node.js 20 cannot do by itself.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import ts from 'typescript';

const COMPILER_OPTIONS = {
  module: ts.ModuleKind.CommonJS,
  target: ts.ScriptTarget.ES2022,
  esModuleInterop: true,
};

/** As `require` in this folder, for files of TypeScript too. */
export const load = createRequire(import.meta.url);

/**
 * @param {NodeModule} module
 * @param {string} file
 */
load.extensions['.ts'] = (module, file) => {
  const text = readFileSync(file, 'utf8');
  const { outputText } = ts.transpileModule(text, { compilerOptions: COMPILER_OPTIONS });
  // What each loader calls, though the types do not tell of it.
  Reflect.get(module, '_compile').call(module, outputText, file);
};
