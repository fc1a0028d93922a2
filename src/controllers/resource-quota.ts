import type { Pod, ResourceQuota } from '../api/core/generated.js'
import type { KubeObject } from '../api/kind/definition.js'
import { quotaEvaluator } from '../api/quota/evaluators.js'
import type { ResourceList } from '../api/quantity.js'
import { addLists, maskList, sameLists } from '../api/quota/resource-list.js'
import { quotaMatches } from '../api/quota/evaluator.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { Change, Informer } from '../client/informers/informer.js'
import { keyOf } from '../client/informers/object-index.js'
import type { Slice } from '../sim/modules/module.js'
import type { WorkQueue } from '../sim/modules/work-queue.js'
import type { Controller, ControllerContext, Handlers } from './shared/define-controller.js'
import { builtInController } from './shared/define-controller.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { BY_NAMESPACE, namespaceIndexer } from './shared/ownership.js'
import type { QuietPasses } from './shared/queue.js'
import { pluralOf, type ServedResource } from './shared/served-resources.js'
import { writeStatus } from './shared/status-writer.js'

/** `--resource-quota-sync-period`: interval at which every quota is recalculated, in ms. */
const RESYNC = 300_000

/** Options of {@link createResourceQuotaController}. */
interface ResourceQuotaControllerOptions {
  /**
   * Returns what the server serves now; namespaced resources that can be listed and watched can be counted.
   */
  readonly resources: () => readonly ServedResource[]
}

type QuotaInformers = { readonly quotas: 'resourcequotas' }

/**
 * Creates the resource quota controller, which maintains `status.hard` and `status.used`. Admission charges
 * creations; this controller recalculates the usage when a quota changes, when an object that a quota counts
 * is deleted or shrinks, and every five minutes. It watches only resources that some quota counts. Source:
 * pkg/controller/resourcequota.
 */
export function createResourceQuotaController({ resources }: ResourceQuotaControllerOptions): Component {
  return builtInController<QuotaInformers>({
    name: controllerName('resourcequota-controller'),
    identity: controllerIdentity('resourcequota-controller'),
    informers: { quotas: { resource: 'resourcequotas', indexers: namespaceIndexer() } },
    queue: { name: 'quotas', waitsForSync: false },
    setup: (context) => new ResourceQuotaController(context, resources),
  })
}

class ResourceQuotaController implements Controller<QuotaInformers> {
  readonly on: Handlers<QuotaInformers> = { quotas: (change) => this.#quotaChanged(change) }
  readonly periodic = {
    name: 'resync',
    period: RESYNC,
    run: (): void => this.#resync(),
    joinQuiet: (): QuietPasses | undefined =>
      this.#quotas.size === 0 ? { leap: { settles: RESYNC } } : undefined,
  }
  readonly #host: ComponentHost
  readonly #served: () => readonly ServedResource[]
  readonly #quotas: Informer<ResourceQuota>
  readonly #queue: WorkQueue
  /** Names of the counted resources that are watched, so that a fork watches them again. */
  readonly #watched: Slice<Set<string>>

  constructor(
    { host, informers: { quotas }, queue }: ControllerContext<QuotaInformers>,
    served: () => readonly ServedResource[],
  ) {
    this.#host = host
    this.#served = served
    this.#quotas = quotas
    this.#queue = queue
    this.#watched = host.state('watched', () => new Set<string>())
    for (const resource of this.#countable())
      if (this.#watched.value.has(resource.name)) this.#follow(resource)
  }

  #quotaChanged({ type, object, old }: Change<ResourceQuota>): readonly string[] {
    const isSame = old !== undefined && sameLists(object.spec.hard ?? {}, old.spec.hard ?? {})
    if (type === 'DELETED' || isSame) return []
    this.#watch(object)
    return [keyOf(object)]
  }

  #resync(): void {
    for (const quota of this.#quotas.list()) this.#queue.add(keyOf(quota))
  }

  #countable(): readonly Countable[] {
    const found = new Map<string, Countable>()
    for (const served of this.#served()) {
      const { group, namespaced, verbs } = served
      // a custom resource is stored under its name and group
      const resource = pluralOf(served)
      const name = group === '' ? resource : `${resource}.${group}`
      if (namespaced && verbs.includes('list') && verbs.includes('watch') && !found.has(name))
        found.set(name, { group, resource, name })
    }
    return [...found.values()]
  }

  /** Starts watching the resources that the quota counts and that are not watched yet. */
  #watch({ spec }: ResourceQuota): void {
    for (const resource of countedBy(Object.keys(spec.hard ?? {}), this.#countable())) {
      if (this.#watched.value.has(resource.name)) continue
      this.#watched.value.add(resource.name)
      this.#follow(resource)
    }
  }

  #follow({ group, resource, name }: Countable): void {
    // a component may have only one informer of a resource
    const informer =
      name === 'resourcequotas'
        ? (this.#quotas as unknown as Informer<KubeObject>)
        : this.#host.informer(name)
    informer.onChange((change) => {
      if (freesQuota(change as Change<KubeObject>, group, resource, this.#host.clock.now()))
        this.#replenish(change.object.metadata.namespace ?? '')
    })
  }

  #replenish(namespace: string): void {
    for (const quota of this.#quotas.byIndex(BY_NAMESPACE, namespace)) this.#queue.add(keyOf(quota))
  }

  reconcile(key: string): void {
    const quota = this.#quotas.get(key)
    if (quota === undefined) return
    const { namespace = '' } = quota.metadata
    const { hard = {} } = quota.spec
    const { hard: statusHard, used: statusUsed } = quota.status
    const list = (name: string): readonly KubeObject[] => this.#host.client.list(name, { namespace }).items
    const usage = quotaUsage(quota, this.#countable(), list, this.#host.clock.now())
    const used = maskList({ ...statusUsed, ...usage }, Object.keys(hard))
    const isKnown = statusHard !== undefined && statusUsed !== undefined
    if (isKnown && sameLists(hard, statusHard) && sameLists(used, statusUsed)) return
    ignoreNotFound(() => writeStatus(this.#host.client, 'resourcequotas', quota, { hard, used }))
  }
}

/**
 * Whether the change may reduce usage: a deletion, or an update that changes what the object is charged for.
 * Source: DefaultUpdateFilter.
 */
function freesQuota(
  { type, object, old }: Change<KubeObject>,
  group: string,
  resource: string,
  now: number,
): boolean {
  if (type === 'DELETED') return true
  if (old === undefined || group !== '') return false
  if (resource !== 'pods' && resource !== 'services' && resource !== 'persistentvolumeclaims') return false
  if (resource === 'pods' && isTerminating(object) !== isTerminating(old)) return true
  const { usage } = quotaEvaluator(group, resource)
  return !sameLists(usage(object, now), usage(old, now))
}

/** Whether the scope Terminating has a pod, which an update can move there. */
const isTerminating = (pod: KubeObject): boolean => (pod as Pod).spec.activeDeadlineSeconds !== undefined

/** A resource that quotas can count. */
interface Countable {
  readonly group: string
  readonly resource: string
  /** Name for requests: `pods`, `deployments.apps`. */
  readonly name: string
}

/** Returns the resources that a quota with limits on `names` counts. */
function countedBy(names: readonly string[], resources: readonly Countable[]): readonly Countable[] {
  return resources.filter(({ group, resource }) => quotaEvaluator(group, resource).matching(names).length > 0)
}

/**
 * Returns the usage that the objects of a namespace are charged for; `list` returns the objects of a
 * resource. Source: quota.CalculateUsage.
 */
function quotaUsage(
  quota: ResourceQuota,
  resources: readonly Countable[],
  list: (name: string) => readonly KubeObject[],
  now: number,
): ResourceList {
  const names = Object.keys(quota.spec.hard ?? {})
  const total: Record<string, string> = {}
  for (const { group, resource, name } of countedBy(names, resources)) {
    const evaluator = quotaEvaluator(group, resource)
    const matching = evaluator.matching(names)
    for (const counted of matching) total[counted] ??= '0'
    for (const object of list(name)) {
      if (quotaMatches(quota, evaluator, object))
        Object.assign(total, addLists(total, maskList(evaluator.usage(object, now), matching)))
    }
  }
  return total
}
