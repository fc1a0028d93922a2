import type { EndpointSlice } from '../../../src/api/discovery/generated.js'
import { desiredGroups, type AddressType } from '../../../src/controllers/endpointslice/desired.js'
import { planSlices, sliceLabels, sliceObject } from '../../../src/controllers/endpointslice/slices.js'
import { scaledValue } from '../../../src/controllers/shared/int-or-percent.js'
import { computeZoneState } from '../../../src/controllers/node-lifecycle/zones.js'
import type { Row, Table } from '../table.js'

const MANAGER = 'endpointslice-controller.k8s.io'

/** Which endpoint is in which slice is left to chance: sizes by slice, and all endpoints. */
function comparable(slices: readonly Row[]): unknown {
  const groups = new Map<string, { sizes: number[]; endpoints: unknown[] }>()
  for (const { addressType, ports, endpoints, metadata } of slices) {
    const key = JSON.stringify(
      sorted([addressType, byText(ports ?? []), metadata.labels, metadata.ownerReferences]),
    )
    const group = groups.get(key) ?? { sizes: [], endpoints: [] }
    groups.set(key, group)
    group.sizes.push((endpoints ?? []).length)
    group.endpoints.push(...(endpoints ?? []))
  }
  const text = (value: unknown): string => JSON.stringify(sorted(value))
  return [...groups.entries()]
    .map(([key, { sizes, endpoints }]) => [key, sizes.sort((a, b) => a - b), endpoints.map(text).sort()])
    .sort((a, b) => (text(a[0]) < text(b[0]) ? -1 : 1))
}

/** Upstream orders ports by a hash of them. */
const byText = (list: readonly unknown[]): readonly unknown[] =>
  [...list].sort((a, b) => (JSON.stringify(sorted(a)) < JSON.stringify(sorted(b)) ? -1 : 1))

/** With members in order of their names. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  )
}

const endpointSlices: Table = ({ service, nodes, most, steps, out }) => {
  const nodeOf = (name: string): never => nodes.find((node: Row) => node['metadata'].name === name) as never
  let count = 0
  const actual = steps.map((pods: never[], step: number) => {
    // each step goes on from the recorded slices
    const slices: readonly EndpointSlice[] = step === 0 ? [] : (out[step - 1].slices ?? [])
    const next: EndpointSlice[] = []
    for (const type of service.spec.ipFamilies as AddressType[]) {
      const existing = slices.filter(({ addressType }) => addressType === type)
      const desired = desiredGroups(service, pods, type, nodeOf)
      const labels = sliceLabels(service, MANAGER)
      const { write, remove } = planSlices(existing, desired, {
        most,
        isStale: () => false,
        isOwn: () => true,
      })
      const written = write.map((plan) => {
        const frame = {
          name: service.metadata.name,
          namespace: service.metadata.namespace,
          labels,
          annotations: {},
          owner: { apiVersion: 'v1', kind: 'Service', uid: service.metadata.uid },
          addressType: type,
        }
        const object = sliceObject(plan, frame)
        return plan.existing === undefined
          ? { ...object, metadata: { ...object.metadata, name: `s-${++count}` } }
          : object
      })
      const gone = new Set([...remove, ...write.map(({ existing: one }) => one)])
      next.push(...existing.filter((one) => !gone.has(one)), ...written)
    }
    return comparable(next as never)
  })
  return { expected: out.map((step: Row) => comparable(step['slices'] ?? [])), actual }
}

const numbers: Table = ({ table, value, total, ready, notReady, threshold, out }) =>
  table === 'zone-state'
    ? {
        expected: out.state.replace('FullyDisrupted', 'FullDisruption'),
        actual: computeZoneState({ ready, notReady }, threshold),
      }
    : {
        expected: out.error === '' ? { up: out.up, down: out.down } : 'error',
        actual:
          out.error === ''
            ? { up: scaledValue(value, total, 'up'), down: scaledValue(value, total, 'down') }
            : 'error',
      }

export const controllerTables: Readonly<Record<string, Table>> = {
  'endpoint-slices': endpointSlices,
  numbers,
}
