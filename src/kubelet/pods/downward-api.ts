import type { Container, Pod, ResourceFieldSelector } from '../../api/core/generated.js'
import { quantityMilliValue } from '../../api/quantity.js'

/** Reported for a node without limits. */
const DEFAULT_CPU = '4'
const DEFAULT_MEMORY = '16Gi'

/**
 * Value of a field path of the downward API; undefined if there is no such field. Status fields must be in
 * the given pod. Source: pkg/fieldpath ExtractFieldPathAsString.
 */
export function fieldOf(pod: Pod, path: string): string | undefined {
  const [, part, key] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path) ?? []
  if (key !== undefined) {
    const map = part === 'labels' ? pod.metadata.labels : pod.metadata.annotations
    return map !== undefined && Object.hasOwn(map, key) ? map[key] : ''
  }
  const { metadata, spec, status } = pod
  switch (path) {
    case 'metadata.name':
      return metadata.name ?? ''
    case 'metadata.namespace':
      return metadata.namespace ?? 'default'
    case 'metadata.uid':
      return metadata.uid ?? ''
    case 'metadata.labels':
      return formatMap(metadata.labels)
    case 'metadata.annotations':
      return formatMap(metadata.annotations)
    case 'spec.nodeName':
      return spec.nodeName ?? ''
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? ''
    case 'status.podIP':
      return status.podIP ?? ''
    case 'status.podIPs':
      return (status.podIPs ?? []).map(({ ip }) => ip).join(',')
    case 'status.hostIP':
      return status.hostIP ?? ''
    case 'status.hostIPs':
      return status.hostIPs?.map(({ ip }) => ip).join(',') ?? status.hostIP ?? ''
    default:
      return undefined
  }
}

/** Formats `key="value"` lines. Source: fieldpath.FormatMap. */
function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  return Object.keys(map ?? {})
    .sort()
    .map((key) => `${key}=${JSON.stringify((map ?? {})[key])}`)
    .join('\n')
}

/**
 * Value of a resource field: a whole number of divisors, rounded up. A container without a limit has that of
 * its pod, or else that of the node. Source: pkg/api/v1/resource ExtractContainerResourceValue,
 * pkg/kubelet/kubelet_resources.go defaultPodLimitsForDownwardAPI.
 */
export function resourceFieldOf(
  pod: Pod,
  { containerName, resource, divisor }: ResourceFieldSelector,
  own?: Container,
): string | undefined {
  const container =
    containerName === undefined || containerName === ''
      ? own
      : [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find(
          ({ name }) => name === containerName,
        )
  const [kind, name = ''] = resource.split('.')
  if (!container || (kind !== 'limits' && kind !== 'requests')) return undefined
  const given = container.resources?.[kind]?.[name]
  const quantity =
    given ??
    (kind === 'limits'
      ? (pod.spec.resources?.limits?.[name] ?? { cpu: DEFAULT_CPU, memory: DEFAULT_MEMORY }[name])
      : undefined) ??
    '0'
  const by = divisor === undefined || quantityMilliValue(divisor) === 0 ? 1000 : quantityMilliValue(divisor)
  return String(Math.ceil(quantityMilliValue(quantity) / by))
}
