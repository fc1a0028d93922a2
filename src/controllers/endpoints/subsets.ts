import type { EndpointAddress, EndpointPort, EndpointSubset, Pod, Service } from '../../api/core/generated.js'
import { isPodReady } from '../../api/core/conditions.js'
import { addressesOf, addressTypeOf, isEndpoint, portsOf } from '../endpointslice/desired.js'

/** One address with all ports under which it is reached. */
interface Entry {
  readonly address: EndpointAddress
  readonly ready: boolean
  readonly ports: readonly EndpointPort[]
}

const portKey = ({ name = '', port, protocol = 'TCP', appProtocol = '' }: EndpointPort): string =>
  `${name}/${port}/${protocol}/${appProtocol}`

/** Addresses go by their bytes. Source: endpoints.LessEndpointAddress. */
const addressKey = ({ ip }: EndpointAddress): string =>
  ip
    .split('.')
    .map((part) => part.padStart(3, '0'))
    .join('.')

/**
 * The subsets of the Endpoints of a Service: addresses with equal ports stand together. Source:
 * endpoints_controller.go syncService, pkg/api/v1/endpoints RepackSubsets.
 */
export function subsetsOf(service: Service, pods: readonly Pod[]): readonly EndpointSubset[] {
  const family = service.spec.ipFamilies?.[0] === 'IPv6' ? 'IPv6' : 'IPv4'
  const entries = pods.flatMap((pod) => entryOf(service, pod, family))
  const groups = new Map<string, Entry[]>()
  for (const entry of entries) {
    const key = entry.ports.map(portKey).sort().join(',')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [entry])
    else group.push(entry)
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => subsetOf(group))
}

function subsetOf(entries: readonly Entry[]): EndpointSubset {
  const addresses = (ready: boolean): readonly EndpointAddress[] =>
    entries
      .filter((entry) => entry.ready === ready)
      .map(({ address }) => address)
      .sort((a, b) => (addressKey(a) < addressKey(b) ? -1 : 1))
  const [up, down] = [addresses(true), addresses(false)]
  const ports = [...(entries[0]?.ports ?? [])].sort((a, b) => (portKey(a) < portKey(b) ? -1 : 1))
  return {
    ...(up.length > 0 ? { addresses: up } : {}),
    ...(down.length > 0 ? { notReadyAddresses: down } : {}),
    ...(ports.length > 0 ? { ports } : {}),
  }
}

function entryOf(service: Service, pod: Pod, family: 'IPv4' | 'IPv6'): readonly Entry[] {
  const { publishNotReadyAddresses = false, ports = [] } = service.spec
  const ip = addressesOf(pod).find((address) => addressTypeOf(address) === family)
  if (ip === undefined || !isEndpoint(pod)) return []
  if (pod.metadata.deletionTimestamp !== undefined && !publishNotReadyAddresses) return []
  const reached = portsOf(service, pod).map(({ name, ...rest }): EndpointPort =>
    name === '' ? rest : { name, ...rest },
  )
  if (reached.length === 0 && ports.length > 0) return []
  return [
    {
      address: addressOf(service, pod, ip),
      ready: publishNotReadyAddresses || isPodReady(pod),
      ports: reached,
    },
  ]
}

function addressOf(service: Service, { metadata, spec }: Pod, ip: string): EndpointAddress {
  const { name = '', namespace = '', uid = '' } = metadata
  const { nodeName, hostname = '', subdomain } = spec
  return {
    ip,
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(hostname !== '' && subdomain === service.metadata.name ? { hostname } : {}),
  }
}
