import type { Pod, Service } from '../api/core/generated.js'
import { timeMs } from '../lang/go/time.js'
import { hasClusterIP } from './service-view.js'
import { joinHostPort } from '../lang/go/host-port.js'

/**
 * Returns the variables that tell a pod the Services of its namespace, and the apiserver. `services` are
 * those of its namespace in order; those created after `before` (virtual ms) are left out. Source:
 * pkg/kubelet/envvars FromServices, kubelet_pods.go getServiceEnvVarMap.
 */
export function serviceEnv(
  { metadata, spec }: Pod,
  services: readonly Service[],
  kubernetes: Service | undefined,
  before: number,
): Readonly<Record<string, string>> {
  const { namespace = 'default' } = metadata
  const own = spec.enableServiceLinks === false ? [] : services
  const isAmong = namespace === 'default' && own.length > 0
  const known = [...(kubernetes && !isAmong ? [kubernetes] : []), ...own].filter(
    (service) => hasClusterIP(service) && (timeMs(service.metadata.creationTimestamp) ?? 0) <= before,
  )
  return Object.fromEntries(known.flatMap(variablesOf))
}

const variableName = (name: string): string => name.toUpperCase().replaceAll('-', '_')

function variablesOf({ metadata, spec }: Service): readonly (readonly [string, string])[] {
  const name = variableName(metadata.name ?? '')
  const { clusterIP = '', ports = [] } = spec
  const [first] = ports
  if (!first) return []
  const named = ports.flatMap((port) =>
    port.name ? [[`${name}_SERVICE_PORT_${variableName(port.name)}`, String(port.port)] as const] : [],
  )
  const links = ports.flatMap(({ port, protocol = 'TCP' }, at) => {
    const kind = protocol.toLowerCase()
    const url = `${kind}://${joinHostPort(clusterIP, port)}`
    const prefix = `${name}_PORT_${port}_${protocol}`
    return [
      ...(at === 0 ? [[`${name}_PORT`, url] as const] : []),
      [prefix, url] as const,
      [`${prefix}_PROTO`, kind] as const,
      [`${prefix}_PORT`, String(port)] as const,
      [`${prefix}_ADDR`, clusterIP] as const,
    ]
  })
  return [
    [`${name}_SERVICE_HOST`, clusterIP],
    [`${name}_SERVICE_PORT`, String(first.port)],
    ...named,
    ...links,
  ]
}
