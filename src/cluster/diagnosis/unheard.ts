import type { Service } from '../../api/core/generated.js'
import type { EndpointSlice } from '../../api/discovery/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { Lack } from './shortfall.js'
import { say } from './words.js'

/** Whether a process of a pod (`namespace/name`) listens; undefined if that is not known. */
export type Listens = (
  node: string,
  pod: string,
  port: number,
  protocol: 'TCP' | 'UDP' | 'SCTP',
) => boolean | undefined

/**
 * Returns what is wrong with a Service whose ready pods do not listen on its target port: `forwards port 80
 * to port 8080, on which shop/web-0 does not listen`. Undefined if they do.
 */
export function unheard(
  object: KubeObject,
  slices: readonly EndpointSlice[],
  listens: Listens,
): Lack | undefined {
  const { metadata, spec } = object as Service
  for (const { metadata: of, endpoints = [], ports = [] } of slices) {
    if (of.namespace !== metadata.namespace) continue
    if (of.labels?.['kubernetes.io/service-name'] !== metadata.name) continue
    const ready = (endpoints ?? []).filter(
      ({ conditions, targetRef }) => conditions.ready !== false && targetRef?.kind === 'Pod',
    )
    for (const { name, port, protocol = 'TCP' } of ports ?? []) {
      if (typeof port !== 'number' || ready.length === 0) continue
      const pods = ready.map(({ targetRef }) => `${targetRef?.namespace ?? ''}/${targetRef?.name ?? ''}`)
      const hears = (pod: string, at: number): boolean =>
        listens(ready[at]?.nodeName ?? '', pod, port, protocol as 'TCP') !== false
      if (pods.some(hears)) continue
      const from = spec.ports?.find((each) => (each.name ?? '') === (name ?? ''))?.port
      return say('unheard', from ?? '?', port, pods[0] ?? '')
    }
  }
  return undefined
}
