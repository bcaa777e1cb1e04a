import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';

const typed = { project: ['./tsconfig.json', './tsconfig.worker.json'], extraFileExtensions: ['.svelte'] };

export default ts.config(
  { ignores: ['dist/**', 'src/**/*.test.ts', 'src/**/*.types.ts', 'src/**/*.tables.ts'] },
  ...svelte.configs.recommended,
  { files: ['src/**/*.ts'], languageOptions: { parser: ts.parser, parserOptions: typed } },
  { files: ['src/**/*.svelte', 'src/**/*.svelte.ts'], languageOptions: { parserOptions: { ...typed, parser: ts.parser } } },
  {
    files: ['src/**'],
    plugins: { '@typescript-eslint': ts.plugin },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
);
