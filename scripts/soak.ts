/**
 * `npm run soak -- [--minutes N] [--seed S [--count N]] [--only SUITES] [--hostile | --faults | --requests |
 * --bytes | --lessons [--one-repair] | --suite]`:
 * plays fresh seeds of the random suites in turn for N minutes (10 by default). Prints each seed before it
 * plays it; the first failure ends the run with the command that plays that seed again. `--seed` plays this
 * one seed once, and with `--count` those that follow it. The etcd suites need Debian's etcd-server and
 * etcd-client. The tests play fixed seeds of the same suites.
 * `--hostile` plays what clients, disks and kill -9 can do instead (scripts/soak/hostile.ts);
 * `--faults` plays every fault of every request in 18 scenarios, once;
 * `--requests` plays random requests, and writes of random objects of every kind (test/fuzz);
 * `--lessons` opens all lessons at a seed, and plays their solutions and all their wrong repairs, with
 * `--one-repair` another one for each seed;
 * `--bytes` sends 200 MB through the programs of a container, and measures how long others wait;
 * `--suite` sends a served cluster the load of Kubernetes' conformance tests, and measures its memory.
 */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { playScenarios, playWorkloads } from '../test/scenarios/property.js'
import { playQuiet } from '../test/scenarios/quiet-history.js'
import { bytes } from './soak/bytes.js'
import { faults } from './soak/faults.js'
import { etcdDifferential, etcdSnapshot } from './soak/etcd.js'
import * as hostile from './soak/hostile.js'
import { lessons } from './soak/lessons.js'
import { laws } from './soak/laws.js'
import { netpol } from './soak/netpol.js'
import { rbac } from './soak/rbac.js'
import { suiteLoad } from './soak/suite-load.js'

/** Each plays one seed in some seconds, and returns what it looked at. */
type Suites = Readonly<Record<string, (seed: number) => string | Promise<string>>>

const HOSTILE: Suites = {
  requests: hostile.requests,
  snapshots: hostile.snapshots,
  peers: hostile.peers,
  growth: hostile.growth,
  served: hostile.served,
  kills: hostile.kills,
  disk: hostile.disk,
  inputs: hostile.inputs,
}

/** Each plays everything once, whatever the seed. */
const FAULTS: Suites = { faults }

/** Measures times, so it wants a machine that is idle. */
const BYTES: Suites = { bytes }

/** Loads the machine, and measures memory and times. */
const SUITE: Suites = { load: suiteLoad }

const LESSONS: Suites = { lessons: (seed) => lessons(seed, values['one-repair'] ? 'one' : 'all') }

const REQUESTS: Suites = { requests: hostile.requests, laws }

const SUITES: Suites = {
  scenarios: (seed) => {
    playScenarios(seed, 250)
    return '250 scenarios'
  },
  workloads: (seed) => {
    playWorkloads(seed, 10)
    return '10 scenarios'
  },
  quiet: async (seed) => {
    await playQuiet(seed, 20)
    return '20 histories with and without quiet times, on copies'
  },
  netpol,
  rbac,
  'etcd-differential': etcdDifferential,
  'etcd-snapshot': etcdSnapshot,
}

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    count: { type: 'string', default: '1' },
    'one-repair': { type: 'boolean', default: false },
    only: { type: 'string' },
    hostile: { type: 'boolean', default: false },
    faults: { type: 'boolean', default: false },
    requests: { type: 'boolean', default: false },
    bytes: { type: 'boolean', default: false },
    lessons: { type: 'boolean', default: false },
    suite: { type: 'boolean', default: false },
  },
})
const only = values.only?.split(',')
const OTHERS = {
  hostile: HOSTILE,
  faults: FAULTS,
  requests: REQUESTS,
  bytes: BYTES,
  lessons: LESSONS,
  suite: SUITE,
}
const other = (['hostile', 'faults', 'requests', 'bytes', 'lessons', 'suite'] as const).find(
  (flag) => values[flag],
)
const suites = other === undefined ? SUITES : OTHERS[other]
const names = Object.keys(suites).filter((name) => only === undefined || only.includes(name))
if (names.length === 0) throw new Error(`--only: there are ${Object.keys(suites).join(', ')}`)

async function play(name: string, seed: number): Promise<boolean> {
  process.stdout.write(`${name}, seed ${seed}: `)
  const start = performance.now()
  try {
    const looked = await suites[name]?.(seed)
    console.log(`${looked} in ${((performance.now() - start) / 1000).toFixed(1)} s`)
    return true
  } catch (error) {
    console.log('FAILED')
    console.error(error)
    const kind = other === undefined ? '' : `--${other} `
    console.error(`\nto play it again: npm run soak -- ${kind}--only ${name} --seed ${seed}`)
    return false
  }
}

const end = performance.now() + Number(values.minutes) * 60_000
let sound = true
let played = 0
do {
  const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed) + played
  played++
  for (const name of names) sound &&= await play(name, seed)
} while (
  sound &&
  !values.faults &&
  !values.bytes &&
  !values.suite &&
  (values.seed === undefined ? performance.now() < end : played < Number(values.count))
)
process.exitCode = sound ? 0 : 1
