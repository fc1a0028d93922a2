import { setFlagsFromString } from 'node:v8'
import { bundleInto } from '../../scripts/run-bundled.js'

/**
 * Ten thousand clusters come and go. V8 must not take them for lasting (docs/decisions/garbage.md), young
 * objects have room from the beginning and are collected by the thread that made them, and functions are
 * compiled with less of what they call inside, and sooner: the compiler takes a sixth of the time, on the
 * cores that play.
 */
const FLAGS = [
  '--no-allocation-site-pretenuring',
  '--min-semi-space-size=16',
  '--no-parallel-scavenge',
  '--max-inlined-bytecode-size-cumulative=400',
  '--interrupt-budget-for-feedback-allocation=300',
]

/**
 * Scenarios run on the code as the package has it: bundled, it takes a sixth less time than file by file. The
 * flags are for the workers, which begin later.
 */
export default async function setup(): Promise<void> {
  setFlagsFromString(FLAGS.join(' '))
  await bundleInto('scenarios', ['src/index', 'src/testing/index'])
}
