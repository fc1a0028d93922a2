import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { replay } from './recording-replay.js'
import type { RecordedObject, Recording } from './recording-replay.js'

const file = new URL('../../fixtures/controllers/workloads.json', import.meta.url)
const recordings = JSON.parse(readFileSync(file, 'utf8')) as readonly Recording[]

describe('workload controllers do what the recorded control plane did', () => {
  for (const recording of recordings) {
    it(recording.id, () => {
      const replayed = replay(recording)
      expect(withSummedScalings(replayed.events)).toEqual(withSummedScalings(recording.events))
      expect(comparable(replayed.objects)).toEqual(comparable(recording.objects))
    })
  }
})

/** How closely together pods become ready decides in how many steps a ReplicaSet is scaled, but not by how much in all. */
function withSummedScalings(events: Recording['events']): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const [line, count] of Object.entries(events)) {
    const [, what = line, from = '0', to = String(count)] = /^(.* Scaled .*) from (\d+) to (\d+)$/.exec(line) ?? []
    sums[what] = (sums[what] ?? 0) + Math.abs(Number(to) - Number(from))
  }
  return sums
}

/** For the same reason, ReplicaSets differ in their generations. */
function comparable(objects: Recording['objects']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(objects).map(([key, object]) => [key, key.startsWith('replicasets ') ? withoutGeneration(object) : object]),
  )
}

function withoutGeneration({ last }: RecordedObject): unknown {
  if (last === 'DELETED') return last
  const { generation: _, status, ...rest } = last as { generation: number; status: Record<string, unknown> }
  const { observedGeneration: __, ...counts } = status
  return { ...rest, status: counts }
}
