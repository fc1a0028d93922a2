import { defineConfig, type ViteUserConfig } from 'vitest/config'

/** `npm test`, after `npm run build`: the built page in Chromium, driven by the keyboard, and its session. */
const config: ViteUserConfig = defineConfig({
  // as in vite.config.ts
  resolve: { tsconfigPaths: true },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    fileParallelism: false,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    reporters: process.env.CI
      ? ['default', ['json', { outputFile: '../reports/playground.json' }]]
      : ['default'],
  },
})

export default config
