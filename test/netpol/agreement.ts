import {
  proofErrors,
  CompiledWorld,
  evaluateModel,
  readWorld,
  resolveOptions,
} from '../../src/netpol/index.js'
import type { PolicyQuery, NetpolOptions, World } from '../../src/netpol/index.js'
import { Oracle } from './oracle.js'

/**
 * How many connections are allowed of those on which the evaluator, the compiled form, the prose and the
 * proof checker agree. @throws Error that tells where they do not.
 */
export function allowedByAll(
  objects: World,
  options: NetpolOptions,
  connections: readonly PolicyQuery[],
): number {
  const model = readWorld(objects, options)
  const compiled = new CompiledWorld(model)
  const oracle = new Oracle(objects, resolveOptions(options))
  let count = 0
  for (const connection of connections) {
    const verdict = evaluateModel(model, connection)
    const told = `${JSON.stringify(connection)}, which evaluate ${verdict.allowed ? 'allows' : 'denies'}`
    if (oracle.allows(connection) !== verdict.allowed) throw new Error(`the prose says otherwise of ${told}`)
    // the second time from what it remembers
    if (compiled.allows(connection) !== verdict.allowed || compiled.allows(connection) !== verdict.allowed)
      throw new Error(`the compiled form says otherwise of ${told}`)
    const faults = proofErrors(objects, connection, verdict)
    if (faults.length > 0) throw new Error(`the proof does not hold (${faults.join('; ')}) of ${told}`)
    if (verdict.allowed) count++
  }
  return count
}
