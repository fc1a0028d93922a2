import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { consumer } from './folder.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const installed = join(consumer, 'node_modules/simcluster/dist')

/**
 * `npm run test:package`: the packed tarball as users have it. `consumer` loads it in each Node, in jest,
 * under tsc and in headless Chromium; `suites` plays on it the tests that need only the public API.
 */
const config: ViteUserConfig = defineConfig({
  root,
  test: {
    globalSetup: ['test/package/consumer.ts'],
    maxWorkers: 2,
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'reports/package.json' }]] : ['default'],
    projects: [
      {
        root,
        test: {
          name: 'consumer',
          pool: 'threads',
          include: ['test/package/**/*.test.ts', 'test/browser/**/*.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        root,
        resolve: { alias: [{ find: /^simcluster(\/\w+)?$/, replacement: `${installed}/node$1/index.js` }] },
        test: {
          name: 'suites',
          pool: 'threads',
          include: ['test/conformance/**/*.test.ts', 'test/scenarios/**/*.test.ts'],
          setupFiles: ['test/setup.ts'],
          globalSetup: ['test/scenarios/flags.ts'],
          testTimeout: 60_000,
          isolate: false,
          env: { SCENARIOS: '1000' },
        },
      },
    ],
  },
})

export default config
