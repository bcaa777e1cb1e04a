import { defineConfig } from '@playwright/test';

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export default defineConfig({
  testDir: '../tests/story',
  workers: 1,
  timeout: 90_000,
  reporter: process.env.REPORTS ? [['list'], ['json', { outputFile: `${process.env.REPORTS}/story.json` }]] : 'list',
  use: {
    viewport: { width: 800, height: 1280 },
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: quiet },
  },
});
