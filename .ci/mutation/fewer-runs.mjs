/**
 * fast-check for mutation testing: a twentieth of the runs, four at most, and a counter-example is not made
 * small.
 */
import * as fc from 'fast-check'

export * from 'fast-check'
export default fc

export function assert(property, parameters = {}) {
  return fc.assert(property, {
    ...parameters,
    numRuns: Math.min(4, Math.ceil((parameters.numRuns ?? 100) / 20)),
    endOnFailure: true,
  })
}
