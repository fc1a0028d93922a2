import { fileURLToPath } from 'node:url'
import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { compiledSources } from './scripts/compiled-sources.js'
import { SkippedReporter } from './test/skipped-reporter.js'

/**
 * The tests of `npm test`, and the examples that are tests. What needs the packed tarball or a browser is in test/package.
 */
const config: ViteUserConfig = defineConfig({
  plugins: [compiledSources()],
  // Tests and examples import 'simcluster' as a user does; tsconfig.json's `paths` sends that to src/.
  // An example imports client-node, which only `npm run e2e:setup` installs.
  resolve: {
    tsconfigPaths: true,
    alias: {
      '@kubernetes/client-node': fileURLToPath(
        new URL('.ci/tools/node_modules/@kubernetes/client-node/dist/index.js', import.meta.url),
      ),
    },
  },
  test: {
    setupFiles: ['test/setup.ts'],
    testTimeout: 60_000,
    // processes, not threads: a test that starts a program copies the page tables of its process, and that of
    // three threads together is three times as large
    pool: 'forks',
    // tests with real programs wait for them a third of the time: more workers than the two cores of CI
    maxWorkers: 3,
    // files share what they import, and code that is warm: the suite takes a fifth of the time. No test may
    // leave anything behind in a module.
    isolate: false,
    reporters: ['default', ['json', { outputFile: 'reports/vitest.json' }], new SkippedReporter()],
    include: ['test/**/*.test.ts', 'examples/*.test.ts'],
    exclude: ['test/package/**', 'test/browser/**'],
    server: { deps: { external: [/\.cache\/suite\//] } },
    globalSetup: 'test/scenarios/flags.ts',
  },
})

export default config
