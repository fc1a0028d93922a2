import { defineConfig, type ViteUserConfig } from 'vitest/config'

/** The tests of the README's second command. What needs the packed tarball or a browser is in test/package. */
const config: ViteUserConfig = defineConfig({
  // Tests and examples import 'simcluster' as a user does; tsconfig.json's `paths` sends that to src/.
  resolve: { tsconfigPaths: true },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/package/**', 'test/browser/**'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 60_000,
    pool: 'threads',
    maxWorkers: 2,
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'reports/vitest.json' }]] : ['default'],
  },
})

export default config
