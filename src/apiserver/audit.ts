import type { KubeObject } from '../api/kind/definition.js'
import { formatMicroTime } from '../lang/go/time.js'
import type { Clock } from '../sim/clock.js'
import type { EventBus } from '../sim/event-bus.js'
import type { Status } from '../client/api-error.js'
import { ApiError } from '../client/api-error.js'
import type { UserInfo } from '../client/client.js'
import type { AuditEvent, AuditUser, ClusterEvents } from '../client/cluster-events.js'
import type { EndpointResult } from './endpoints/dispatch.js'
import type { Exchange } from './pipeline.js'
import { isNonResource } from './pipeline.js'
import type { LateDependencies } from './server-dependencies.js'
import type { ApiRequest } from './request.js'

/** Emits an event for each finished request: `request` in short, `audit` as in audit.k8s.io/v1, `refusal`. */
export class RequestObserver {
  readonly #bus: EventBus<ClusterEvents>
  readonly #clock: Clock
  readonly #late: Pick<LateDependencies, 'refused'>
  #audited = 0

  /** `late` learns of what is refused. */
  constructor(bus: EventBus<ClusterEvents>, clock: Clock, late: Pick<LateDependencies, 'refused'>) {
    this.#late = late
    this.#bus = bus
    this.#clock = clock
  }

  /** Runs a request and reports its result, if the bus has a listener. */
  observe(exchange: Exchange, run: () => EndpointResult): EndpointResult {
    const isHeard = this.#bus.has('request') || this.#bus.has('audit')
    try {
      const response = run()
      if (isHeard) this.#report(exchange, response)
      return response
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.#refuse(exchange, error)
      if (isHeard) this.#report(exchange, { code: error.code, object: error.status })
      throw error
    }
  }

  #refuse({ user = ANONYMOUS, request }: Exchange, error: ApiError): void {
    const isWanted = this.#late.refused !== undefined || this.#bus.has('refusal')
    if (!isWanted || isNonResource(request)) return
    const { verb, resource: main, subresource } = request
    const resource = subresource === undefined ? main : `${main}/${subresource}`
    this.#late.refused?.({ user: user.name, verb, resource, error })
    if (!this.#bus.has('refusal')) return
    const { code, message } = error
    this.#bus.emit('refusal', { time: this.#clock.now(), user: user.name, verb, resource, code, message })
  }

  #report(exchange: Exchange, response: EndpointResult): void {
    const { request } = exchange
    if (this.#bus.has('request') && !isNonResource(request))
      this.#bus.emit('request', summaryOf(exchange, request, response, this.#clock.now()))
    if (!this.#bus.has('audit')) return
    // numbered, not random: an observer must not advance the random streams
    const auditID = `00000000-0000-4000-8000-${(this.#audited++).toString(16).padStart(12, '0')}`
    this.#bus.emit(
      'audit',
      auditEventOf(exchange, response, { auditID, time: formatMicroTime(this.#clock.now()) }),
    )
  }
}

const ANONYMOUS: UserInfo = { name: 'system:anonymous' }

const isStatus = (object: object): object is Status => (object as { kind?: unknown }).kind === 'Status'

function summaryOf(
  { user }: Exchange,
  request: ApiRequest,
  { code, object }: EndpointResult,
  time: number,
): ClusterEvents['request'] {
  const { verb, resource, subresource, namespace, name } = request
  return {
    time,
    user: user ?? ANONYMOUS,
    verb,
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    code,
    ...(code >= 400 && isStatus(object) ? { status: object } : {}),
  }
}

const auditUser = ({ name, uid, groups, extra }: UserInfo): AuditUser => ({
  username: name,
  ...(uid === undefined ? {} : { uid }),
  ...(groups === undefined ? {} : { groups }),
  ...(extra === undefined ? {} : { extra }),
})

/** `/api/v1/namespaces/default/pods/web/log?container=web` */
function uriOf(request: ApiRequest): string {
  const { group, version, namespace, resource, name, subresource, query = '' } = request
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const scope = namespace === undefined ? [] : ['namespaces', namespace]
  const rest = [
    ...scope,
    resource,
    ...(name === undefined ? [] : [name]),
    ...(subresource === undefined ? [] : [subresource]),
  ]
  return [root, ...rest].join('/') + (query === '' ? '' : `?${query}`)
}

function objectRefOf(request: ApiRequest, object: object): NonNullable<AuditEvent['objectRef']> {
  const { group, version, namespace, resource, name, subresource } = request
  const { metadata } = object as Partial<KubeObject>
  const found = metadata?.name ?? name
  return {
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(found === undefined ? {} : { name: found }),
    ...(metadata?.uid === undefined ? {} : { uid: metadata.uid }),
    ...(group === '' ? {} : { apiGroup: group }),
    apiVersion: version,
    ...(metadata?.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
    ...(subresource === undefined ? {} : { subresource }),
  }
}

function bodiesOf(
  { verb, body, patch }: ApiRequest,
  object: object,
): Pick<AuditEvent, 'requestObject' | 'responseObject'> {
  const sent = body ?? patch?.body
  return {
    ...(sent === undefined ? {} : { requestObject: sent }),
    ...(verb === 'watch' ? {} : { responseObject: object }),
  }
}

/** Returns the audit event of a request at level RequestResponse. Source: apiserver pkg/audit/request.go. */
function auditEventOf(
  exchange: Exchange,
  { code, object }: EndpointResult,
  { auditID, time }: { auditID: string; time: string },
): AuditEvent {
  const { request, user = ANONYMOUS, sender, verdict, call } = exchange
  const isOfResource = !isNonResource(request)
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    auditID,
    stage: 'ResponseComplete',
    requestURI: isOfResource ? uriOf(request) : (request.uri ?? request.path),
    verb: request.verb,
    user: auditUser(sender ?? user),
    ...(sender === undefined ? {} : { impersonatedUser: auditUser(user) }),
    userAgent: request.userAgent,
    ...(isOfResource ? { objectRef: objectRefOf(request, object) } : {}),
    responseStatus: isStatus(object) ? { ...object, code } : { metadata: {}, code },
    ...(isOfResource ? bodiesOf(request, object) : {}),
    requestReceivedTimestamp: time,
    stageTimestamp: time,
    annotations: {
      ...(verdict === undefined
        ? {}
        : {
            'authorization.k8s.io/decision': verdict.allowed ? 'allow' : 'forbid',
            'authorization.k8s.io/reason': verdict.reason ?? '',
          }),
      ...Object.fromEntries(call?.annotations ?? []),
    },
  }
}
