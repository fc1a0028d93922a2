import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { compile, evaluateModel, readWorld } from '../../src/netpol/index.js'
import type { CompiledWorld, Connection, NetpolOptions, World } from '../../src/netpol/index.js'
import { connectionIn, options, world } from './arbitraries.js'

function expectSame(compiled: CompiledWorld, objects: World, choice: NetpolOptions, connections: readonly Connection[]): void {
  const model = readWorld(objects, choice)
  for (const connection of connections) {
    const verdict = evaluateModel(model, connection)
    expect(compiled.allows(connection), JSON.stringify(connection)).toBe(verdict.allowed)
    expect(compiled.evaluate(connection)).toEqual(verdict)
  }
}

const connections = (where: World): fc.Arbitrary<readonly Connection[]> => fc.array(connectionIn(where), { minLength: 15, maxLength: 20 })

it('the compiled form answers as the evaluator does', () => {
  const where = fc.tuple(world, options).chain(([each, choice]) => fc.tuple(fc.constant(each), fc.constant(choice), connections(each)))
  fc.assert(fc.property(where, ([objects, choice, asked]) => {
    const compiled = compile(objects, choice)
    expectSame(compiled, objects, choice, asked)
    // once more, from what it remembers
    expect(asked.map((each) => compiled.allows(each))).toEqual(asked.map((each) => compiled.evaluate(each).allowed))
  }), { numRuns: 80 })
})

type Change = (compiled: CompiledWorld) => void

/** What leads from one world to another, one object at a time. */
function changesBetween(before: World, after: World): readonly Change[] {
  const nameOf = ({ metadata: { name = '' } }: { metadata: { name?: string | undefined } }): string => name
  const keyOf = ({ metadata: { namespace = 'default', name = '' } }: { metadata: { namespace?: string | undefined, name?: string | undefined } }): string => `${namespace}/${name}`
  const gone = <T>(from: readonly T[] = [], to: readonly T[] = [], key: (each: T) => string): readonly T[] => {
    const kept = new Set(to.map(key))
    return from.filter((each) => !kept.has(key(each)))
  }
  const policyKey = (policy: NonNullable<World['policies']>[number]): string => `${policy.kind ?? ''} ${policy.kind === 'NetworkPolicy' ? keyOf(policy) : nameOf(policy)}`
  return [
    ...gone(before.pods, after.pods, keyOf).map((pod): Change => (compiled) => compiled.removePod(keyOf(pod))),
    ...gone(before.namespaces, after.namespaces, nameOf).map((each): Change => (compiled) => compiled.removeNamespace(nameOf(each))),
    ...gone(before.nodes, after.nodes, nameOf).map((each): Change => (compiled) => compiled.removeNode(nameOf(each))),
    ...gone(before.policies, after.policies, policyKey).map((each): Change => (compiled) => compiled.removePolicy(
      { kind: each.kind as 'NetworkPolicy', namespace: each.metadata.namespace ?? 'default', name: nameOf(each) })),
    ...(after.pods ?? []).map((each): Change => (compiled) => compiled.setPod(each)),
    ...(after.namespaces ?? []).map((each): Change => (compiled) => compiled.setNamespace(each)),
    ...(after.nodes ?? []).map((each): Change => (compiled) => compiled.setNode(each)),
    ...(after.policies ?? []).map((each): Change => (compiled) => compiled.setPolicy(each)),
    (compiled) => compiled.setDomains(after.domains ?? {}),
  ]
}

it('after changes in any order it answers as if made anew, whatever was asked in between', () => {
  const where = fc.tuple(world, world, options).chain(([before, after, choice]) => {
    const changes = changesBetween(before, after)
    return fc.tuple(fc.constant([before, after, choice] as const), fc.shuffledSubarray([...changes], { minLength: changes.length }), connections(before), connections(after))
  })
  fc.assert(fc.property(where, ([[before, after, choice], changes, first, last]) => {
    const compiled = compile(before, choice)
    const ask = (): void => last.forEach((each) => {
      try {
        compiled.allows(each)
      } catch {
        // it may speak of what is not there yet
      }
    })
    expectSame(compiled, before, choice, first)
    for (const change of changes) {
      change(compiled)
      ask()
    }
    expectSame(compiled, after, choice, last)
    expect(Object.fromEntries(compiled.model.namespaces)).toEqual(Object.fromEntries(readWorld(after, choice).namespaces))
  }), { numRuns: 60 })
})
