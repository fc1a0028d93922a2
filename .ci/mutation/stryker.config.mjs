/** Mutation testing of src/netpol; run by scripts/mutation.ts, which says what to mutate. */
export default {
  plugins: ['./.ci/mutation/runner.mjs'],
  testRunner: 'in-process',
  inProcess: { tests: (process.env.MUTATION_TESTS ?? '').split(',') },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  // a loop that a mutant makes endless soon has all it may have
  testRunnerNodeArgs: ['--max-old-space-size=1200'],
  incremental: true,
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: {
    logTests: false,
    allowColor: false,
    allowEmojis: false,
    reportTests: false,
    reportScoreTable: true,
  },
  tempDirName: '.cache/mutation',
  ignorePatterns: [
    '/docs',
    '/examples',
    '/bench',
    '/reports',
    '/dist',
    '/.ci/tools',
    '/.ci/mutation/node_modules',
  ],
  disableTypeChecks: false,
  allowConsoleColors: false,
  timeoutMS: 20_000,
  warnings: { slow: false },
}
