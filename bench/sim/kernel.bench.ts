/**
 * The kernel by itself, without Kubernetes. Times are for one handler call (one step), one timer or one draw.
 */
import { Simulation } from '../../src/sim/simulation.js'
import type { Topic } from '../../src/sim/modules/topic.js'
import type { BenchCase, SuiteResult } from '../runner.js'
import { suite } from '../runner.js'

const STEPS = 100_000

/** Ten modules that each wake the next one, with a hundred keys in turn. */
function relay(interleaving: 'fifo' | 'seeded'): BenchCase {
  let simulation = new Simulation()
  return {
    name: `woken handler, ${interleaving}`,
    ops: STEPS,
    setup: () => {
      simulation = new Simulation({ interleaving })
      let left = STEPS
      const topics: Topic[] = []
      for (let at = 0; at < 10; at += 1) {
        topics.push(
          simulation.host(`module-${at}`).handle('turn', (key) => {
            if (left-- > 100) topics[(at + 1) % 10]?.wake(key)
          }),
        )
      }
      for (let key = 0; key < 100; key += 1) topics[key % 10]?.wake(`key-${key}`)
    },
    run: () => simulation.settle(),
  }
}

/** Timers that set themselves anew, as lease renewals do, while that many others wait. */
function periodic(pending: number): BenchCase {
  let simulation = new Simulation()
  return {
    name: `periodic timer among ${pending}`,
    ops: STEPS,
    setup: () => {
      simulation = new Simulation()
      let left = STEPS
      const topic = simulation.host('module').handle('tick', (key) => {
        if (left-- > pending) topic.wakeAfter(key, 1000)
      })
      for (let key = 0; key < pending; key += 1) topic.wakeAfter(`key-${key}`, key % 1000)
    },
    run: () => simulation.settle(),
  }
}

const random = new Simulation().random.stream('draws')
function draw(): void {
  for (let at = 0; at < STEPS; at += 1) random.int(0, 1_000_000)
}

const result: SuiteResult = await suite(
  'kernel',
  [
    relay('fifo'),
    relay('seeded'),
    periodic(100),
    periodic(10_000),
    { name: 'draw of a random number', ops: STEPS, run: draw },
  ],
  { rounds: 9, minMs: 0 },
)

const [fifo] = result.cases
if (fifo && !process.argv.includes('--json'))
  console.log(`  ${Math.round(1e6 / fifo.median).toLocaleString('en')} steps/s\n`)
