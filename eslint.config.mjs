import next from 'eslint-config-next/core-web-vitals';
import typescript from 'eslint-config-next/typescript';
import prettier from 'eslint-config-prettier';

const config = [
  { ignores: ['.next/', '.bench/', '.test/', 'coverage/', 'next-env.d.ts'] },
  ...next,
  ...typescript,
  prettier,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      // Pages carry no JavaScript, so next/link would be a plain anchor with a detour.
      '@next/next/no-html-link-for-pages': 'off',
    },
  },
  { files: ['**/*.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
];

export default config;
