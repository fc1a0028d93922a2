import * as fc from 'fast-check'
import { allowedByAll } from '../../test/netpol/agreement.js'
import { connectionIn, options, world } from '../../test/netpol/arbitraries.js'

const WORLDS = 1_000
const PER_WORLD = 40

/**
 * Random worlds and connections on which the evaluator, the compiled form, the naive evaluator straight from
 * the prose and the proof checker must agree.
 */
export function netpol(seed: number): string {
  let allowed = 0
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
    }),
    { numRuns: WORLDS, seed },
  )
  return `${WORLDS * PER_WORLD} connections, ${allowed} of them allowed`
}
