import { fileURLToPath } from 'node:url'
import { defineConfig, type UserConfig } from 'vite'

/** Static files in `dist`, which work from any folder of a server. */
const config: UserConfig = defineConfig({
  base: './',
  // `simcluster/host` and the like are the sources beside the playground, as in tsconfig.json
  resolve: { tsconfigPaths: true },
  build: { target: 'es2023', chunkSizeWarningLimit: 8000, reportCompressedSize: false },
  server: { fs: { allow: [fileURLToPath(new URL('..', import.meta.url))] } },
})

export default config
