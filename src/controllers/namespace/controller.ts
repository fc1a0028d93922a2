import type { Namespace } from '../../api/core/generated.js'
import { timeMs } from '../../lang/go/time.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { UserInfo } from '../../client/client.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { Slice, Topic } from '../../sim/modules/module.js'
import type { Failures, WorkQueue } from '../../sim/modules/work-queue.js'
import { TopicWorkQueue } from '../../sim/modules/work-queue.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { Retries, isRequestFailure } from '../shared/queue.js'
import type { ServedResource, ServedResources } from '../shared/served-resources.js'
import { servedNow } from '../shared/served-resources.js'
import { hasFeature } from '../shared/version.js'
import type { ContentReport, DiscoveryFailure } from './conditions.js'
import { namespaceConditions } from './conditions.js'
import type { DeletionPass, OtherContentClient } from './content.js'
import { deleteContent, deletionPass } from './content.js'

/** Options of {@link createNamespaceController}. */
export interface NamespaceControllerOptions {
  /** What the server serves; of resources with several versions, the first entry is used. */
  readonly resources: ServedResources
  /** The servers behind APIServices. Default: none. */
  readonly others?: OtherContent
}

/** The content of other servers. */
export interface OtherContent {
  /** Returns the group versions of servers that cannot be asked what they serve. */
  readonly unavailable: () => readonly string[]
  /** Returns a client of what they serve now. */
  readonly client: (user: UserInfo) => OtherContentClient
}

/** The finalizer of this controller in `spec.finalizers`. */
const FINALIZER = 'kubernetes'
const IDENTITY = controllerIdentity('namespace-controller')
/**
 * Delay after a change of a namespace, in ms: other apiservers may see the deletion late and still accept
 * objects. Source: namespaceDeletionGracePeriod.
 */
const DELETION_DELAY = 5_000
const MAX_RETRY_DELAY = 60_000

/**
 * Creates the namespace controller, which deletes the content of a namespace that is being deleted, and then
 * removes its finalizer. Source: pkg/controller/namespace.
 */
export function createNamespaceController(options: NamespaceControllerOptions): Component {
  return {
    name: controllerName('namespace-controller'),
    identity: IDENTITY,
    setup: (host) => new NamespaceController(host, options).start(),
  }
}

/** Returns the namespaced resources that can be listed and deleted, each once. */
function contentsOf(resources: readonly ServedResource[]): readonly ServedResource[] {
  const names = new Set<string>()
  return resources.filter(({ resource, namespaced, verbs }) => {
    if (names.has(resource) || !namespaced || !verbs.includes('delete') || !verbs.includes('list'))
      return false
    names.add(resource)
    return true
  })
}

/** Source: client-go discovery.ErrGroupDiscoveryFailed; StaleGroupVersionError of aggregated discovery. */
function discoveryFailure(version: string, unavailable: readonly string[]): DiscoveryFailure | undefined {
  if (unavailable.length === 0) return undefined
  const reason = (groupVersion: string): string =>
    hasFeature(version, 'aggregatedDiscovery')
      ? `stale GroupVersion discovery: ${groupVersion}`
      : 'the server is currently unable to handle the request'
  const failures = unavailable.map((groupVersion) => `${groupVersion}: ${reason(groupVersion)}`).toSorted()
  const message = `unable to retrieve the complete list of server APIs: ${failures.join(', ')}`
  return { groups: unavailable.length, message }
}

class NamespaceController {
  readonly #host: ComponentHost
  readonly #options: NamespaceControllerOptions
  readonly #topic: Topic
  readonly #queue: WorkQueue
  readonly #retries: Retries
  /** What remained of a namespace after the last pass, as JSON, by its name. */
  readonly #leftovers: Slice<Map<string, string>>

  constructor(host: ComponentHost, options: NamespaceControllerOptions) {
    this.#host = host
    this.#options = options
    this.#topic = host.handle('namespaces', (name) => this.#syncOrRetry(name))
    this.#queue = new TopicWorkQueue(
      this.#topic,
      host.state<Failures>('namespaces/failures', () => new Map()),
      host.clock,
      {},
    )
    this.#retries = new Retries(host, 'namespaces', { maxDelay: MAX_RETRY_DELAY })
    this.#leftovers = host.state('leftovers', () => new Map<string, string>())
  }

  start(): void {
    this.#host.informer('namespaces').onChange(({ type, object }) => {
      const name = object.metadata.name as string
      if (type === 'DELETED') this.#forget(name)
      else if (object.metadata.deletionTimestamp !== undefined) this.#queue.addAfter(name, DELETION_DELAY)
    })
  }

  #syncOrRetry(name: string): void {
    try {
      this.#sync(name)
    } catch (error) {
      if (!isRequestFailure(error)) throw error
      this.#host.log('error', `deletion of namespace ${name} failed: ${error.message}`)
      this.#retries.soon(this.#queue, name)
    }
  }

  /** Runs one deletion pass. Source: namespaced_resources_deleter.go Delete. */
  #sync(name: string): void {
    const namespace = ignoreNotFound(() => this.#host.client.get('namespaces', { name }))
    const deletedAt = timeMs(namespace?.metadata.deletionTimestamp)
    if (!namespace || deletedAt === undefined || !namespace.spec.finalizers?.length) return
    const { client, clock, version } = this.#host
    const age = clock.now() - deletedAt
    const podsFirst = hasFeature(version, 'orderedNamespaceDeletion')
    const { resources, others } = this.#options
    const own = contentsOf(servedNow(resources))
    const other = others?.client(IDENTITY)
    const pass = deletionPass([...own, ...contentsOf(other?.served ?? [])], podsFirst, (served) =>
      deleteContent(other?.served.includes(served) ? other : client, served, name, age),
    )
    const discovery = discoveryFailure(version, others?.unavailable() ?? [])
    const updated = this.#updateStatus(namespace, { ...pass, discovery })
    const errors = discovery === undefined ? pass.errors : [discovery.message, ...pass.errors]
    if (errors.length > 0) {
      this.#host.log('error', `deletion of namespace ${name} failed: ${errors.join(', ')}`)
      return this.#retries.soon(this.#queue, name)
    }
    this.#retries.forget(name)
    if (pass.estimate > 0) return this.#recheck(name, pass)
    const finalizers = updated.spec.finalizers?.filter((finalizer) => finalizer !== FINALIZER) ?? []
    client.update(
      'namespaces',
      { ...updated, spec: { ...updated.spec, finalizers } },
      { subresource: 'finalize' },
    )
  }

  #updateStatus(namespace: Namespace, report: ContentReport): Namespace {
    const old = namespace.status.conditions ?? []
    const conditions = namespaceConditions(old, report, this.#host.clock.now())
    if (conditions === old && namespace.status.phase === 'Terminating') return namespace
    const status = { ...namespace.status, phase: 'Terminating', conditions } as const
    return this.#host.client.updateStatus('namespaces', { ...namespace, status })
  }

  /**
   * Schedules the next pass. `settle()` waits for it only while there is progress: pods are in their grace
   * period, or what remains has changed since the last pass.
   */
  #recheck(name: string, { estimate, inGrace, remaining, finalizers }: DeletionPass): void {
    const leftover = JSON.stringify([[...remaining], [...finalizers]])
    const isProgressing = inGrace || this.#leftovers.value.get(name) !== leftover
    this.#leftovers.value.set(name, leftover)
    const seconds = Math.floor(estimate / 2) + 1
    this.#queue.addAfter(name, seconds * 1000, { class: isProgressing ? 'work' : 'watchdog' })
  }

  #forget(name: string): void {
    this.#topic.cancel(name)
    this.#retries.forget(name)
    this.#leftovers.value.delete(name)
  }
}
