import type { ReplicaSet, StatefulSet } from '../../api/apps/generated.js'
import type { Namespace, Pod, ReplicationController, Service } from '../../api/core/generated.js'
import type { Labels, Requirement } from '../../api/selectors/labels.js'
import { labelMapMatches, selectorRequirements } from '../../api/selectors/labels.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import type { CompiledSelector } from './label-query.js'
import type { NamespaceSet } from './topology-index.js'
import { byText } from '../../lang/text/order.js'

/** The objects other than nodes, pods and storage that influence where a pod may go. */
export interface RelatedObjects {
  /** Returns the labels of a namespace; undefined if it does not exist. */
  labelsOfNamespace(name: string): Labels | undefined
  /** Returns the namespaces whose labels match. */
  namespacesMatching(query: CompiledSelector): NamespaceSet
  /** Returns services of the pod's namespace that may select it; not all of them need to. */
  servicesNear(pod: Pod): readonly Service[]
  /** Returns the controller of a reference, if it is of a kind that selects pods. */
  owner(namespace: string, reference: OwnerReference): PodOwner | undefined
}

/** A controller that selects pods. */
export type PodOwner = ReplicationController | ReplicaSet | StatefulSet

/** The objects of {@link plainRelatedObjects}. */
export interface RelatedObjectLists {
  readonly namespaces?: readonly Namespace[]
  readonly services?: readonly Service[]
  readonly replicationControllers?: readonly ReplicationController[]
  readonly replicaSets?: readonly ReplicaSet[]
  readonly statefulSets?: readonly StatefulSet[]
}

/** Returns the relatedObjects of plain objects. */
export function plainRelatedObjects(objects: RelatedObjectLists): RelatedObjects {
  const {
    namespaces = [],
    services = [],
    replicationControllers = [],
    replicaSets = [],
    statefulSets = [],
  } = objects
  const owners: Readonly<Record<OwnerKind, readonly PodOwner[]>> = {
    replicationcontrollers: replicationControllers,
    replicasets: replicaSets,
    statefulsets: statefulSets,
  }
  return {
    labelsOfNamespace: (name) => namespaces.find(({ metadata }) => metadata.name === name)?.metadata.labels,
    namespacesMatching: (query) => namespaceSet(matchingNames(namespaces, query)),
    servicesNear: ({ metadata }) =>
      services.filter((service) => service.metadata.namespace === metadata.namespace),
    owner: (namespace, reference) => {
      const kind = ownerKindOf(reference)
      return (
        kind &&
        owners[kind].find(
          ({ metadata }) => metadata.namespace === namespace && metadata.name === reference.name,
        )
      )
    },
  }
}

/** Returns the names of the namespaces whose labels match, in order. */
export function matchingNames(namespaces: readonly Namespace[], query: CompiledSelector): readonly string[] {
  return namespaces
    .filter(({ metadata }) => query.matches(metadata.labels))
    .map(({ metadata }) => metadata.name as string)
}

/** Returns the set of exactly these namespaces. */
export function namespaceSet(names: readonly string[]): NamespaceSet {
  const sorted = [...new Set(names)].sort()
  return { key: sorted.join(), names: new Set(sorted) }
}

/** The resources of controllers that select pods. */
export type OwnerKind = 'replicationcontrollers' | 'replicasets' | 'statefulsets'

/** Returns the resource of an owner; undefined for kinds whose selector is not used. */
export function ownerKindOf({ apiVersion, kind }: OwnerReference): OwnerKind | undefined {
  if (apiVersion === 'v1' && kind === 'ReplicationController') return 'replicationcontrollers'
  if (apiVersion !== 'apps/v1') return undefined
  return kind === 'ReplicaSet' ? 'replicasets' : kind === 'StatefulSet' ? 'statefulsets' : undefined
}

/**
 * Returns what selects the pod and its siblings: the selectors of its controller and of the services that
 * select it, combined; empty if there is none. Source: pkg/scheduler/framework/plugins/helper/spread.go
 * DefaultSelector.
 */
export function defaultSelector(pod: Pod, relatedObjects: RelatedObjects): readonly Requirement[] {
  const { labels, namespace = '', ownerReferences } = pod.metadata
  const exact = new Map<string, string>()
  for (const { spec } of relatedObjects.servicesNear(pod)) {
    if (!labelMapMatches(spec.selector, labels)) continue
    for (const key in spec.selector) exact.set(key, spec.selector[key] as string)
  }
  const requirements = [...exact].map(([key, value]): Requirement => ({
    key,
    operator: '=',
    values: [value],
  }))
  const reference = ownerReferences?.find(({ controller }) => controller)
  const owner = reference && relatedObjects.owner(namespace, reference)
  for (const requirement of owner ? selectorOf(owner) : []) {
    if (!requirements.some((other) => isSame(other, requirement))) requirements.push(requirement)
  }
  return requirements.sort((a, b) => byText(a.key, b.key))
}

function selectorOf({ spec }: PodOwner): readonly Requirement[] {
  const selector = spec?.selector
  if (!selector) return []
  // the selector of a replication controller is a plain map
  return selectorRequirements(isLabelSelector(selector) ? selector : { matchLabels: selector })
}

function isLabelSelector(selector: object): selector is { matchLabels?: Record<string, string> } {
  return Object.values(selector).every((member) => typeof member === 'object')
}

function isSame(a: Requirement, b: Requirement): boolean {
  return a.key === b.key && a.operator === b.operator && a.values.join('\0') === b.values.join('\0')
}
