import { fileURLToPath } from 'node:url'
import { defineConfig, type UserConfig } from 'vite'

const inPlayground = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/**
 * Static files in `dist`, which work from any folder of a server: the page, and `live.js`, which chapters of
 * the site import.
 */
const config: UserConfig = defineConfig({
  base: './',
  // `simcluster/host` and the like are the sources beside the playground, as in tsconfig.json
  resolve: { tsconfigPaths: true },
  build: {
    target: 'es2023',
    chunkSizeWarningLimit: 8000,
    reportCompressedSize: false,
    rollupOptions: {
      input: { index: inPlayground('index.html'), live: inPlayground('src/guide/live.ts') },
      preserveEntrySignatures: 'exports-only',
      output: { entryFileNames: ({ name }) => (name === 'live' ? 'live.js' : 'assets/[name]-[hash].js') },
    },
  },
  server: { fs: { allow: [fileURLToPath(new URL('..', import.meta.url))] } },
})

export default config
