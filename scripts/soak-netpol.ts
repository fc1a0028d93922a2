/**
 * Soak: random worlds and connections on which the evaluator, the compiled form, the naive evaluator straight
 * from the prose and the proof checker must agree. `npx tsx scripts/soak-netpol.ts [connections] [seed]`,
 * 1,000,000 by default. Tests run a small part of it (`test/netpol/evaluators.test.ts`).
 */
import * as fc from 'fast-check'
import { allowedByAll } from '../test/netpol/agreement.js'
import { connectionIn, options, world } from '../test/netpol/arbitraries.js'

const [connections = 1_000_000, seed = 1] = process.argv.slice(2).map(Number)
const PER_WORLD = 40

let asked = 0
let allowed = 0
const start = process.cpuUsage().user
const where = fc
  .tuple(world, options)
  .chain(([objects, choice]) =>
    fc.tuple(
      fc.constant(objects),
      fc.constant(choice),
      fc.array(connectionIn(objects), { minLength: PER_WORLD, maxLength: PER_WORLD }),
    ),
  )
fc.assert(
  fc.property(where, ([objects, choice, list]) => {
    allowed += allowedByAll(objects, choice, list)
    asked += list.length
  }),
  { numRuns: Math.ceil(connections / PER_WORLD), seed },
)
const seconds = (process.cpuUsage().user - start) / 1e6
console.log(
  `${asked.toLocaleString('en')} connections, ${allowed.toLocaleString('en')} of them allowed: all ` +
    `agree, in ${seconds.toFixed(0)} s of processor time (seed ${seed})`,
)
