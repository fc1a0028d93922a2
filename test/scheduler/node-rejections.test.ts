import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NodeSnapshot } from '../../src/scheduler/cache/snapshot.js'
import { NodeRejections, nodesRefused, rejectionRuns } from '../../src/scheduler/framework/diagnosis.js'
import { type PluginRejection, unresolvable, unschedulable } from '../../src/scheduler/framework/rejection.js'
import { node } from './pods.js'

const KINDS: readonly PluginRejection[] = [
  { plugin: 'A', rejection: unschedulable('full') },
  { plugin: 'B', rejection: unresolvable('never') },
  { plugin: 'C', rejection: unschedulable('busy') },
]

test('refusals by slot, by name and by run are those of a plain map', () => {
  const { nodes } = NodeSnapshot.of(Array.from({ length: 8 }, (_, n) => node(`n${n}`)))
  const kind = fc.constantFrom(undefined, 0, 0, 0, 1, 2)
  fc.assert(
    fc.property(
      fc.array(kind, { minLength: 8, maxLength: 8 }),
      fc.nat(7),
      fc.constantFrom(undefined, ...KINDS),
      (kinds, start, absent) => {
        const collected = new NodeRejections()
        const plain = new Map<string, PluginRejection>()
        for (let step = 0; step < nodes.length; step++) {
          const at = (start + step) % nodes.length
          const rejection = KINDS[kinds[at] ?? -1]
          const refused = nodes[at]
          if (!rejection || !refused) continue
          collected.add(refused, rejection)
          plain.set(refused.name, rejection)
        }
        expect([...collected]).toEqual([...plain])
        expect(nodes.map((one) => collected.of(one))).toEqual(nodes.map(({ name }) => plain.get(name)))
        expect(
          rejectionRuns(collected).flatMap(({ rejection, nodes: times }) =>
            Array.from({ length: times }, () => rejection),
          ),
        ).toEqual([...plain.values()])
        expect(
          rejectionRuns(collected).every(({ rejection }, at, runs) => rejection !== runs[at + 1]?.rejection),
        ).toBe(true)
        const isResolvable = ({ rejection }: PluginRejection): boolean => rejection.code === 'Unschedulable'
        expect(nodesRefused(nodes, collected, absent, isResolvable)).toEqual(
          nodesRefused(nodes, plain, absent, isResolvable),
        )
      },
    ),
    { numRuns: 300 },
  )
})
