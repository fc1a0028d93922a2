/**
 * Soak: random worlds and connections on which the evaluator, the naive one straight from the prose and the proof checker must agree.
 * `npx tsx scripts/soak-netpol.ts [connections] [seed]`, 1,000,000 by default. Tests run a small part of it.
 */
import * as fc from 'fast-check'
import { checkProof, evaluateModel, readWorld, resolveOptions } from '../src/netpol/index.js'
import { connectionIn, options, world } from '../test/netpol/arbitraries.js'
import { Oracle } from '../test/netpol/oracle.js'

const [connections = 1_000_000, seed = 1] = process.argv.slice(2).map(Number)
const PER_WORLD = 40

let asked = 0
let allowed = 0
const start = Date.now()
const where = fc.tuple(world, options).chain(([objects, choice]) =>
  fc.tuple(fc.constant(objects), fc.constant(choice), fc.array(connectionIn(objects), { minLength: PER_WORLD, maxLength: PER_WORLD })))
fc.assert(fc.property(where, ([objects, choice, list]) => {
  const model = readWorld(objects, choice)
  const oracle = new Oracle(objects, resolveOptions(choice))
  for (const connection of list) {
    const verdict = evaluateModel(model, connection)
    asked++
    if (verdict.allowed) allowed++
    if (oracle.allows(connection) !== verdict.allowed) throw new Error(`the prose says ${String(!verdict.allowed)}: ${JSON.stringify(connection)}`)
    const faults = checkProof(objects, connection, verdict)
    if (faults.length > 0) throw new Error(`the proof does not hold: ${faults.join('; ')}: ${JSON.stringify(connection)}`)
  }
}), { numRuns: Math.ceil(connections / PER_WORLD), seed })
console.log(`${asked.toLocaleString('en')} connections, ${allowed.toLocaleString('en')} of them allowed: all agree, in ${((Date.now() - start) / 1000).toFixed(0)} s`)
