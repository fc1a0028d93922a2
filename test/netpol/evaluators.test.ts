import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  proofErrors,
  evaluateModel,
  readWorld,
  resolveOptions,
  type PolicyProof,
  type SideProof,
  type Trial,
  type World,
} from '../../src/netpol/index.js'
import { affirmative, claims, isThere, places, portCodes } from '../../src/netpol/check/claims.js'
import { keyOf, nameOfObject, RawCluster, raw, rawList } from '../../src/netpol/check/raw.js'
import type { JsonMap } from '../../src/lang/json/maps.js'
import { requirementsOf } from '../../src/netpol/check/label-selectors.js'
import { checkContextOf } from '../../src/netpol/check/context.js'
import { allowedByAll } from './agreement.js'
import { connectionIn, options, world } from './arbitraries.js'

it('the evaluator, the compiled form, the prose and the proof checker agree on random worlds', () => {
  const where = fc
    .tuple(world, options)
    .chain(([each, choice]) =>
      fc.tuple(
        fc.constant(each),
        fc.constant(choice),
        fc.array(connectionIn(each), { minLength: 20, maxLength: 24 }),
      ),
    )
  fc.assert(
    fc.property(where, ([objects, choice, connections]) => {
      expect(allowedByAll(objects, choice, connections)).toBeLessThanOrEqual(connections.length)
    }),
    { numRuns: 150 },
  )
})

/** Every place in a JSON value, as the keys that lead there. */
function placesIn(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => [
    [key],
    ...placesIn(each).map((rest) => [key, ...rest]),
  ])
}

/** Changes one place: another value of its type, or nothing there. */
function forge(value: unknown, path: readonly string[], remove: boolean): void {
  const last = path.at(-1) ?? ''
  const parent = path
    .slice(0, -1)
    .reduce((each, key) => (each as Record<string, unknown>)[key], value) as Record<string, unknown>
  const old = parent[last]
  if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else if (remove || typeof old === 'object') delete parent[last]
  else
    parent[last] = typeof old === 'boolean' ? !old : typeof old === 'number' ? old + 1 : `${old as string}x`
}

it('a proof that was changed anywhere does not hold', () => {
  const where = world.chain((each) => fc.tuple(fc.constant(each), connectionIn(each), fc.nat(), fc.boolean()))
  fc.assert(
    fc.property(where, ([objects, connection, at, remove]) => {
      const verdict = evaluateModel(readWorld(objects), connection)
      const {
        proof: { options: choice, ...told },
        allowed,
      } = structuredClone(verdict)
      const places = placesIn({ allowed, ...told })
      const path = places[at % places.length] ?? []
      const forged = { allowed, ...told }
      forge(forged, path, remove)
      const { allowed: claimed, ...rest } = forged
      expect(
        proofErrors(objects, connection, { allowed: claimed, proof: { ...rest, options: choice } }),
        path.join('.'),
      ).toHaveLength(1)
    }),
    { numRuns: 300 },
  )
})

const suffixes = [
  '',
  '.podSelector',
  '.namespaceSelector',
  '.namespaces',
  '.pods.podSelector',
  '.pods.namespaceSelector',
  '.ipBlock',
  '.ipBlock.cidr',
  '.ipBlock.except[0]',
  '.ipBlock.except[1]',
  '.networks',
  '.networks[0]',
  '.networks[1]',
  '.nodes',
  '.domainNames',
  '.domainNames[0]',
  '.domainNames[1]',
]

function policyOf({ policies = [] }: World, { kind, namespace, name }: PolicyProof): JsonMap {
  const found = policies
    .map(raw)
    .find(
      (each) =>
        each['kind'] === kind &&
        (kind === 'NetworkPolicy'
          ? keyOf(each) === `${namespace ?? ''}/${name}`
          : nameOfObject(each) === name),
    )
  return found ?? {}
}

/** The entry that a trial is about, and its path. */
function entryOf(policy: JsonMap, { path }: Trial): JsonMap | undefined {
  const [, direction = '', rule, field = '', entry] = /^spec\.(\w+)\[(\d+)\]\.(\w+)\[(\d+)\]/.exec(path) ?? []
  return entry === undefined
    ? undefined
    : raw(rawList(raw(rawList(raw(policy['spec'])[direction])[Number(rule)])[field])[Number(entry)])
}

const demandsIn = (entry: JsonMap): ReturnType<typeof requirementsOf> =>
  [
    entry['podSelector'],
    entry['namespaceSelector'],
    entry['namespaces'],
    entry['nodes'],
    raw(entry['pods'])['podSelector'],
    raw(entry['pods'])['namespaceSelector'],
  ].flatMap(requirementsOf)

it('whatever else is said of an entry is refuted, or comes to the same', () => {
  const where = fc
    .tuple(world, options)
    .chain(([each, choice]) =>
      fc.tuple(
        fc.constant(each),
        fc.constant(choice),
        fc.array(connectionIn(each), { minLength: 10, maxLength: 10 }),
      ),
    )
  const codes = Object.keys(claims) as (keyof typeof claims)[]
  fc.assert(
    fc.property(where, ([objects, choice, connections]) => {
      const model = readWorld(objects, choice)
      const cluster = new RawCluster(objects, resolveOptions(choice))
      for (const connection of connections) {
        const { proof } = evaluateModel(model, connection)
        const judge = ({ direction, tiers }: SideProof): void =>
          tiers.forEach(({ tier, policies }) =>
            policies.forEach((proven) =>
              proven.rules.forEach(({ trials }) => {
                const context = checkContextOf(
                  cluster,
                  proof.connection,
                  direction,
                  tier === 'NetworkPolicy' ? 'NetworkPolicy' : 'cluster',
                )
                const policy = policyOf(objects, proven)
                for (const trial of trials) {
                  const entry = entryOf(policy, trial)
                  if (entry === undefined || trial.because === 'unknownField') continue
                  const { port, protocol } = proof.connection
                  const actuals = [
                    trial.actual,
                    context.other.address,
                    `${port ?? ''}/${protocol}`,
                    null,
                    'n0',
                    'n1',
                    'a',
                    'b',
                  ]
                  for (const because of codes)
                    for (const rest of suffixes) {
                      if (
                        portCodes.has(because) !== portCodes.has(trial.because) ||
                        !places[because].test(rest) ||
                        !isThere(entry, rest, context) ||
                        affirmative.has(because) === trial.matched
                      )
                        continue
                      const requirements = because.endsWith('Labels') ? demandsIn(entry) : [undefined]
                      for (const actual of actuals)
                        for (const requirement of requirements) {
                          const lie: Trial = {
                            path: trial.path,
                            matched: !trial.matched,
                            because,
                            ...(actual === undefined ? {} : { actual }),
                            ...(requirement === undefined ? {} : { requirement }),
                          }
                          if (!claims[because]({ context, trial: lie, entry, rest, policy })) continue
                          throw new Error(
                            `${JSON.stringify(lie)} is not refuted; the truth is ${JSON.stringify(trial)}`,
                          )
                        }
                    }
                }
              }),
            ),
          )
        judge(proof.egress)
        judge(proof.ingress)
      }
    }),
    { numRuns: 60 },
  )
})
