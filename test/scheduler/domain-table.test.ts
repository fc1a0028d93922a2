import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ALL_NODES } from '../../src/scheduler/cache/domain-table.js'
import { NodeInfo } from '../../src/scheduler/cache/node-info.js'
import { PodGroup } from '../../src/scheduler/cache/pod-group.js'
import { node } from './pods.js'

const slot = fc.nat(4)
const step = fc.oneof(
  fc.record({ do: fc.constant('pod' as const), slot, delta: fc.constantFrom(1, -1) }),
  fc.record({ do: fc.constant('node' as const), slot, zone: fc.constantFrom(undefined, 'a', 'b', 'c') }),
)

test('total, least and counts of domains equal a recount, with a trial and without', () => {
  const changes = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 2 }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), changes, (steps, trial) => {
      const nodes = Array.from({ length: 5 }, (_, at) => Object.assign(new NodeInfo(`n${at}`), { slot: at }))
      const counts = [0, 0, 0, 0, 0]
      const group = new PodGroup(() => nodes)
      const table = group.table('zone', ALL_NODES)
      for (const one of steps) {
        const info = nodes[one.slot] as NodeInfo
        if (one.do === 'node') {
          if (one.zone) info.setNode(node(info.name, { labels: { zone: one.zone } }))
          else info.clearNode()
          group.setNode(info)
        } else if (one.delta > 0 || (counts[one.slot] as number) > 0) {
          counts[one.slot] = (counts[one.slot] as number) + one.delta
          group.add(info, one.delta)
        }
        const domains = new Map<string, number>()
        for (const { object, labels, slot: at } of nodes) {
          if (object)
            domains.set(
              labels['zone'] as string,
              (domains.get(labels['zone'] as string) ?? 0) + (counts[at] as number),
            )
        }
        const least = (of: Iterable<number>): number => (domains.size === 0 ? 0 : Math.min(...of))
        expect([table.size, table.total]).toEqual([
          domains.size,
          [...domains.values()].reduce((a, b) => a + b, 0),
        ])
        expect(table.least()).toBe(least(domains.values()))
        expect(table.least(new Map(Object.entries(trial)))).toBe(
          least([...domains].map(([value, count]) => count + (trial[value] ?? 0))),
        )
        for (const [value, count] of domains) expect(table.countOf(value)).toBe(count)
      }
    }),
    { numRuns: 60 },
  )
})
