import type { EndpointSlice } from '../../api/discovery/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { SimCluster } from '../sim-cluster.js'
import type { VersionFinding } from './finding.js'
import type { Loaded } from './load.js'
import type { Makers } from './makers.js'
import { findingAt } from './read-manifests.js'

interface Call {
  readonly namespace?: string
  readonly name?: string
  readonly port?: number
}

interface Webhook {
  readonly name?: string
  readonly failurePolicy?: string
  readonly clientConfig?: { readonly service?: Call }
  readonly rules?: readonly { readonly resources?: readonly string[] }[]
}

interface Calling extends KubeObject {
  readonly webhooks?: readonly Webhook[]
  readonly spec?: {
    readonly service?: Call
    readonly conversion?: { readonly webhook?: { readonly clientConfig?: { readonly service?: Call } } }
  }
}

/** A call of the apiserver to a Service. */
interface ServiceCall {
  readonly what: string
  readonly service: Call
  /** What happens without the Service. */
  readonly effect: string
  readonly refusesPods: boolean
}

function callsOf(object: Calling): readonly ServiceCall[] {
  const { kind, webhooks = [], spec } = object
  const conversion = spec?.conversion?.webhook?.clientConfig?.service
  if (kind === 'CustomResourceDefinition')
    return conversion === undefined
      ? []
      : [
          {
            what: 'the conversion',
            service: conversion,
            effect: 'objects cannot be converted',
            refusesPods: false,
          },
        ]
  if (kind === 'APIService')
    return spec?.service === undefined || spec.service === null
      ? []
      : [{ what: 'the API', service: spec.service, effect: 'the API is not available', refusesPods: false }]
  return webhooks.flatMap(({ name = '', failurePolicy = 'Fail', clientConfig, rules = [] }) => {
    const service = clientConfig?.service
    if (service === undefined || service === null) return []
    const refusesPods =
      failurePolicy === 'Fail' &&
      rules.some(({ resources = [] }) => resources.some((each) => /^(?:pods|\*|\*\/\*)$/.test(each)))
    const effect =
      failurePolicy === 'Fail'
        ? `${refusesPods ? 'every pod' : 'every object'} that it matches is refused`
        : 'it is never asked'
    return [{ what: `webhook ${name}`, service, effect, refusesPods }]
  })
}

const CALLING = [
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'APIService',
  'CustomResourceDefinition',
]

/** Returns the webhooks and aggregated APIs whose Service is not there, or has no endpoint. */
export function findUnansweredCalls(
  cluster: SimCluster,
  loaded: readonly Loaded[],
  makers: Makers,
): readonly VersionFinding[] {
  return loaded
    .filter(({ object, served }) => !served.isCustom && CALLING.includes(object.kind ?? ''))
    .flatMap((each) =>
      callsOf(each.object as Calling).flatMap((call) => unanswered(cluster, each, call, makers)),
    )
}

function unanswered(
  cluster: SimCluster,
  { source }: Loaded,
  { what, service, effect, refusesPods }: ServiceCall,
  makers: Makers,
): readonly VersionFinding[] {
  const { namespace = '', name = '', port = 443 } = service
  const stored = cluster.state.peek('services', { namespace }).find(({ metadata }) => metadata.name === name)
  const line = source.lines.ofValue(name, ['clientConfig', 'service'])
  if (stored === undefined) {
    const maker = makers.withRight('services', namespace)
    return [
      findingAt(source, {
        rule: maker !== undefined ? 'not-checked' : refusesPods ? 'pod-refused' : 'missing-reference',
        severity: maker === undefined ? 'error' : 'note',
        message:
          maker === undefined
            ? `${what} calls Service ${namespace}/${name}, which does not exist: ${effect}`
            : `${what} calls Service ${namespace}/${name}, which is not among the manifests; ` +
              `${maker} may create it`,
        line,
      }),
    ]
  }
  const ports = stored.spec.ports ?? []
  if (stored.spec.type !== 'ExternalName' && !ports.some((each) => each.port === port))
    return [
      findingAt(source, {
        rule: 'missing-port',
        message:
          `${what} calls port ${port} of Service ${namespace}/${name}, which has ` +
          ports.map((each) => each.port).join(', '),
        line,
      }),
    ]
  if (!refusesPods || hasEndpoint(cluster, namespace, name)) return []
  return [
    findingAt(source, {
      rule: 'pod-refused',
      message: `${what} calls Service ${namespace}/${name}, which has no ready endpoint: ${effect}`,
      line,
    }),
  ]
}

const hasEndpoint = (cluster: SimCluster, namespace: string, name: string): boolean =>
  (cluster.state.peek('endpointslices', { namespace }) as readonly EndpointSlice[]).some(
    ({ metadata, endpoints }) =>
      metadata.labels?.['kubernetes.io/service-name'] === name &&
      (endpoints ?? []).some(({ conditions }) => conditions.ready !== false),
  )
