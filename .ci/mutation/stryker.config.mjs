/** Mutation testing of src/netpol; run by scripts/mutation.ts, which says what to mutate. */
export default {
  plugins: ['./.ci/mutation/runner.mjs'],
  testRunner: 'in-process',
  // those left out look at how often something comes, and at a whole cluster
  inProcess: { tests: ['test/netpol/*.test.ts', '!test/netpol/met.test.ts', '!test/netpol/crds.test.ts', '!test/netpol/independence.test.ts'] },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  incremental: true,
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { logTests: false, allowColor: false, allowEmojis: false, reportTests: false, reportScoreTable: true },
  tempDirName: '.cache/mutation',
  ignorePatterns: ['/docs', '/examples', '/bench', '/reports', '/.changeset', '/dist', '/.ci/tools', '/.ci/mutation/node_modules'],
  disableTypeChecks: false,
  allowConsoleColors: false,
  timeoutMS: 45_000,
  warnings: { slow: false },
}
