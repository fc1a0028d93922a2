import { setFlagsFromString } from 'node:v8'
import { bundleInto } from '../../scripts/run-bundled.js'

/**
 * Scenarios run on the code as the package has it: bundled, it takes a sixth less time than file by file. Ten thousand clusters come and go: V8 must not take
 * them for lasting (docs/decisions/garbage.md); the flag is for the workers, which begin later.
 */
export default async function setup(): Promise<void> {
  setFlagsFromString('--no-allocation-site-pretenuring')
  await bundleInto('scenarios', ['src/index', 'src/testing/index'])
}
