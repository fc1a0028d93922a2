import { parentPort, workerData } from 'node:worker_threads'
import type { SeedRange } from './ranges.js'
import { type CaseSource, loadCase, runSeeds } from './run-seeds.js'

/** A thread of `simcluster sweep --jobs N`: gets ranges of seeds, and returns their outcome. */
const play = loadCase(workerData as CaseSource)
parentPort?.on('message', (range: SeedRange) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  void play.then(async (one) => parentPort?.postMessage(await runSeeds(one, range)))
})
