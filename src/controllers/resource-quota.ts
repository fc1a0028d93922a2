import type { ResourceQuota } from '../api/core/generated.js'
import type { KubeObject } from '../api/definition.js'
import { quotaEvaluator } from '../api/quota/evaluators.js'
import type { ResourceList } from '../api/quota/resource-list.js'
import { addLists, maskList, sameLists } from '../api/quota/resource-list.js'
import { quotaMatches } from '../api/quota/scopes.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { Change, Informer } from '../client/informer.js'
import { keyOf } from '../client/object-index.js'
import type { Slice } from '../sim/module.js'
import type { WorkQueue } from '../sim/work-queue.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { runPeriodically } from './shared/queue.js'
import type { ServedResource } from './shared/served-resources.js'
import { writeStatus } from './shared/status-writer.js'

/** Every quota is counted again this often, in ms (--resource-quota-sync-period). */
const RESYNC = 300_000

/** What the quota controller has to be told. */
interface ResourceQuotaControllerOptions {
  /** All that the server serves at present; what is namespaced and can be listed may be counted. */
  readonly resources: () => readonly ServedResource[]
}

/**
 * The resource quota controller: keeps `status.hard` and `status.used`. What is created is booked by
 * admission; this one counts anew when a quota changes, when something that a quota counts goes away, and
 * every five minutes. It watches only what some quota counts. Source: pkg/controller/resourcequota.
 */
export function createResourceQuotaController({ resources }: ResourceQuotaControllerOptions): Component {
  return {
    name: controllerName('resourcequota-controller'),
    identity: controllerIdentity('resourcequota-controller'),
    setup: (host) => new ResourceQuotaController(host, resources).start(),
  }
}

class ResourceQuotaController {
  readonly #host: ComponentHost
  readonly #served: () => readonly ServedResource[]
  readonly #quotas: Informer<ResourceQuota>
  readonly #queue: WorkQueue
  /** Names of the resources that are watched: an informer for each is made again after a fork. */
  readonly #watched: Slice<Set<string>>

  constructor(host: ComponentHost, served: () => readonly ServedResource[]) {
    this.#host = host
    this.#served = served
    this.#watched = host.state('watched', () => new Set<string>())
    this.#quotas = host.informer('resourcequotas', {
      indexers: { namespace: ({ metadata }) => [metadata.namespace ?? ''] },
    })
    this.#queue = host.workQueue('quotas', (key) => {
      this.#sync(key)
      this.#queue.forget(key)
    })
  }

  start(): void {
    for (const resource of this.#countable())
      if (this.#watched.value.has(resource.name)) this.#follow(resource)
    this.#quotas.onChange(({ type, object, old }) => {
      if (type === 'DELETED' || (old !== undefined && sameLists(object.spec.hard ?? {}, old.spec.hard ?? {})))
        return
      this.#watch(object)
      this.#queue.add(keyOf(object))
    })
    runPeriodically(this.#host, 'resync', RESYNC, [this.#quotas], () => {
      for (const quota of this.#quotas.list()) this.#queue.add(keyOf(quota))
    })
  }

  #countable(): readonly Countable[] {
    const found = new Map<string, Countable>()
    for (const { group, resource, namespaced, verbs } of this.#served()) {
      const name = group === '' ? resource : `${resource}.${group}`
      if (namespaced && verbs.includes('list') && verbs.includes('watch') && !found.has(name))
        found.set(name, { group, resource, name })
    }
    return [...found.values()]
  }

  /** Begins to watch what a quota counts and none before it did. */
  #watch({ spec }: ResourceQuota): void {
    for (const resource of countedBy(Object.keys(spec.hard ?? {}), this.#countable())) {
      if (this.#watched.value.has(resource.name)) continue
      this.#watched.value.add(resource.name)
      this.#follow(resource)
    }
  }

  #follow({ group, resource, name }: Countable): void {
    // quotas are followed already
    const informer =
      name === 'resourcequotas'
        ? (this.#quotas as unknown as Informer<KubeObject>)
        : this.#host.informer(name)
    informer.onChange((change) => {
      if (isReleased(change as Change<KubeObject>, group, resource, this.#host.clock.now()))
        this.#replenish(change.object.metadata.namespace ?? '')
    })
  }

  #replenish(namespace: string): void {
    for (const quota of this.#quotas.byIndex('namespace', namespace)) this.#queue.add(keyOf(quota))
  }

  #sync(key: string): void {
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
 * Whether a change gives something back: an object is gone, or uses less than before. Source:
 * DefaultUpdateFilter.
 */
function isReleased(
  { type, object, old }: Change<KubeObject>,
  group: string,
  resource: string,
  now: number,
): boolean {
  if (type === 'DELETED') return true
  if (old === undefined || group !== '') return false
  if (resource !== 'pods' && resource !== 'services' && resource !== 'persistentvolumeclaims') return false
  const { usage } = quotaEvaluator(group, resource)
  return !sameLists(usage(object, now), usage(old, now))
}

/** A resource that quotas may count. */
interface Countable {
  readonly group: string
  readonly resource: string
  /** Under which a client asks for it: `pods`, `deployments.apps`. */
  readonly name: string
}

/** Which of the resources a quota on those names counts. */
function countedBy(names: readonly string[], resources: readonly Countable[]): readonly Countable[] {
  return resources.filter(({ group, resource }) => quotaEvaluator(group, resource).matching(names).length > 0)
}

/**
 * What the objects of a namespace use of a quota. `list` answers those of one resource. Source:
 * quota.CalculateUsage.
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
