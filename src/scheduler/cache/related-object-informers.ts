import type { Namespace, Pod, Service } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { Labels } from '../../api/selectors/labels.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import type { ComponentHost } from '../../client/component.js'
import type { Informer } from '../../client/informers/informer.js'
import type { Slice } from '../../sim/modules/module.js'
import type { AffinityTerm, PodAffinityTerms } from './affinity-terms.js'
import type { CompiledSelector } from './label-query.js'
import type { PodInfo } from './pod-info.js'
import type { OwnerKind, PodOwner, RelatedObjects } from './related-objects.js'
import { matchingNames, namespaceSet, ownerKindOf } from './related-objects.js'
import type { NamespaceSet } from './topology-index.js'

type Followed = 'namespaces' | 'services' | OwnerKind

const BY_LABEL = 'label'

/**
 * The related objects from informers. Each one is opened for the first pod that needs it, so that a cluster
 * in which no pod is scheduled, or none has a namespace selector, pays nothing. Before its first list an
 * informer reports nothing, as any late informer does.
 */
export class RelatedObjectInformers implements RelatedObjects {
  readonly #host: ComponentHost
  /** The resources that are followed, in the order of opening. */
  readonly #followed: Slice<readonly Followed[]>
  readonly #informers = new Map<Followed, Informer<KubeObject>>()
  readonly #namespaceSets = new Map<string, NamespaceSet>()
  #namespacesSeen: string | undefined

  constructor(host: ComponentHost, followed: Slice<readonly Followed[]>) {
    this.#host = host
    this.#followed = followed
    for (const resource of followed.value) this.#informers.set(resource, this.#open(resource))
  }

  labelsOfNamespace(name: string): Labels | undefined {
    return this.#follow('namespaces').get(name)?.metadata.labels
  }

  namespacesMatching(query: CompiledSelector): NamespaceSet {
    const informer = this.#follow('namespaces')
    if (informer.seen !== this.#namespacesSeen) {
      this.#namespacesSeen = informer.seen
      this.#namespaceSets.clear()
    }
    let known = this.#namespaceSets.get(query.key)
    if (!known)
      this.#namespaceSets.set(
        query.key,
        (known = namespaceSet(matchingNames(informer.list() as readonly Namespace[], query))),
      )
    return known
  }

  servicesNear({ metadata: { namespace = '', labels } }: Pod): readonly Service[] {
    const informer = this.#follow('services')
    if (informer.size === 0) return NO_SERVICES
    const found: Service[] = []
    for (const key in labels) {
      found.push(
        ...(informer.byIndex(
          BY_LABEL,
          `${namespace}\0${key}\0${labels[key] as string}`,
        ) as readonly Service[]),
      )
    }
    return found
  }

  owner(namespace: string, reference: OwnerReference): PodOwner | undefined {
    const kind = ownerKindOf(reference)
    return kind && (this.#follow(kind).get(`${namespace}/${reference.name}`) as PodOwner | undefined)
  }

  /** Opens the informers that a pod without a node depends on. */
  needFor({ pod, affinity }: PodInfo): void {
    this.#follow('services')
    for (const reference of pod.metadata.ownerReferences ?? []) {
      const kind = reference.controller ? ownerKindOf(reference) : undefined
      if (kind) this.#follow(kind)
    }
    if (affinity) this.needForTerms(affinity)
  }

  /** Opens the informers that the terms of pods depend on, assigned or not. */
  needForTerms({ required, requiredAnti, preferred }: PodAffinityTerms): void {
    const selects = (term: AffinityTerm): boolean => term.namespaceSelector !== undefined
    if (required.some(selects) || requiredAnti.some(selects) || preferred.some(({ term }) => selects(term)))
      this.#follow('namespaces')
  }

  #follow(resource: Followed): Informer<KubeObject> {
    let informer = this.#informers.get(resource)
    if (!informer) {
      this.#followed.value = [...this.#followed.value, resource]
      this.#informers.set(resource, (informer = this.#open(resource)))
    }
    return informer
  }

  #open(resource: Followed): Informer<KubeObject> {
    const informer =
      resource === 'services'
        ? this.#host.informer(resource, { indexers: { [BY_LABEL]: labelOfService } })
        : this.#host.informer<Followed>(resource)
    return informer as unknown as Informer<KubeObject>
  }
}

const NO_SERVICES: readonly Service[] = []

/** Returns one label that all pods of a service have. */
function labelOfService({ metadata, spec }: Service): readonly string[] {
  const key = Object.keys(spec.selector ?? {}).sort()[0]
  return key === undefined ? [] : [`${metadata.namespace ?? ''}\0${key}\0${spec.selector?.[key] as string}`]
}
