import type { Endpoints, Service } from '../../api/core/generated.js'
import type { EndpointSlice } from '../../api/discovery/generated.js'
import type { ServiceCIDR } from '../../api/networking/generated.js'
import { READY_CIDR, SERVICE_CIDR_FINALIZER } from '../../api/networking/service-cidr.js'
import { formatIp, parseIp, parseIpRange } from '../../lang/go/ip.js'
import { formatTime } from '../../lang/go/time.js'
import type { Client } from '../../client/client.js'
import type { RegistryContext } from '../registry/context.js'

const KUBERNETES = 'kubernetes'
const DEFAULT = { name: KUBERNETES, namespace: 'default' }

type KubernetesServiceDependencies = Pick<
  RegistryContext,
  'resources' | 'clock' | 'address' | 'serviceRanges'
>

/**
 * Creates the objects by which pods find the apiserver: the ServiceCIDR of the flag's ranges (since v1.33),
 * the Service `kubernetes` at the first address, and its Endpoints and EndpointSlice. `isProtected`: whether
 * the ServiceCIDR is as its controller leaves it. Source:
 * pkg/controlplane/controller/kubernetesservice, pkg/controlplane/reconcilers,
 * pkg/controlplane/controller/defaultservicecidr.
 */
export function makeKubernetesService(
  { resources, clock, address, serviceRanges }: KubernetesServiceDependencies,
  client: Client,
  isProtected: boolean,
): void {
  const [host = '', port = ''] = splitAddress(address)
  const ready = {
    type: 'Ready',
    ...READY_CIDR,
    ...(isProtected ? {} : { message: 'Kubernetes default Service CIDR is ready' }),
  }
  if (resources.release.has('serviceCidrs') && resources.find('servicecidrs') !== undefined) {
    const finalizers = isProtected ? { finalizers: [SERVICE_CIDR_FINALIZER] } : {}
    const made = client.create('servicecidrs', {
      metadata: { name: KUBERNETES, ...finalizers },
      spec: { cidrs: serviceRanges },
    } as unknown as ServiceCIDR)
    const conditions = [{ ...ready, lastTransitionTime: formatTime(clock.now()) }]
    const { apiVersion, kind, metadata } = made
    const body = { apiVersion, kind, metadata: { name: metadata.name }, status: { conditions } }
    const fieldManager = isProtected ? 'service-cidr-controller' : 'kubernetes-service-cidr-controller'
    client.patch(
      'servicecidrs',
      metadata,
      { type: 'apply', body },
      { fieldManager, force: true, subresource: 'status' },
    )
  }
  client.create('services', {
    metadata: { ...DEFAULT, labels: { component: 'apiserver', provider: KUBERNETES } },
    spec: {
      clusterIP: firstAddress(serviceRanges[0] ?? ''),
      type: 'ClusterIP',
      sessionAffinity: 'None',
      ipFamilyPolicy: 'SingleStack',
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: Number(port) }],
    },
  } as unknown as Service)
  makeEndpoints({ resources }, client, host, Number(port))
}

function makeEndpoints(
  { resources }: Pick<KubernetesServiceDependencies, 'resources'>,
  client: Client,
  ip: string,
  port: number,
): void {
  const ports = [{ name: 'https', port, protocol: 'TCP' as const }]
  client.create('endpoints', {
    metadata: { ...DEFAULT, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip }], ports }],
  } as Endpoints)
  if (resources.find('endpointslices') === undefined) return
  client.create('endpointslices', {
    metadata: { ...DEFAULT, labels: { 'kubernetes.io/service-name': KUBERNETES } },
    addressType: parseIp(ip)?.family ?? 'IPv4',
    endpoints: [{ addresses: [ip], conditions: { ready: true } }],
    ports,
  } as EndpointSlice)
}

function splitAddress(address: string): readonly string[] {
  const colon = address.lastIndexOf(':')
  return [address.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), address.slice(colon + 1)]
}

function firstAddress(cidr: string): string {
  const range = parseIpRange(cidr)
  return range === undefined ? '' : formatIp({ family: range.family, value: range.first + 1n })
}
