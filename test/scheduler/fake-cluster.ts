import { ApiError } from '../../src/client/api-error.js'
import type { ListOptions, ObjectKey, ResumableClient, Watch, WatchEvent } from '../../src/client/client.js'
import type { ClusterEvents } from '../../src/client/cluster-events.js'
import type { Component, ComponentHost } from '../../src/client/component.js'
import type { EventRecorder } from '../../src/client/recorders/event-recorder.js'
import type { InformerOptions } from '../../src/client/informers/informer.js'
import { ListWatchInformer } from '../../src/client/informers/list-watch-informer.js'
import type { InformerState } from '../../src/client/informers/list-watch-informer.js'
import { keyOf } from '../../src/client/informers/object-index.js'
import type { KubeObject } from '../../src/api/kind/definition.js'
import type { Node, Pod } from '../../src/api/core/generated.js'
import type { PodDisruptionBudget } from '../../src/api/policy/generated.js'
import { ModuleHost } from '../../src/sim/modules/module-host.js'
import type { SimulationOptions } from '../../src/sim/simulation.js'
import { Simulation } from '../../src/sim/simulation.js'
import type { SimulationState } from '../../src/sim/state.js'

interface LogEntry {
  readonly resource: string
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: KubeObject
}

type EventLine = string

/**
 * The part of an apiserver that the scheduler talks to, over the real kernel and the real informers; forks
 * like the real one.
 */
export class FakeCluster {
  readonly sim: Simulation<ClusterEvents>
  readonly events: EventLine[] = []
  readonly #component: Component
  readonly #version: string
  readonly #options: SimulationOptions
  readonly #log: LogEntry[]
  readonly #objects = new Map<string, Map<string, KubeObject>>()
  readonly #listeners: { readonly resource: string; readonly wake: () => void }[] = []
  /** Throws in place of a binding. */
  bindingError: ((pod: string, node: string) => Error | undefined) | undefined

  constructor(
    component: Component,
    options: SimulationOptions & { version?: string } = {},
    from?: [SimulationState, readonly LogEntry[]],
  ) {
    this.#component = component
    this.#version = options.version ?? 'v1.35'
    this.#options = options
    this.sim = new Simulation<ClusterEvents>(options, from?.[0])
    this.#log = [...(from?.[1] ?? [])]
    for (const entry of this.#log) this.#store(entry)
    this.sim.add(component, this.#host(this.sim.host(component.name)))
  }

  fork(): FakeCluster {
    const fork = new FakeCluster(this.#component, { ...this.#options, version: this.#version }, [
      this.sim.state(),
      this.#log,
    ])
    fork.events.push(...this.events)
    return fork
  }

  /** Creates or replaces an object. */
  put(resource: 'pods', object: Pod): void
  put(resource: 'nodes', object: Node): void
  put(resource: 'poddisruptionbudgets', object: PodDisruptionBudget): void
  put(resource: string, object: KubeObject): void {
    const known = this.#of(resource).has(keyOf(object))
    const metadata = { ...object.metadata, resourceVersion: String(this.#log.length + 1) }
    this.#commit({ resource, type: known ? 'MODIFIED' : 'ADDED', object: { ...object, metadata } })
  }

  remove(resource: string, key: string): void {
    const object = this.#of(resource).get(key)
    if (!object) throw new ApiError(404, 'NotFound', `${resource} "${key}" not found`)
    this.#commit({ resource, type: 'DELETED', object })
  }

  pod(key: string): Pod {
    return this.#get('pods', key) as Pod
  }

  hasNode(name: string): boolean {
    return this.#of('nodes').has(name)
  }

  /** Node by pod key, sorted by pod. */
  placements(): Record<string, string> {
    const pods = [...this.#of('pods')].sort(([a], [b]) => (a < b ? -1 : 1)) as [string, Pod][]
    return Object.fromEntries(pods.map(([key, { spec }]) => [key, spec.nodeName ?? '']))
  }

  #of(resource: string): Map<string, KubeObject> {
    let objects = this.#objects.get(resource)
    if (!objects) this.#objects.set(resource, (objects = new Map()))
    return objects
  }

  #get(resource: string, key: string): KubeObject {
    const object = this.#of(resource).get(key)
    if (!object) throw new ApiError(404, 'NotFound', `${resource} "${key}" not found`)
    return object
  }

  #store({ resource, type, object }: LogEntry): void {
    if (type === 'DELETED') this.#of(resource).delete(keyOf(object))
    else this.#of(resource).set(keyOf(object), object)
  }

  #commit(entry: LogEntry): void {
    this.#log.push(entry)
    this.#store(entry)
    for (const { resource, wake } of this.#listeners) if (resource === entry.resource) wake()
  }

  #patchStatus(resource: string, key: string, status: Record<string, unknown>): KubeObject {
    const old = this.#get(resource, key) as Pod
    const conditions = [...(old.status.conditions ?? [])]
    for (const condition of (status['conditions'] ?? []) as typeof conditions) {
      const at = conditions.findIndex(({ type }) => type === condition.type)
      if (at < 0) conditions.push(condition)
      else conditions[at] = condition
    }
    const { nominatedNodeName: before, ...rest } = old.status
    const nominatedNodeName = 'nominatedNodeName' in status ? status['nominatedNodeName'] : before
    this.put('pods', {
      ...old,
      status: {
        ...rest,
        conditions,
        ...(nominatedNodeName ? { nominatedNodeName: nominatedNodeName as string } : {}),
      },
    })
    return this.#get(resource, key)
  }

  #bind(key: string, node: string): KubeObject {
    const error = this.bindingError?.(key, node)
    if (error) throw error
    const pod = this.#get('pods', key) as Pod
    if (pod.spec.nodeName)
      throw new ApiError(
        409,
        'Conflict',
        `pod ${pod.metadata.name} is already assigned to node "${pod.spec.nodeName}"`,
      )
    this.put('pods', { ...pod, spec: { ...pod.spec, nodeName: node } })
    return this.#get('pods', key)
  }

  #client(): ResumableClient {
    const part = {
      list: (resource: string, { resourceVersion }: ListOptions = {}) => {
        const revision = resourceVersion ? Number(resourceVersion) : this.#log.length
        const objects = new Map<string, KubeObject>()
        for (const entry of this.#log.slice(0, revision)) {
          if (entry.resource !== resource) continue
          if (entry.type === 'DELETED') objects.delete(keyOf(entry.object))
          else objects.set(keyOf(entry.object), entry.object)
        }
        const items = [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
        return { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: String(revision) }, items }
      },
      watch: (resource: string, { resourceVersion }: ListOptions = {}): Watch<KubeObject> => {
        let at = Number(resourceVersion)
        const log = this.#log
        return {
          get resourceVersion() {
            return String(at)
          },
          next: () => {
            const events: WatchEvent<KubeObject>[] = log
              .slice(at)
              .filter((entry) => entry.resource === resource)
            at = log.length
            return events
          },
          onReady: (wake) => void this.#listeners.push({ resource, wake }),
          stop: () => {},
        }
      },
      resumeWatch: (resource: string, options: ListOptions): Watch<KubeObject> =>
        part.watch(resource, options),
      reread: (resource: string, options: ListOptions): object => part.list(resource, options),
      patch: (resource: string, key: ObjectKey, { body }: { body: { status: Record<string, unknown> } }) =>
        this.#patchStatus(resource, `${key.namespace}/${key.name}`, body.status),
      createSubresource: (_: string, key: ObjectKey, __: string, { target }: { target: { name: string } }) =>
        this.#bind(`${key.namespace}/${key.name}`, target.name),
      delete: (resource: string, key: ObjectKey) => {
        const { [`${key.namespace}/${key.name}`]: object } = Object.fromEntries(this.#of(resource))
        this.remove(resource, `${key.namespace}/${key.name}`)
        return object
      },
    }
    // the scheduler uses a part of the client
    return part as unknown as ResumableClient
  }

  #host(kernelHost: ModuleHost<ClusterEvents>): ComponentHost {
    const client = this.#client()
    const recorder: EventRecorder = {
      event: ({ object }, type, reason, message) =>
        void this.events.push(`${type} ${reason} ${keyOf(object)}: ${message}`),
    }
    const version = this.#version
    return Object.assign(kernelHost, {
      client,
      version,
      recorder: () => recorder,
      informer: (resource: string, options: InformerOptions<KubeObject> = {}) => {
        const state = kernelHost.state<InformerState>(`informer ${resource}`, () => ({
          resourceVersion: undefined,
        }))
        const topic = kernelHost.handle(`informer ${resource}`, () => informer.deliver())
        const informer: ListWatchInformer<KubeObject> = new ListWatchInformer(resource, options, {
          client,
          state,
          stateName: `informer ${resource}`,
          topic,
          connected: () => true,
        })
        return informer
      },
    }) as ComponentHost
  }
}
