import { InputError } from '../../lang/input-error.js'
import type { ContainerStatus, Event, Pod, Service } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { EndpointSlice } from '../../api/discovery/generated.js'
import { labelMapMatches } from '../../api/selectors/labels.js'
import type { SchedulingExplanation } from '../../scheduler/explain.js'
import type { Language } from '../../lang/text/phrases.js'
import { because, type Lack, type ProgressObject, type ProgressCondition, shortfall } from './shortfall.js'
import { say, tell } from './words.js'

/** What a diagnosis looks at; nothing of it is a request. */
export interface DiagnosisContext {
  /** The well-known image that this one is probably a typo of; undefined if there is none. */
  readonly meantImage: (image: string) => string | undefined
  readonly stored: (resource: string) => readonly KubeObject[]
  /** What is wrong with a Service whose pods do not listen on its target ports; undefined if nothing is. */
  readonly unheard: (resource: string, object: KubeObject) => Lack | undefined
  /** Why a copy of a pod would be refused now; undefined if it would not. */
  readonly refusal: (pod: Pod) => string | undefined
  /** What the scheduler would do with a pod now. Throws InputError if none is responsible. */
  readonly explain: (pod: Pod) => SchedulingExplanation
  /** The last line that a container has written; '' if none. */
  readonly lastWords: (pod: Pod, container: string) => string
  /** Names of the stopped components. */
  readonly stopped: readonly string[]
}

/** Objects that are looked into: which resources have objects that others own. */
const OWNED = ['replicasets', 'jobs', 'pods', 'persistentvolumeclaims']
/** Most causes of one sort that are told. */
const MOST = 3

/** Conditions that are bad when they are True; the others are bad when they are False. */
const BAD = /(?:Fail(?:ed|ure)|Stalled|Pressure|Remaining|Unavailable)$/

/**
 * A context, the messages that have been told (conditions, events and owners repeat each other), and what
 * writes phrases in the language of the reader.
 */
interface Telling extends DiagnosisContext {
  readonly told: string[]
  readonly inWords: (phrase: Lack) => string
}

/**
 * Returns why an object is not as wanted: what it lacks, its conditions, the newest warnings about it, the
 * scheduler's verdict, containers, claims, nodes, and the same of what it owns, indented. Returns '' if it
 * lacks nothing. Reasons and messages of the API are the same in each language.
 */
export function whyNot(
  resource: string,
  object: KubeObject,
  context: DiagnosisContext,
  lang: Language = 'en',
): string {
  const inWords = (phrase: Lack): string => tell(phrase, lang)
  const lines = causesOf(resource, object, { ...context, told: [], inWords })
  if (lines.length > 0 && context.stopped.length > 0)
    lines.push(inWords(say('stopped', context.stopped.join(', '))))
  return lines.join('\n')
}

function causesOf(resource: string, object: KubeObject, context: Telling): string[] {
  const { namespace, name = '' } = object.metadata
  const lack =
    (resource === 'services' ? unserved(object as Service, context) : shortfall(object)) ??
    context.unheard(resource, object)
  if (lack === undefined) return latent(resource, object, context)
  const details = [
    ...warnings(object, context),
    ...badConditions(object as ProgressObject, context),
    ...(resource === 'pods' ? podCauses(object as Pod, context) : []),
    ...(resource === 'services' ? servedPods(object as Service, context) : []),
    ...owned(object, context),
  ]
  const title = `${resource} ${namespace === undefined ? '' : `${namespace}/`}${name}`
  return [context.inWords(say('titled', title, lack)), ...details.map((line) => `  ${line}`)]
}

/** What would become of pods that are well, if they were made again. */
function latent(resource: string, object: KubeObject, context: Telling): string[] {
  const pods = resource === 'pods' ? [object as Pod] : podsBelow(object, context)
  const [pod] = pods
  const refusal = pod === undefined ? undefined : context.refusal(pod)
  if (refusal === undefined || !isNews(refusal, context)) return []
  const { namespace = '', name = '' } = pod?.metadata ?? {}
  return [context.inWords(say('latent', `pods ${namespace}/${name}`, refusal))]
}

/** The pods that an object owns, also those of its ReplicaSets and Jobs. */
function podsBelow({ metadata: { uid } }: KubeObject, { stored }: DiagnosisContext): readonly Pod[] {
  const isOf =
    (owner: string | undefined) =>
    (each: KubeObject): boolean =>
      each.metadata.ownerReferences?.some((reference) => reference.uid === owner) === true
  const owners = [
    uid,
    ...['replicasets', 'jobs'].flatMap((resource) =>
      stored(resource)
        .filter(isOf(uid))
        .map(({ metadata }) => metadata.uid),
    ),
  ]
  return owners.flatMap((owner) => (stored('pods') as readonly Pod[]).filter(isOf(owner)))
}

/** Whether a message is news. Names of pods that were tried one after the other make no difference. */
function isNews(message: string, { told }: Telling): boolean {
  if (message === '') return true
  const essence = message.replace(/-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '')
  if (told.some((one) => one.includes(essence) || essence.includes(one))) return false
  told.push(essence)
  return true
}

function badConditions({ status }: ProgressObject, context: Telling): readonly string[] {
  const conditions: readonly ProgressCondition[] = status?.conditions ?? []
  return conditions
    .filter(({ type, status: value, message = '' }) =>
      BAD.test(type) ? value === 'True' : value === 'False' && message !== '',
    )
    .filter(({ message = '' }) => isNews(message, context))
    .map((condition) =>
      context.inWords(say('condition', condition.type, condition.status, because(condition))),
    )
}

/** The newest warnings about an object. */
function warnings({ metadata: { uid } }: KubeObject, context: Telling): readonly string[] {
  return (context.stored('events') as readonly Event[])
    .filter(({ type, involvedObject }) => type === 'Warning' && involvedObject.uid === uid)
    .toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1))
    .filter(({ message = '' }) => isNews(message, context))
    .slice(0, MOST)
    .map(({ reason = '', message = '', count = 1 }) => context.inWords(say('event', reason, count, message)))
}

const timeOf = ({ series, lastTimestamp, eventTime, metadata }: Event): string =>
  series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? ''

/** What an object owns and is not as wanted either. */
function owned({ metadata: { uid } }: KubeObject, context: Telling): readonly string[] {
  const found = OWNED.flatMap((resource) =>
    context
      .stored(resource)
      .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid) === true)
      .map((object) => causesOf(resource, object, context)),
  )
  return firstOf(
    found.filter((lines) => lines.length > 0),
    context,
  )
}

function firstOf(all: readonly (readonly string[])[], { inWords }: Telling): readonly string[] {
  const more = all.length - MOST
  return [...all.slice(0, MOST).flat(), ...(more > 0 ? [inWords(say('more', more))] : [])]
}

function podCauses(pod: Pod, context: Telling): readonly string[] {
  const { spec, status } = pod
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  return [
    ...spec.containers.flatMap(({ image = '' }) => {
      const meant = image === '' ? undefined : context.meantImage(image)
      return meant === undefined ? [] : [context.inWords(say('misspelt', image, meant))]
    }),
    ...(spec.nodeName === undefined ? placement(pod, context) : nodeCauses(spec.nodeName, context)),
    ...containers.flatMap((container) => containerCauses(pod, container, context)),
    ...(spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) =>
      claim === undefined ? [] : claimCauses(pod, claim.claimName, context),
    ),
  ]
}

function placement(pod: Pod, { explain, inWords }: Telling): readonly string[] {
  try {
    const { node, message } = explain(pod)
    return [inWords(node === undefined ? say('noNode', message ?? '') : say('wouldChoose', node))]
  } catch (error) {
    if (error instanceof InputError)
      return [inWords(say('noProfile', pod.metadata.name ?? '', pod.spec.schedulerName ?? ''))]
    throw error
  }
}

function nodeCauses(name: string, context: Telling): readonly string[] {
  const node = context.stored('nodes').find(({ metadata }) => metadata.name === name)
  if (node === undefined) return [context.inWords(say('nodeGone', name))]
  return causesOf('nodes', node, { ...context, stored: (resource) => (resource === 'nodes' ? [node] : []) })
}

function claimCauses(pod: Pod, name: string, context: Telling): readonly string[] {
  const claim = context
    .stored('persistentvolumeclaims')
    .find(({ metadata }) => metadata.namespace === pod.metadata.namespace && metadata.name === name)
  return claim === undefined
    ? [context.inWords(say('claimGone', name))]
    : causesOf('persistentvolumeclaims', claim, context)
}

function containerCauses(
  pod: Pod,
  { name, ready, state, lastState }: ContainerStatus,
  { lastWords, inWords }: Telling,
): readonly string[] {
  if (ready) return []
  const ended = state?.terminated ?? lastState?.terminated
  const lines: string[] = []
  if (state?.waiting !== undefined) lines.push(inWords(say('containerWaits', name, because(state.waiting))))
  else if (state?.running !== undefined) lines.push(inWords(say('containerNotReady', name)))
  if (ended !== undefined && (ended.exitCode !== 0 || state?.running !== undefined)) {
    const words = lastWords(pod, name)
    const phrase = words === '' ? 'containerEnded' : 'containerSaid'
    lines.push(inWords(say(phrase, name, ended.exitCode, because(ended), words)))
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
function unserved(service: Service, context: DiagnosisContext): Lack | undefined {
  const { metadata, spec } = service
  if (Object.keys(spec.selector ?? {}).length === 0) return shortfall(service)
  const isReady = (context.stored('endpointslices') as readonly EndpointSlice[]).some(
    (slice) =>
      slice.metadata.namespace === metadata.namespace &&
      slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name &&
      (slice.endpoints ?? []).some(({ conditions }) => conditions.ready !== false),
  )
  if (isReady) return shortfall(service)
  return servedBy(service, context).length === 0 ? say('noPodSelected') : say('noneReady')
}

function servedPods(service: Service, context: Telling): readonly string[] {
  return firstOf(
    servedBy(service, context)
      .map((pod) => causesOf('pods', pod, context))
      .filter((lines) => lines.length > 0),
    context,
  )
}
