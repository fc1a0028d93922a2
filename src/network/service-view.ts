import type { Endpoints, Service } from '../api/core/generated.js'
import type { Endpoint, EndpointSlice } from '../api/discovery/generated.js'
import type { KubeObject } from '../api/kind/definition.js'
import type { Client } from '../client/client.js'
import type { ObjectIndex } from '../client/informers/object-index.js'
import type { ServiceAddressKind } from './connection.js'
import type { Protocol } from '../netpol/world.js'
import { FollowedView } from './followed-view.js'

const SERVICE_NAME = 'kubernetes.io/service-name'
/** The label of Services that another proxy serves. */
const PROXY_NAME = 'service.kubernetes.io/service-proxy-name'

/** The label of Services and EndpointSlices that no proxy serves. */
const HEADLESS = 'service.kubernetes.io/headless'

/** An endpoint of one port of a Service. Source: pkg/proxy/endpoint.go. */
export interface BackEnd {
  readonly ip: string
  readonly port: number
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
  readonly node?: string
  readonly zones: readonly string[]
  readonly nodes: readonly string[]
  /** `namespace/name` */
  readonly pod?: string
}

/** An endpoint as DNS sees it: ready ones only. */
export interface NamedEndpoint {
  readonly ip: string
  readonly hostname: string
  /** Name, number and protocol of its ports; empty if the Service has none. */
  readonly ports: readonly { readonly name: string; readonly port: number; readonly protocol: Protocol }[]
}

export type ServicePort = NonNullable<Service['spec']['ports']>[number]

/** A Service port that an address and port refer to. */
export interface ServiceMatch {
  readonly service: Service
  readonly port: ServicePort
  readonly by: ServiceAddressKind
}

/** Services and their endpoints at one moment. */
export class ServiceSnapshot {
  readonly #services: ObjectIndex<Service>
  readonly #endpoints: ObjectIndex<KubeObject>

  constructor(services: ObjectIndex<Service>, endpoints: ObjectIndex<KubeObject>) {
    this.#services = services
    this.#endpoints = endpoints
  }

  service(namespace: string, name: string): Service | undefined {
    return this.#services.get(`${namespace}/${name}`)
  }

  /** Returns the Service with a cluster IP. */
  withAddress(ip: string): Service | undefined {
    return this.#services.byIndex('address', ip)[0]
  }

  /** Returns the Service and port behind a virtual address. */
  match(ip: string, port: number, protocol: Protocol): ServiceMatch | undefined {
    for (const service of this.#services.byIndex('address', ip)) {
      const found = service.spec.ports?.find(
        (one) => one.port === port && (one.protocol ?? 'TCP') === protocol,
      )
      const by = kindOfAddress(service, ip)
      if (found !== undefined && by !== undefined) return { service, port: found, by }
    }
    return undefined
  }

  /** Returns the Service and port behind a node port, at an address of a family that the Service has. */
  matchNodePort(ip: string, port: number, protocol: Protocol): ServiceMatch | undefined {
    for (const service of this.#services.byIndex('nodePort', String(port))) {
      if (!clusterIPsOf(service).some((own) => own.includes(':') === ip.includes(':'))) continue
      const found = service.spec.ports?.find(
        (one) => one.nodePort === port && (one.protocol ?? 'TCP') === protocol,
      )
      if (found !== undefined) return { service, port: found, by: 'nodePort' }
    }
    return undefined
  }

  /**
   * Returns the Service of type LoadBalancer with an ingress address, even if kube-proxy leaves that to the
   * balancer.
   */
  balancedAt(ip: string): Service | undefined {
    return this.#services.byIndex('balancer', ip)[0]
  }

  /** Returns the Service whose health check uses a node port. */
  withHealthPort(port: number): Service | undefined {
    return this.#services.byIndex('nodePort', `health ${port}`)[0]
  }

  /**
   * Returns the endpoints of one port and family in a fixed order. Source: pkg/proxy/endpointslicecache.go.
   */
  backEnds({ metadata }: Service, port: ServicePort, isV6: boolean): readonly BackEnd[] {
    const key = `${metadata.namespace ?? ''}/${metadata.name ?? ''}`
    const { name = '', protocol = 'TCP' } = port
    const seen = new Map<string, BackEnd>()
    for (const slice of this.#endpoints.byIndex('service', key)) {
      if (isForOthers(slice)) continue
      for (const group of groupsOf(slice)) {
        const found = group.ports.find(
          (one) => (one.name ?? '') === name && (one.protocol ?? 'TCP') === protocol,
        )
        if (found?.port === undefined) continue
        for (const endpoint of group.endpoints) {
          const [ip = ''] = endpoint.addresses
          if (ip.includes(':') === isV6) seen.set(`${ip} ${found.port}`, backEndOf(endpoint, ip, found.port))
        }
      }
    }
    return [...seen.values()]
  }

  /**
   * Returns the ready endpoints of a Service, for DNS. Source: coredns plugin/kubernetes/object/endpoint.go.
   */
  named({ metadata }: Service): readonly NamedEndpoint[] {
    const key = `${metadata.namespace ?? ''}/${metadata.name ?? ''}`
    return this.#endpoints
      .byIndex('service', key)
      .flatMap((slice) =>
        groupsOf(slice).flatMap(({ endpoints, ports }) =>
          endpoints
            .filter(({ conditions }) => conditions?.ready !== false)
            .flatMap(({ addresses, hostname }) =>
              addresses.map((ip) => ({
                ip,
                hostname: hostname || ip.replaceAll(/[.:]/g, '-'),
                ports: ports.flatMap(({ name = '', port, protocol = 'TCP' }) =>
                  port === undefined ? [] : [{ name, port, protocol }],
                ),
              })),
            ),
        ),
      )
  }

  /** Returns the Services that have a ready endpoint with the address. */
  servicesOf(ip: string): readonly { readonly service: Service; readonly endpoint: NamedEndpoint }[] {
    return this.#endpoints.byIndex('ip', ip).flatMap((slice) => {
      const [key = ''] = serviceKeys(slice)
      const service = this.#services.get(key)
      const endpoint = service && this.named(service).find((one) => one.ip === ip)
      return service && endpoint ? [{ service, endpoint }] : []
    })
  }
}

/**
 * Follows Services and their EndpointSlices (Endpoints before v1.21). Nothing is read before the first use.
 */
export class FollowedServiceView {
  readonly #services: FollowedView<Service>
  readonly #endpoints: FollowedView<KubeObject>

  constructor(client: Client, hasSlices: boolean) {
    this.#services = new FollowedView(client, 'services', {
      address: addressesOf,
      nodePort: nodePortsOf,
      balancer: balancerOf,
    })
    const indexers = {
      service: serviceKeys,
      ip: (slice: KubeObject) =>
        groupsOf(slice).flatMap(({ endpoints }) => endpoints.flatMap(({ addresses }) => addresses)),
    }
    this.#endpoints = new FollowedView<KubeObject>(
      client,
      hasSlices ? 'endpointslices' : 'endpoints',
      indexers,
    )
  }

  now(): ServiceSnapshot {
    return new ServiceSnapshot(this.#services.now(), this.#endpoints.now())
  }

  /**
   * Returns the state at a resource version.
   * @throws ApiError Expired if it has been compacted
   */
  at(resourceVersion: string): ServiceSnapshot {
    return new ServiceSnapshot(this.#services.at(resourceVersion), this.#endpoints.at(resourceVersion))
  }
}

/** Returns whether a Service has a virtual address. */
export function hasClusterIP({ spec: { clusterIP } }: Service): boolean {
  return clusterIP !== undefined && clusterIP !== '' && clusterIP !== 'None'
}

const clusterIPsOf = ({ spec }: Service): readonly string[] => spec.clusterIPs ?? [spec.clusterIP ?? '']

/**
 * Returns the ingress addresses that kube-proxy itself serves; those of mode `Proxy` lead out to the
 * balancer.
 */
const ingressOf = ({ status }: Service): readonly string[] =>
  (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, ipMode }) =>
    ip === undefined || ipMode === 'Proxy' ? [] : [ip],
  )

const balancerOf = ({ status }: Service): readonly string[] =>
  (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? [])

/** Whether kube-proxy does not follow an object. Source: cmd/kube-proxy/app/server.go newProxyServer. */
const isForOthers = ({ metadata: { labels } }: KubeObject): boolean =>
  labels?.[PROXY_NAME] !== undefined || labels?.[HEADLESS] !== undefined

function isProxied(service: Service): boolean {
  return hasClusterIP(service) && service.spec.type !== 'ExternalName' && !isForOthers(service)
}

function addressesOf(service: Service): readonly string[] {
  return isProxied(service)
    ? [...clusterIPsOf(service), ...(service.spec.externalIPs ?? []), ...ingressOf(service)]
    : []
}

function nodePortsOf(service: Service): readonly string[] {
  if (!isProxied(service)) return []
  const { ports = [], healthCheckNodePort } = service.spec
  return [
    ...ports.flatMap(({ nodePort }) => (nodePort === undefined || nodePort === 0 ? [] : [String(nodePort)])),
    ...(healthCheckNodePort ? [`health ${healthCheckNodePort}`] : []),
  ]
}

function kindOfAddress(service: Service, ip: string): ServiceAddressKind | undefined {
  if (clusterIPsOf(service).includes(ip)) return 'clusterIP'
  if (service.spec.externalIPs?.includes(ip) === true) return 'externalIP'
  return ingressOf(service).includes(ip) ? 'loadBalancer' : undefined
}

type PortLike = { readonly name?: string; readonly port?: number; readonly protocol?: Protocol }

function isSlice(object: KubeObject): object is EndpointSlice {
  return 'addressType' in object
}

function serviceKeys(object: KubeObject): readonly string[] {
  const { namespace = '', name = '', labels } = object.metadata
  const service = isSlice(object) ? labels?.[SERVICE_NAME] : name
  return service === undefined ? [] : [`${namespace}/${service}`]
}

function groupsOf(
  object: KubeObject,
): readonly { readonly ports: readonly PortLike[]; readonly endpoints: readonly Endpoint[] }[] {
  if (isSlice(object)) return [{ ports: object.ports ?? [], endpoints: object.endpoints ?? [] }]
  return ((object as Endpoints).subsets ?? []).map(
    ({ addresses = [], notReadyAddresses = [], ports = [] }) => ({
      ports: ports as readonly PortLike[],
      endpoints: [
        ...addresses.map((one) => ({ one, ready: true })),
        ...notReadyAddresses.map((one) => ({ one, ready: false })),
      ].map(({ one, ready }) => ({
        addresses: [one.ip],
        conditions: { ready },
        ...(one.nodeName === undefined ? {} : { nodeName: one.nodeName }),
        ...(one.hostname === undefined ? {} : { hostname: one.hostname }),
        ...(one.targetRef === undefined ? {} : { targetRef: one.targetRef }),
      })),
    }),
  )
}

function backEndOf({ conditions, nodeName, hints, targetRef }: Endpoint, ip: string, port: number): BackEnd {
  const ready = conditions?.ready !== false
  const isPod = targetRef?.kind === 'Pod'
  return {
    ip,
    port,
    ready,
    serving: conditions?.serving ?? ready,
    terminating: conditions?.terminating === true,
    ...(nodeName === undefined ? {} : { node: nodeName }),
    zones: (hints?.forZones ?? []).map(({ name }) => name),
    nodes: (hints?.forNodes ?? []).map(({ name }) => name),
    ...(isPod ? { pod: `${targetRef.namespace ?? ''}/${targetRef.name ?? ''}` } : {}),
  }
}
