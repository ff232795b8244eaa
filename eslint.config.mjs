/**
 * What ESLint checks: the rules of Next, of React's hooks and of TypeScript. These are the parts of
 * eslint-config-next that accept ESLint 10. What its other parts found, TypeScript and the tests of the
 * HTML find, except a missing key, for which there is a rule below.
 */
import next from '@next/eslint-plugin-next';
import prettier from 'eslint-config-prettier';
import reactHooks from 'eslint-plugin-react-hooks';
import typescript from 'typescript-eslint';

/** An element that a callback of `map` returns without a `key`. */
const WITHOUT_KEY =
  'CallExpression[callee.property.name=/^(map|flatMap)$/] > ArrowFunctionExpression > JSXElement > ' +
  "JSXOpeningElement:not(:has(> JSXAttribute[name.name='key']))";

const config = [
  {
    ignores: [
      '.next/',
      '.evergreen/',
      '.bench/',
      '.test/',
      'bench/others/',
      'coverage/',
      'next-env.d.ts',
    ],
  },
  next.configs['core-web-vitals'],
  reactHooks.configs.flat.recommended,
  ...typescript.configs.recommended,
  prettier,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      // Pages carry no JavaScript, so next/link would be a plain anchor with a detour.
      '@next/next/no-html-link-for-pages': 'off',
      'no-restricted-syntax': [
        'error',
        { selector: WITHOUT_KEY, message: 'Give each element of a list a key.' },
      ],
    },
  },
  { files: ['**/*.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
];

export default config;
