import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  server: { fs: { allow: ['..'] } },
  test: {
    include: ['src/**/*.test.ts', '../tests/pwa/**/*.test.ts'],
    environment: 'node',
    reporters: process.env.REPORTS ? ['default', ['json', { outputFile: `${process.env.REPORTS}/vitest.json` }]] : ['default'],
  },
});
