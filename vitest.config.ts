import { defineConfig, type ViteUserConfig } from 'vitest/config'

/**
 * The tests of the README's second command. What needs the packed tarball or a browser is in test/package.
 */
const config: ViteUserConfig = defineConfig({
  test: {
    setupFiles: ['test/setup.ts'],
    testTimeout: 60_000,
    pool: 'threads',
    // one more than there are cores: tests with real programs wait for these half of the time
    maxWorkers: 3,
    // files share what they import, and code that is warm: the suite takes a fifth of the time. No test may
    // leave anything behind in a module.
    isolate: false,
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'reports/vitest.json' }]] : ['default'],
    projects: [
      {
        extends: true,
        // Tests and examples import 'simcluster' as a user does; tsconfig.json's `paths` sends that to src/.
        resolve: { tsconfigPaths: true },
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: ['test/package/**', 'test/browser/**', 'test/scenarios/**'],
        },
      },
      {
        extends: true,
        resolve: { tsconfigPaths: true },
        test: {
          name: 'scenarios',
          include: ['test/scenarios/**/*.test.ts'],
          globalSetup: 'test/scenarios/flags.ts',
        },
      },
    ],
  },
})

export default config
