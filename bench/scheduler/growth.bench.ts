/**
 * What a pod costs, in time and memory, from the first thousand to 150,000 on 5,000 nodes: a process of its
 * own that may use 3 GB at most.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { bundleInto } from '../../scripts/bundle-into.js'

const CHILD = 'bench/scheduler/growth-child'
const placeOf = await bundleInto('bench/growth', [CHILD])
const flags = process.argv.filter((argument) => argument === '--json')
const { status } = spawnSync(
  process.execPath,
  ['--expose-gc', '--max-old-space-size=3072', fileURLToPath(placeOf(CHILD)), ...flags],
  { stdio: 'inherit' },
)
if (status !== 0) throw new Error(`the run ended with ${status}`)
