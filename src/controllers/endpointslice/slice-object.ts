import type { Service } from '../../api/core/generated.js'
import type { EndpointSlice } from '../../api/discovery/generated.js'
import type { PlannedSlice } from './plan.js'

export const SERVICE_NAME = 'kubernetes.io/service-name'
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
export const HEADLESS = 'service.kubernetes.io/headless'
export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time'

/** Labels that a slice does not take over from its Service. */
const RESERVED = new Set([SERVICE_NAME, MANAGED_BY, HEADLESS])

/** The labels of the slices of a Service. Source: setEndpointSliceLabels. */
export function sliceLabels({ metadata, spec }: Service, manager: string): Readonly<Record<string, string>> {
  const own = Object.entries(metadata.labels ?? {}).filter(([key]) => !RESERVED.has(key))
  return {
    ...Object.fromEntries(own),
    [SERVICE_NAME]: metadata.name as string,
    [MANAGED_BY]: manager,
    ...(spec.clusterIP === 'None' ? { [HEADLESS]: '' } : {}),
  }
}

/** What belongs to all slices of one owner. */
export interface SliceFrame {
  readonly name: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly owner: { readonly apiVersion: string; readonly kind: string; readonly uid: string }
  readonly addressType: EndpointSlice['addressType']
}

/** The slice to write: a new one, or the existing one with its endpoints, ports and labels replaced. */
export function sliceObject({ existing, ports, endpoints }: PlannedSlice, frame: SliceFrame): EndpointSlice {
  const { name, namespace, labels, annotations, owner, addressType } = frame
  const content = { endpoints, ports: ports === null ? null : [...ports] }
  const annotated = Object.keys(annotations).length === 0 ? {} : { annotations }
  if (existing !== undefined) {
    const { annotations: _, ...metadata } = existing.metadata
    return { ...existing, ...content, metadata: { ...metadata, ...annotated, labels } }
  }
  return {
    metadata: {
      generateName: `${name}-`,
      namespace,
      labels,
      ...annotated,
      ownerReferences: [{ ...owner, name, controller: true, blockOwnerDeletion: true }],
    },
    addressType,
    ...content,
  } as EndpointSlice
}
