import type { Pod } from '../../../src/api/core/generated.js'
import type { KubeObject } from '../../../src/api/definition.js'
import type { Patch } from '../../../src/apiserver/client/client.js'
import type { Component } from '../../../src/apiserver/client/component.js'
import { createCronJobController } from '../../../src/controllers/cronjob/index.js'
import { createGarbageCollector } from '../../../src/controllers/garbage-collector/index.js'
import { createJobController } from '../../../src/controllers/job/index.js'
import { createNodeLifecycleController } from '../../../src/controllers/node-lifecycle/index.js'
import { createStatefulSetController } from '../../../src/controllers/statefulset/index.js'
import { createTtlAfterFinishedController } from '../../../src/controllers/ttl-after-finished/index.js'
import type { SimulationOptions } from '../../../src/sim/simulation.js'
import { ControllerCluster } from '../process/controller-cluster.js'
import { fakeKubelet } from '../process/fake-kubelet.js'
import { fakeScheduler } from './fake-scheduler.js'

/** A recorded run of a real control plane with every state of each object, see test/fixtures/controllers/README.md. */
export interface Timeline {
  readonly id: string
  /** When it began: where in a minute and in a second matters to schedules and to times of whole seconds. */
  readonly begin: string
  /** Seconds that it lasted. */
  readonly end: number
  readonly requests: readonly TimedRequest[]
  /** `type object reason: message` to how often. */
  readonly events: Readonly<Record<string, number>>
  /** By `<resource> <name>`: what it looked like, without equal neighbours. */
  readonly objects: Readonly<Record<string, readonly unknown[]>>
}

interface TimedRequest {
  readonly t: number
  readonly method: 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: object
}

/** How long the cluster runs before the recording begins, in ms. */
const LEAD = 10_000

/** Three nodes and the controllers of workloads that run to an end or keep a name, as of v1.34 unless said otherwise. */
export function jobCluster(begin: string, options: SimulationOptions & { readonly version?: string } = {}): ControllerCluster {
  const nodes = ['n1', 'n2', 'n3'].map((node): Component => fakeKubelet(node))
  const cluster = new ControllerCluster(
    (resources) => [
      createStatefulSetController(),
      createJobController(),
      createCronJobController(),
      createTtlAfterFinishedController(),
      createGarbageCollector({ resources }),
      createNodeLifecycleController(),
      fakeScheduler(),
      ...nodes,
    ],
    { version: 'v1.34', start: Date.parse(begin) - LEAD, ...options },
  )
  return cluster.advance(LEAD / 1000)
}

/** Plays the requests of a recording, each at its time, and answers what came of it in the recording's own form. */
export function replayTimeline({ begin, end, requests }: Timeline): Pick<Timeline, 'events' | 'objects'> {
  const cluster = jobCluster(begin)
  const start = cluster.now
  const advanceTo = (t: number): void => cluster.sim.advance(Math.max(0, Math.round((start + t - cluster.now) * 1000)))
  for (const request of requests) {
    advanceTo(request.t)
    send(cluster, request)
  }
  advanceTo(end)
  const names = new PodNames()
  return { objects: objectsOf(cluster, names), events: eventsOf(cluster, names) }
}

function send({ client }: ControllerCluster, { method, path, body }: TimedRequest): void {
  const [resource = '', name] = path.split('/').slice(path.startsWith('/apis/') ? 4 : 3)
  const namespaced = resource === 'persistentvolumes' ? {} : { namespace: 'default' }
  const key = { ...namespaced, ...(name === undefined ? {} : { name }) }
  const object = body as KubeObject
  if (method === 'DELETE') client.delete(resource, key)
  else if (method === 'PATCH') client.patch(resource, key, { type: 'merge', body } as Patch)
  else client.create(resource, { ...object, metadata: { ...object.metadata, ...namespaced } })
}

/** Recordings number generated names by their first appearance. */
class PodNames {
  readonly #names = new Map<string, string>()

  numbered(pod: KubeObject): string {
    const { name = '', generateName } = pod.metadata
    if (generateName === undefined || !/-[a-z0-9]{5}$/.test(name)) return name
    const known = this.#names.get(name) ?? `${generateName}<r${this.#names.size + 1}>`
    this.#names.set(name, known)
    return known
  }

  in(text: string, suffix?: string): string {
    let result = text
    for (const [name, numbered] of this.#names) {
      result = result.replaceAll(name, suffix === undefined ? numbered : numbered.replace(/<r\d+>$/, suffix))
    }
    return result
  }
}

type Summary = (object: never) => unknown

const SUMMARIES: Readonly<Record<string, readonly [label: string, summary: Summary]>> = {
  statefulsets: ['statefulsets', summaryOfSet],
  jobs: ['jobs', summaryOfJob],
  cronjobs: ['cronjobs', summaryOfJob],
  persistentvolumeclaims: ['pvcs', ({ metadata }: KubeObject) => ({ deleting: metadata.deletionTimestamp !== undefined })],
  pods: ['pods', summaryOfPod],
}

function objectsOf(cluster: ControllerCluster, names: PodNames): Record<string, unknown[]> {
  const objects: Record<string, unknown[]> = {}
  for (const { type, resource, object } of cluster.writes) {
    const [label, summary] = SUMMARIES[resource.split('.')[0] as string] ?? []
    if (label === undefined || summary === undefined) continue
    const name = label === 'pods' ? names.numbered(object) : object.metadata.name as string
    const states = (objects[`${label} ${name}`] ??= [])
    const state = type === 'DELETED' ? 'DELETED' : plain(summary(object as never), names)
    if (JSON.stringify(states.at(-1)) !== JSON.stringify(state)) states.push(state)
  }
  return objects
}

function plain(state: unknown, names: PodNames): unknown {
  const text = names.in(JSON.stringify(state)).replaceAll(/"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/g, '"<time>"')
  return JSON.parse(text) as unknown
}

function summaryOfSet({ metadata, spec, status }: KubeObject & { spec: { replicas: number }, status: object }): unknown {
  return { generation: metadata.generation, replicas: spec.replicas, status }
}

interface JobLike extends KubeObject {
  readonly spec: { readonly suspend?: boolean }
  readonly status: {
    readonly conditions?: readonly { type: string, status: string, reason?: string, message?: string }[]
    readonly uncountedTerminatedPods?: Readonly<Record<string, readonly string[]>>
    readonly active?: unknown
  }
}

function summaryOfJob({ metadata, spec, status }: JobLike): unknown {
  const { conditions, uncountedTerminatedPods, active, ...rest } = status
  const counts = Object.entries(uncountedTerminatedPods ?? {}).map(([outcome, uids]) => [outcome, uids.length] as const)
  const references = (list: readonly object[]): unknown => list.map((each) => ({ ...each, uid: '<uid>', resourceVersion: '<rv>' }))
  return {
    generation: metadata.generation,
    status: {
      ...rest,
      ...(active === undefined ? {} : { active: Array.isArray(active) ? references(active) : active }),
      ...(uncountedTerminatedPods ? { uncountedTerminatedPods: Object.fromEntries(counts) } : {}),
    },
    suspend: spec.suspend,
    ...(conditions ? { conditions: conditions.map((c) => `${c.type}|${c.status}|${c.reason ?? ''}|${c.message ?? ''}`) } : {}),
    ...(metadata.deletionTimestamp === undefined ? {} : { deleting: true }),
  }
}

function summaryOfPod({ metadata, status }: Pod): unknown {
  const { finalizers, deletionTimestamp } = metadata
  return { phase: status.phase, ...(deletionTimestamp === undefined ? {} : { deleting: true }), ...(finalizers ? { finalizers } : {}) }
}

function eventsOf(cluster: ControllerCluster, names: PodNames): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { source, type, object, reason, message } of cluster.events) {
    if (!/^(statefulset|job|cronjob|ttl-after-finished)-controller$/.test(source)) continue
    const line = names.in(`${type} ${object} ${reason}: ${message}`, '?')
    counts[line] = (counts[line] ?? 0) + 1
  }
  return counts
}
