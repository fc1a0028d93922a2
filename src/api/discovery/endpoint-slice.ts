import { ageColumn, borrow, column, defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { semanticEqual } from '../kind/equal.js'
import { ipWarnings } from '../validation/ip-validation.js'
import { validateEndpointSlice, validateEndpointSliceUpdate } from './endpoint-slice-validation.js'
import type { Endpoint, EndpointSlice } from './generated.js'

/** Number of items in a Table before `+ N more...`. */
const shown = 3
const managedBy = 'endpointslice.kubernetes.io/managed-by'
const controllers = new Set(['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'])

/**
 * Source: pkg/apis/discovery/v1/defaults.go SetDefaults_EndpointPort. Lists without items are written as
 * null.
 */
function setDefaults(slice: Draft<EndpointSlice>): void {
  for (const port of slice.ports ?? []) {
    if (Object.isFrozen(port)) continue
    port.name ??= ''
    port.protocol ??= 'TCP'
  }
  const lists = slice as { endpoints: unknown[] | null; ports?: unknown[] | null }
  if ((lists.endpoints ?? []).length === 0) lists.endpoints = null
  if ((lists.ports ?? []).length === 0) lists.ports = null
}

const endpointsOf = ({ endpoints }: EndpointSlice): readonly Endpoint[] =>
  (endpoints as readonly Endpoint[] | null) ?? []

/** Drops topology maps, which v1 does not have, unless the old object has them. Source: dropTopologyOnV1. */
function dropTopology(slice: Draft<EndpointSlice>, old: EndpointSlice | undefined): void {
  const endpoints = endpointsOf(slice as EndpointSlice)
  if (!endpoints.some(({ deprecatedTopology }) => deprecatedTopology !== undefined)) return
  if (old !== undefined && semanticEqual(endpoints, old.endpoints)) return
  slice.endpoints = endpoints.map((endpoint) => {
    const { deprecatedTopology: _, ...rest } = endpoint
    return borrow(rest)
  })
}

/**
 * Whether an update increments the generation: anything except the metadata has changed, or the labels have.
 * Source: pkg/registry/discovery/endpointslice/strategy.go PrepareForUpdate.
 */
function hasChanged(next: EndpointSlice, old: EndpointSlice): boolean {
  return !semanticEqual(
    { ...next, metadata: next.metadata.labels ?? {} },
    { ...old, metadata: old.metadata.labels ?? {} },
  )
}

/**
 * Source: warnOnDeprecatedAddressType, warnOnBadIPs; EndpointSlices written by the controllers are not
 * checked.
 */
function warnings(slice: EndpointSlice, old: EndpointSlice | undefined): readonly string[] {
  const ofType =
    old === undefined && slice.addressType === 'FQDN'
      ? ['spec.addressType: FQDN endpoints are deprecated']
      : []
  if (controllers.has(slice.metadata.labels?.[managedBy] ?? '')) return ofType
  const ofAddresses = endpointsOf(slice).flatMap(({ addresses }, index) =>
    addresses.flatMap((address, at) => ipWarnings(address, `endpoints[${index}].addresses[${at}]`)),
  )
  return [...ofType, ...ofAddresses]
}

function listText(items: readonly string[]): string {
  const head = items.slice(0, shown).join(',')
  if (items.length > shown) return `${head} + ${items.length - shown} more...`
  return head === '' ? '<unset>' : head
}

/** discovery.k8s.io/v1 EndpointSlice. */
export const endpointSliceDefinition: KindDefinition<EndpointSlice> = defineKind<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  resource: 'endpointslices',
  namespaced: true,
  storagePrefix: '/registry/endpointslices',
  setDefaults,
  validate: validateEndpointSlice,
  validateUpdate: validateEndpointSliceUpdate,
  strategy: {
    metaOnUpdate: [1, 0],
    prepareForCreate: (slice) => dropTopology(slice, undefined),
    prepareForUpdate: (slice, old) => {
      // before the topology is dropped, which counts as a change
      const isChanged = hasChanged(slice as EndpointSlice, old)
      dropTopology(slice, old)
      if (isChanged) slice.metadata.generation = (old.metadata.generation ?? 0) + 1
    },
    generationChanged: () => false,
    warnings,
  },
  columns: [
    nameColumn(),
    column('AddressType', ({ addressType }) => addressType),
    column('Ports', ({ ports }) =>
      listText((ports ?? []).map(({ port, name }) => (port === undefined ? (name ?? '*') : String(port)))),
    ),
    column('Endpoints', (slice) => listText(endpointsOf(slice).flatMap(({ addresses }) => addresses))),
    ageColumn(),
  ],
})
