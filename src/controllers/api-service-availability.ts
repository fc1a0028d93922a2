import { quote } from '../lang/go/quote.js'
import type { APIService } from '../api/apiregistration/generated.js'
import type { Service } from '../api/core/generated.js'
import type { EndpointSlice } from '../api/discovery/generated.js'
import type { KubeObject } from '../api/kind/definition.js'
import { semanticEqual } from '../api/kind/equal.js'
import { release as releaseOf } from '../api/releases.js'
import { formatTime } from '../lang/go/time.js'
import type { Component, ComponentHost } from '../client/component.js'
import { APISERVER } from './custom-resource-definition/naming.js'
import { BY_SERVICE, byService, serviceKeyOf } from './endpointslice/slices.js'
import type { Indexers } from '../client/informers/object-index.js'
import { joinHostPort } from '../lang/go/host-port.js'

/** The Available condition of an APIService. */
interface Availability {
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

/** The first minor version that reads EndpointSlices in place of Endpoints, and names them in messages. */
const FIRST_WITH_SLICES = 33

const LOCAL: Availability = {
  status: 'True',
  reason: 'Local',
  message: 'Local APIServices are always available',
}

/** A failed discovery check is repeated after this time, in ms: the resync of the APIServices. */
const RECHECK = 30_000

/** Options of {@link createApiServiceAvailability}. */
export interface ApiServiceAvailabilityOptions {
  /**
   * Asks the server behind an APIService for its resources. Returns Go's error text, '' if nothing listens,
   * or a bad status code; undefined if all is well. Default: nothing listens.
   */
  readonly check?: (apiService: APIService) => string | number | undefined
}

/**
 * Creates the controller that sets the Available condition of APIServices: those of this server are always
 * available; those with a Service are when the server behind it lists its resources. Source: kube-aggregator
 * pkg/controllers/status/{local,remote}.
 */
export function createApiServiceAvailability({
  check = () => '',
}: ApiServiceAvailabilityOptions = {}): Component {
  return {
    name: 'kube-apiserver/available-controller',
    identity: APISERVER,
    setup: (host) => setUp(host, check),
  }
}

type Check = NonNullable<ApiServiceAvailabilityOptions['check']>

function setUp(host: ComponentHost, check: Check): void {
  const services = host.informer('services')
  const slices = host.informer('endpointslices', { indexers: byService })
  const apiServices = host.informer<string>('apiservices', { indexers: apiServicesByService })
  const noun = releaseOf(host.version).minor < FIRST_WITH_SLICES ? 'endpoints' : 'endpointslices'
  const queue = host.workQueue('api services', (name) => {
    const apiService = apiServices.get(name) as APIService | undefined
    if (apiService === undefined) return
    const { service } = apiService.spec
    const key = keysOf(apiService)[0] ?? ''
    const availability =
      service === undefined
        ? LOCAL
        : availabilityOf(apiService, services.get(key), slices.byIndex(BY_SERVICE, key), { noun, check })
    report(host, apiService, availability)
    if (availability.reason === CHECK_FAILED) queue.addAfter(name, RECHECK, { class: 'watchdog' })
  })
  const enqueueUsers = (key: string): void => {
    for (const { metadata } of apiServices.byIndex(BY_SERVICE, key)) queue.add(metadata.name as string)
  }
  apiServices.onChange(({ type, object }) => {
    const { metadata, spec, status } = object as APIService
    const isDone =
      spec.service === undefined && status.conditions?.some(({ reason }) => reason === LOCAL.reason) === true
    if (type !== 'DELETED' && !isDone) queue.add(metadata.name as string)
  })
  services.onChange(({ object: { metadata } }) =>
    enqueueUsers(`${metadata.namespace ?? ''}/${metadata.name ?? ''}`),
  )
  slices.onChange(({ object }) => enqueueUsers(serviceKeyOf(object)))
}

/** Returns the key of the Service behind an APIService, if it has one. */
const keysOf = ({ spec: { service } }: APIService): readonly string[] =>
  service === undefined ? [] : [`${service.namespace ?? ''}/${service.name ?? ''}`]

const apiServicesByService: Indexers<KubeObject> = { [BY_SERVICE]: (object) => keysOf(object as APIService) }

/** Returns the condition of an APIService with a Service. Source: remote_available_controller.go sync. */
function availabilityOf(
  { spec, metadata }: APIService,
  found: Service | undefined,
  slices: readonly EndpointSlice[],
  { noun, check }: { readonly noun: string; readonly check: Check },
): Availability {
  const { name = '', namespace = '', port = 443 } = spec.service ?? {}
  const fail = (reason: string, message: string): Availability => ({ status: 'False', reason, message })
  const at = `service/${name} in ${quote(namespace)}`
  if (found === undefined) return fail('ServiceNotFound', `${at} is not present`)
  const target = found.spec.ports?.find((one) => one.port === port)
  if (found.spec.type === 'ClusterIP') {
    if (target === undefined) return fail('ServicePortError', `${at} is not listening on port ${port}`)
    if (slices.length === 0) return fail('EndpointsNotFound', `cannot find ${noun} for ${at}`)
    if (!slices.some((slice) => hasReadyPort(slice, target.name ?? ''))) {
      return fail(
        'MissingEndpoints',
        `${noun} for ${at} have no addresses with port name ${quote(target.name ?? '')}`,
      )
    }
  }
  const path = metadata.name === 'v1.' ? '/api/v1' : `/apis/${spec.group ?? ''}/${spec.version ?? ''}`
  const fault = check({ metadata, spec } as APIService)
  if (fault === undefined) return { status: 'True', reason: 'Passed', message: 'all checks passed' }
  return fail(CHECK_FAILED, discoveryError(found, port, path, fault))
}

function hasReadyPort({ endpoints, ports }: EndpointSlice, portName: string): boolean {
  return (
    (endpoints ?? []).some(({ conditions }) => conditions?.ready !== false) &&
    (ports ?? []).some(({ name = '', port }) => name === portName && port !== undefined)
  )
}

const CHECK_FAILED = 'FailedDiscoveryCheck'

/**
 * Returns the error of a discovery request. Source: apiserver pkg/util/proxy/proxy.go ResolveCluster.
 */
function discoveryError(
  { metadata: { name }, spec: { type, clusterIP = '', externalName = '', ports = [] } }: Service,
  port: number,
  path: string,
  fault: string | number,
): string {
  const isExternal = type === 'ExternalName'
  if (!isExternal && clusterIP === 'None') return 'cannot route to service with ClusterIP "None"'
  if (!isExternal && !ports.some((one) => one.port === port))
    return `no service port ${port} found for service ${JSON.stringify(name)}`
  const ip = isExternal ? externalName : clusterIP
  const host = joinHostPort(ip, port)
  const url = `https://${host}${path}`
  if (typeof fault === 'number') return `bad status from ${url}: ${fault}`
  const why =
    fault !== ''
      ? fault
      : isExternal
        ? `dial tcp: lookup ${externalName}: no such host`
        : `dial tcp ${host}: connect: connection refused`
  return `failing or missing response from ${url}: Get ${quote(url)}: ${why}`
}

function report(
  { client, clock }: ComponentHost,
  apiService: APIService,
  { status, reason, message }: Availability,
): void {
  const { conditions = [] } = apiService.status
  const old = conditions.find(({ type }) => type === 'Available')
  const lastTransitionTime =
    old?.status === status ? (old.lastTransitionTime ?? formatTime(clock.now())) : formatTime(clock.now())
  const next = { type: 'Available', status, lastTransitionTime, reason, message }
  if (semanticEqual(old, next)) return
  const others = conditions.filter((condition) => condition !== old)
  client.updateStatus<string>('apiservices', {
    ...apiService,
    status: { conditions: [...others, next] },
  } as APIService)
}
