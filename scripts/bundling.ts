import type { InputOptions, OutputOptions } from 'rolldown'

/** The options of rolldown that all bundles share: benchmarks and scenarios run the code that users run. */
export interface Bundling {
  readonly transform: NonNullable<InputOptions['transform']>
  readonly output: Pick<
    OutputOptions,
    'charset' | 'comments' | 'minify' | 'sourcemap' | 'sourcemapExcludeSources'
  >
}

/**
 * Pure code that loads several times faster bundled than file by file. It is no dependency of the package:
 * docs/decisions/supply-chain.md.
 */
export const inlined: readonly string[] = [
  'eventemitter3',
  'immer',
  'ipaddr.js',
  '@noble/ciphers',
  'node-forge',
  'pure-rand',
  're2js',
  'zod',
]

export const bundling: Bundling = {
  transform: { target: 'es2023', define: { 'process.env.NODE_ENV': '"production"' } },
  // One character beyond Latin 1, and V8 keeps the whole text in two bytes each.
  // Names and lines stay as they are, for stack traces. Comments are in the sources, which the maps point to.
  output: {
    charset: 'ascii',
    comments: false,
    minify: false,
    sourcemap: true,
    sourcemapExcludeSources: true,
  },
}

/** The program `simcluster`, and those that threads of sweeps and of `whatif` run. */
export const programs: readonly string[] = ['cli/main', 'cli/sweep/worker', 'cli/what-if/worker']

/** What the scripts of `simcluster envtest` start. */
export const scripted: readonly string[] = ['etcd', 'kept-code', 'kube-apiserver'].map(
  (name) => `cli/envtest/${name}`,
)
