import { fileURLToPath } from 'node:url'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

/**
 * `npm run test:package`: the packed tarball in plain Node 20, in Node 24, under tsc and in headless
 * Chromium.
 */
const config: ViteUserConfig = defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/package/**/*.test.ts', 'test/browser/**/*.test.ts'],
    globalSetup: ['test/package/consumer.ts'],
    testTimeout: 120_000,
    pool: 'threads',
    maxWorkers: 2,
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'reports/package.json' }]] : ['default'],
  },
})

export default config
