import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

export default defineConfig({
  plugins: [
    svelte(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src',
      filename: 'sw.ts',
      registerType: 'prompt',
      injectRegister: false,
      manifest: {
        id: '/',
        name: 'Onthaal',
        short_name: 'Onthaal',
        description: 'Issues, referrals and promises at pop-up events',
        lang: 'nl',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        theme_color: '#0b4f4a',
        background_color: '#faf7f1',
        icons: [
          { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: 'icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
      injectManifest: { globPatterns: ['**/*.{js,css,html,wasm,png,svg,woff2}'] },
    }),
  ],
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // Every file is in the service worker's cache: a preload link saves nothing there, and each costs a slow tablet 10 ms.
    modulePreload: false,
    cssCodeSplit: false,
    // One file for all that the first screen needs: of many, each is asked for when the one before it was read.
    // V8 is told to compile whole files, which it does beside the page: function by function, as each was first called, was a
    // fifth of a slow tablet's start (of 715 such moments 146 were left). Other engines read a comment.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] }, postBanner: '//# allFunctionsCalledOnLoad' },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8000' } },
});
