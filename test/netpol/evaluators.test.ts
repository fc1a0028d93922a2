import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { checkProof, evaluateModel, readWorld, resolveOptions } from '../../src/netpol/index.js'
import { connectionIn, options, world } from './arbitraries.js'
import { Oracle } from './oracle.js'

it('the evaluator, the prose and the proof checker agree on random worlds', () => {
  const seen = new Set<string>()
  const where = fc.tuple(world, options).chain(([each, choice]) => fc.tuple(fc.constant(each), fc.constant(choice), fc.array(connectionIn(each), { minLength: 20, maxLength: 24 })))
  fc.assert(fc.property(where, ([objects, choice, connections]) => {
    const model = readWorld(objects, choice)
    const oracle = new Oracle(objects, resolveOptions(choice))
    for (const connection of connections) {
      const verdict = evaluateModel(model, connection)
      expect(verdict.allowed, JSON.stringify(connection)).toBe(oracle.allows(connection))
      expect(checkProof(objects, connection, verdict), JSON.stringify(connection)).toEqual([])
      const sides = [verdict.proof.egress, verdict.proof.ingress]
      sides.forEach(({ because, tiers }) => [because, ...tiers.flatMap(({ policies, exception }) => [`exception:${String(exception)}`,
        ...policies.flatMap(({ rules }) => rules.flatMap(({ trials, failsClosed }) => [`closed:${String(failsClosed)}`, ...trials.map((trial) => trial.because)]))])]
        .forEach((each) => seen.add(each)))
    }
  }), { numRuns: 250 })
  // what is never met would be agreed on for nothing
  expect([...seen].sort()).toMatchInlineSnapshot(`
    [
      "Admin",
      "Baseline",
      "NetworkPolicy",
      "addressExcepted",
      "addressInRange",
      "addressOfPod",
      "addressOutOfRange",
      "closed:true",
      "closed:undefined",
      "default",
      "domainMatched",
      "everyPeer",
      "everyPort",
      "everyPortOfProtocol",
      "exception:ownNode",
      "exception:self",
      "exception:undefined",
      "namedPortMatched",
      "namespaceLabels",
      "noAddress",
      "noDomain",
      "noSubject",
      "noSuchNamedPort",
      "nodeLabels",
      "nodeSelected",
      "notANode",
      "notAPod",
      "otherDomain",
      "otherFamily",
      "otherNamespace",
      "otherPort",
      "otherProtocol",
      "podLabels",
      "podSelected",
      "portMatched",
      "self",
      "unknownField",
    ]
  `)
})

/** Every place in a JSON value, as the keys that lead there. */
function placesIn(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => [[key], ...placesIn(each).map((rest) => [key, ...rest])])
}

/** Changes one place: another value of its type, or nothing there. */
function forge(value: unknown, path: readonly string[], remove: boolean): void {
  const last = path.at(-1) ?? ''
  const parent = path.slice(0, -1).reduce((each, key) => (each as Record<string, unknown>)[key], value) as Record<string, unknown>
  const old = parent[last]
  if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else if (remove || typeof old === 'object') delete parent[last]
  else parent[last] = typeof old === 'boolean' ? !old : typeof old === 'number' ? old + 1 : `${old as string}x`
}

it('a proof that was changed anywhere does not hold', () => {
  const where = world.chain((each) => fc.tuple(fc.constant(each), connectionIn(each), fc.nat(), fc.boolean()))
  fc.assert(fc.property(where, ([objects, connection, at, remove]) => {
    const verdict = evaluateModel(readWorld(objects), connection)
    const { proof: { options: choice, ...told }, allowed } = structuredClone(verdict)
    const places = placesIn({ allowed, ...told })
    const path = places[at % places.length] ?? []
    const forged = { allowed, ...told }
    forge(forged, path, remove)
    const { allowed: claimed, ...rest } = forged
    expect(checkProof(objects, connection, { allowed: claimed, proof: { ...rest, options: choice } }), path.join('.')).toHaveLength(1)
  }), { numRuns: 300 })
})
