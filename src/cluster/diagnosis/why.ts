import type { ContainerStatus, Event, Pod, Service } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/definition.js'
import type { EndpointSlice } from '../../api/discovery/generated.js'
import { labelMapMatches } from '../../api/labels.js'
import type { Explanation } from '../../scheduler/explain.js'
import { because, type Progress, type ProgressCondition, shortfall } from './shortfall.js'

/** What a diagnosis looks at; nothing of it is a request. */
export interface DiagnosisContext {
  readonly stored: (resource: string) => readonly KubeObject[]
  /** What the scheduler would do with a pod now. Throws RangeError if none is responsible. */
  readonly explain: (pod: Pod) => Explanation
  /** The last line that a container has written; '' if none. */
  readonly lastWords: (pod: Pod, container: string) => string
  /** Names of the stopped components. */
  readonly stopped: readonly string[]
}

/** Objects that are looked into: which resources have objects that others own. */
const OWNED = ['replicasets', 'jobs', 'pods', 'persistentvolumeclaims']
/** Most causes of one sort that are told. */
const MOST = 3

/** Conditions that are bad when they are True. */
const BAD = new Set(['ReplicaFailure', 'Failed', 'Stalled', 'MemoryPressure', 'DiskPressure', 'PIDPressure'])

/**
 * Tells why an object is not as wanted: what it lacks, its conditions, the newest warnings about it, the
 * scheduler's verdict, containers, claims, nodes, and the same of what it owns, indented. Returns '' if it
 * lacks nothing.
 */
export function whyNot(resource: string, object: KubeObject, context: DiagnosisContext): string {
  const lines = causesOf(resource, object, context)
  if (lines.length > 0 && context.stopped.length > 0) lines.push(`stopped: ${context.stopped.join(', ')}`)
  return lines.join('\n')
}

function causesOf(resource: string, object: KubeObject, context: DiagnosisContext): string[] {
  const { namespace, name = '' } = object.metadata
  const lack = resource === 'services' ? unserved(object as Service, context) : shortfall(resource, object)
  if (lack === undefined) return []
  const details = [
    ...badConditions(object as Progress),
    ...warnings(object, context),
    ...(resource === 'pods' ? podCauses(object as Pod, context) : []),
    ...(resource === 'services' ? servedPods(object as Service, context) : []),
    ...owned(object, context),
  ]
  const title = `${resource} ${namespace === undefined ? '' : `${namespace}/`}${name}`
  return [`${title} ${lack}`, ...details.map((line) => `  ${line}`)]
}

function badConditions({ status }: Progress): readonly string[] {
  const conditions: readonly ProgressCondition[] = status?.conditions ?? []
  return conditions
    .filter(({ type, status: value, message }) =>
      BAD.has(type) ? value === 'True' : value === 'False' && message !== undefined && message !== '',
    )
    .map((condition) => `condition ${condition.type} is ${condition.status}${because(condition)}`)
}

/** The newest warning of each reason about an object. */
function warnings({ metadata: { uid } }: KubeObject, { stored }: DiagnosisContext): readonly string[] {
  const newest = new Map<string, Event>()
  for (const event of stored('events') as readonly Event[]) {
    if (event.type !== 'Warning' || event.involvedObject.uid !== uid) continue
    const { reason = '' } = event
    const before = newest.get(reason)
    if (before === undefined || timeOf(before) <= timeOf(event)) newest.set(reason, event)
  }
  return [...newest.values()]
    .slice(-MOST)
    .map(({ reason = '', message = '', count = 1 }) => `event ${reason} (x${count}): ${message}`)
}

const timeOf = ({ lastTimestamp, eventTime, metadata }: Event): string =>
  lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? ''

/** What an object owns and is not as wanted either. */
function owned({ metadata: { uid } }: KubeObject, context: DiagnosisContext): readonly string[] {
  const found = OWNED.flatMap((resource) =>
    context
      .stored(resource)
      .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid) === true)
      .map((object) => causesOf(resource, object, context)),
  )
  return firstOf(found.filter((lines) => lines.length > 0))
}

function firstOf(all: readonly (readonly string[])[]): readonly string[] {
  const more = all.length - MOST
  return [...all.slice(0, MOST).flat(), ...(more > 0 ? [`and ${more} more`] : [])]
}

function podCauses(pod: Pod, context: DiagnosisContext): readonly string[] {
  const { spec, status } = pod
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  return [
    ...(spec.nodeName === undefined ? placement(pod, context) : nodeCauses(spec.nodeName, context)),
    ...containers.flatMap((container) => containerCauses(pod, container, context)),
    ...(spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) =>
      claim === undefined ? [] : claimCauses(pod, claim.claimName, context),
    ),
  ]
}

function placement(pod: Pod, { explain }: DiagnosisContext): readonly string[] {
  try {
    const { node, message } = explain(pod)
    return node === undefined
      ? [`the scheduler finds no node: ${message ?? ''}`]
      : [`the scheduler would choose ${node} now`]
  } catch (error) {
    if (error instanceof RangeError) return [error.message]
    throw error
  }
}

function nodeCauses(name: string, context: DiagnosisContext): readonly string[] {
  const node = context.stored('nodes').find(({ metadata }) => metadata.name === name)
  if (node === undefined) return [`its node ${name} does not exist`]
  return causesOf('nodes', node, { ...context, stored: (resource) => (resource === 'nodes' ? [node] : []) })
}

function claimCauses(pod: Pod, name: string, context: DiagnosisContext): readonly string[] {
  const claim = context
    .stored('persistentvolumeclaims')
    .find(({ metadata }) => metadata.namespace === pod.metadata.namespace && metadata.name === name)
  return claim === undefined
    ? [`its claim ${name} does not exist`]
    : causesOf('persistentvolumeclaims', claim, context)
}

function containerCauses(
  pod: Pod,
  { name, ready, state, lastState }: ContainerStatus,
  { lastWords }: DiagnosisContext,
): readonly string[] {
  if (ready) return []
  const ended = state?.terminated ?? lastState?.terminated
  const lines: string[] = []
  if (state?.waiting !== undefined) lines.push(`container ${name} waits${because(state.waiting)}`)
  else if (state?.running !== undefined) lines.push(`container ${name} runs and is not ready`)
  if (ended !== undefined && (ended.exitCode !== 0 || state?.running !== undefined)) {
    const words = lastWords(pod, name)
    lines.push(
      `container ${name} ended with exit code ${ended.exitCode}${because(ended)}` +
        (words === '' ? '' : `; it wrote last: ${words}`),
    )
  }
  return lines
}

function servedBy({ metadata, spec }: Service, { stored }: DiagnosisContext): readonly Pod[] {
  const { selector } = spec
  return (stored('pods') as readonly Pod[]).filter(
    (pod) =>
      pod.metadata.namespace === metadata.namespace && labelMapMatches(selector ?? {}, pod.metadata.labels),
  )
}

/** A Service with a selector lacks something if no endpoint is ready. */
function unserved(service: Service, context: DiagnosisContext): string | undefined {
  const { metadata, spec } = service
  if (Object.keys(spec.selector ?? {}).length === 0) return shortfall('services', service)
  const isReady = (context.stored('endpointslices') as readonly EndpointSlice[]).some(
    (slice) =>
      slice.metadata.namespace === metadata.namespace &&
      slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name &&
      (slice.endpoints ?? []).some(({ conditions }) => conditions.ready !== false),
  )
  if (isReady) return shortfall('services', service)
  return servedBy(service, context).length === 0
    ? 'has no endpoints: its selector matches no pod'
    : 'has no endpoint that is ready'
}

function servedPods(service: Service, context: DiagnosisContext): readonly string[] {
  return firstOf(
    servedBy(service, context)
      .map((pod) => causesOf('pods', pod, context))
      .filter((lines) => lines.length > 0),
  )
}
