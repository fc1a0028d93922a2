/** fast-check for mutation testing: a tenth of the runs, eight at most, and a counter-example is not made small. */
import * as fc from 'fast-check'

export * from 'fast-check'
export default fc

export function assert(property, parameters = {}) {
  return fc.assert(property, { ...parameters, numRuns: Math.min(8, Math.ceil((parameters.numRuns ?? 100) / 10)), endOnFailure: true })
}
