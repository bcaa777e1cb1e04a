import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '../tests/story',
  globalSetup: '../tests/story/support/seeded.ts',
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: process.env.REPORTS ? [['list'], ['json', { outputFile: `${process.env.REPORTS}/story.json` }]] : 'list',
});
