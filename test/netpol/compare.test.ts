import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare, compile, type CompiledWorld, type Connection, type World } from '../../src/netpol/index.js'
import { netpolArbitraries } from '../../src/testing/netpol/index.js'

const TINY = {
  namespaces: ['default', 'red'], keys: ['app'], selectorKeys: [], values: ['a'],
  podIPs: [], nodeIPs: [], addresses: [], ranges: [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }, { cidr: '0.0.0.0/0', except: [] }],
  protocols: ['TCP', 'UDP'] as const, ports: [80, 81], portRanges: [], portNames: ['web'], domains: [], domainPatterns: [],
}

/** Every cluster that tiny policies can tell apart, as nine big ones: all pods at once, and of labels of namespaces each pair (they are an orthogonal array). */
function tinyWorlds(): readonly World[] {
  const values = [undefined, 'a', 'other']
  const pods = [['10.0', undefined], ['10.1', undefined], ['11.0', undefined], ['11.0', 80], ['11.0', 81]] as const
  const labels = (at: number): Record<string, string> => {
    const value = values[at % 3]
    return value === undefined ? {} : { app: value }
  }
  return Array.from({ length: 9 }, (_, turn) => {
    const [row, column] = [Math.floor(turn / 3), turn % 3]
    const namespaces = [['default', row], ['red', column], ['third', row + column], ['fourth', row + 2 * column]] as const
    let at = 0
    return {
      namespaces: namespaces.map(([name, label]) => ({ metadata: { name, labels: labels(label) } })),
      pods: namespaces.flatMap(([namespace]) => values.flatMap((_value, label) => pods.map(([net, containerPort]) => ({
        metadata: { namespace, name: `p${++at}`, labels: labels(label) }, status: { podIP: `${net}.0.${at}` },
        spec: { containers: [{ ports: containerPort === undefined ? [] : [{ name: 'web', containerPort }] }] },
      })))),
    }
  })
}

function connectionsIn({ pods = [] }: World): readonly Connection[] {
  const ends = [...pods.map(({ metadata: { namespace = '', name = '' } }) => `${namespace}/${name}`), '10.0.9.9', '10.1.9.9', '11.0.9.9', 'external']
  return ends.flatMap((from) => ends.flatMap((to) => (['TCP', 'UDP'] as const).flatMap((protocol) => [80, 81].map((port): Connection => ({ from, to, port, protocol })))))
}

function expectRelation(seen: { a: boolean, b: boolean }, { onlyA, onlyB }: ReturnType<typeof compare>): void {
  expect(onlyA !== undefined, 'onlyA').toBe(seen.a)
  expect(onlyB !== undefined, 'onlyB').toBe(seen.b)
}

describe('compare', () => {
  it('finds what all clusters of a tiny vocabulary show', () => {
    const worlds = tinyWorlds()
    const { policies, networkPolicy } = netpolArbitraries(fc, { vocabulary: TINY })
    const pair = fc.oneof(fc.tuple(policies, policies), fc.tuple(policies, networkPolicy).map(([all, more]) => [all, [...all, { ...more, metadata: { ...more.metadata, name: 'more' } }]] as const))
    const relations = new Set<string>()
    fc.assert(fc.property(pair, ([a, b]) => {
      const found = compare(a, b)
      relations.add(found.relation)
      const seen = { a: false, b: false }
      for (const objects of worlds) {
        if (seen.a && seen.b) break
        const [first, second] = [a, b].map((each) => compile({ ...objects, policies: each })) as [CompiledWorld, CompiledWorld]
        for (const connection of connectionsIn(objects)) {
          const [isFirst, isSecond] = [first.allows(connection), second.allows(connection)]
          seen.a ||= isFirst && !isSecond
          seen.b ||= isSecond && !isFirst
        }
      }
      expectRelation(seen, found)
    }), { numRuns: 10 })
    expect(relations.size).toBeGreaterThan(2)
  })

  it('is never refuted by a random cluster, with every kind of field and option', () => {
    const { world, options, connectionIn, networkPolicy } = netpolArbitraries(fc)
    const where = fc.tuple(world, options, fc.nat(), networkPolicy).chain(([objects, choice, at, more]) => {
      const { policies = [] } = objects
      const changed = [...policies.filter((_, index) => index !== at % policies.length), { ...more, metadata: { ...more.metadata, name: 'more' } }]
      return fc.record({ objects: fc.constant(objects), choice: fc.constant(choice), changed: fc.constant(changed), asked: fc.array(connectionIn(objects), { minLength: 60, maxLength: 60 }) })
    })
    fc.assert(fc.property(where, ({ objects, choice, changed, asked }) => {
      const { policies = [] } = objects
      const found = compare(policies, changed, choice)
      expect(compare(policies, policies, choice).relation).toBe('equal')
      const [a, b] = [policies, changed].map((each) => compile({ ...objects, policies: each }, choice)) as [CompiledWorld, CompiledWorld]
      for (const connection of asked) {
        const { proof: { connection: { from, to } } } = a.evaluate(connection)
        if (from.address === undefined || to.address === undefined) continue
        const [first, second] = [a.allows(connection), b.allows(connection)]
        if (first && !second) expect(found.onlyA, JSON.stringify(connection)).toBeDefined()
        if (second && !first) expect(found.onlyB, JSON.stringify(connection)).toBeDefined()
      }
    }), { numRuns: 50 })
  })
})
