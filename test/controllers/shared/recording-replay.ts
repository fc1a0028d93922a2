import type { KubeObject } from '../../../src/api/definition.js'
import { isApiError } from '../../../src/apiserver/client/api-error.js'
import type { Patch } from '../../../src/apiserver/client/client.js'
import { createDaemonSetController } from '../../../src/controllers/daemonset/index.js'
import { createDeploymentController } from '../../../src/controllers/deployment/index.js'
import { createDisruptionController } from '../../../src/controllers/disruption/index.js'
import { createGarbageCollector } from '../../../src/controllers/garbage-collector/index.js'
import { createNodeLifecycleController } from '../../../src/controllers/node-lifecycle/index.js'
import { createReplicaSetController } from '../../../src/controllers/replicaset/index.js'
import type { SimulationOptions } from '../../../src/sim/simulation.js'
import { ControllerCluster } from '../process/controller-cluster.js'
import { fakeKubelet } from '../process/fake-kubelet.js'
import { fakeScheduler } from './fake-scheduler.js'

/** A request of the recorder, `t` seconds after it began. */
interface RecordedRequest {
  readonly t: number
  readonly method: 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: object
  readonly patch?: string
  readonly code?: number
}

/** What an object looked like at some time: generation, replicas, revision, status, conditions. Or `DELETED`. */
export type RecordedState = 'DELETED' | Readonly<Record<string, unknown>>

/** What became of an object. */
export interface RecordedObject {
  readonly last: RecordedState
  /** `type|status|reason` of its conditions, each change of them; only of Deployments and PodDisruptionBudgets. */
  readonly conditions?: readonly (readonly string[])[]
}

/** A recorded run of a real control plane, see test/fixtures/controllers/README.md. */
export interface Recording {
  readonly id: string
  readonly end: number
  /** See {@link workloadCluster}. */
  readonly offset?: number
  readonly requests: readonly RecordedRequest[]
  /** By `<resource> <name>`. */
  readonly objects: Readonly<Record<string, RecordedObject>>
  /** Event lines of the controllers to how often each was emitted. */
  readonly events: Readonly<Record<string, number>>
}

/**
 * A cluster as the recordings had it: three nodes, and the controllers of this folder's tests. `offset`: in which part of a second
 * the recording began, which matters where API times (whole seconds) are compared with the clock.
 */
export function workloadCluster(offset = 0, version = 'v1.34', options: SimulationOptions = {}): ControllerCluster {
  const kubelets = ['n1', 'n2', 'n3'].map((node) => fakeKubelet(node))
  const cluster = new ControllerCluster(
    (resources) => [
      createDeploymentController(),
      createReplicaSetController(),
      createDaemonSetController(),
      createDisruptionController(),
      createGarbageCollector({ resources }),
      createNodeLifecycleController(),
      fakeScheduler(10),
      ...kubelets,
    ],
    { version, ...options },
  )
  return cluster.advance(10 + offset)
}

/** Plays the requests of a recording, each at its time, and answers what came of it in the recording's own form. */
export function replay(
  recording: Recording,
  cluster: ControllerCluster = workloadCluster(recording.offset),
): Omit<Recording, 'id' | 'requests' | 'end'> {
  const start = cluster.now
  const pods = new Map<string, string>()
  for (const request of recording.requests) {
    cluster.sim.advance(Math.max(0, Math.round((start + request.t - cluster.now) * 1000)))
    send(cluster, request, pods)
  }
  cluster.sim.advance(Math.max(0, Math.round((start + recording.end - cluster.now) * 1000)))
  const objects = Object.entries(statesOf(cluster)).map(([key, states]) => [key, recordedObject(key, states)] as const)
  return { objects: Object.fromEntries(objects), events: eventsOf(cluster) }
}

function send(cluster: ControllerCluster, request: RecordedRequest, pods: Map<string, string>): void {
  const [resource = '', recordedName, subresource] = request.path
    .slice(request.path.indexOf('/default/') + '/default/'.length)
    .split('/')
  const name = resource === 'pods' && recordedName !== undefined ? podFor(cluster, recordedName, pods) : recordedName
  const key = { namespace: 'default', ...(name === undefined ? {} : { name }) }
  let code = request.method === 'POST' ? 201 : 200
  try {
    call(cluster, request, resource, key, subresource)
  } catch (error) {
    if (!isApiError(error)) throw error
    code = error.code
  }
  const expected = request.code ?? code
  if (code !== expected) throw new Error(`${request.method} ${request.path}: answered ${code}, recorded ${expected}`)
}

type Key = { readonly namespace: string; readonly name?: string }

function call(
  { client }: ControllerCluster,
  request: RecordedRequest,
  resource: string,
  key: Key,
  subresource: string | undefined,
): void {
  const body = request.body as KubeObject
  if (request.method === 'DELETE') client.delete(resource, key)
  else if (request.method === 'PATCH') {
    const type = request.patch?.includes('strategic') ? 'strategic' : 'merge'
    client.patch(resource, key, { type, body } as Patch, subresource === undefined ? {} : { subresource })
  } else if (subresource !== undefined) client.createSubresource(resource, key, subresource, { ...body, metadata: key })
  else client.create(resource, { ...body, metadata: { ...body.metadata, namespace: 'default' } })
}

/** Generated names differ: a recorded pod name stands for any pod of the same prefix, always for the same one. */
function podFor({ client }: ControllerCluster, recorded: string, pods: Map<string, string>): string {
  const known = pods.get(recorded)
  if (known !== undefined) return known
  const prefix = recorded.slice(0, recorded.lastIndexOf('-') + 1)
  const taken = new Set(pods.values())
  const candidates = client
    .list('pods', { namespace: 'default' })
    .items.filter((pod) => pod.metadata.deletionTimestamp === undefined)
  const found = candidates.find(
    ({ metadata: { name = '' } }) => (name.startsWith(prefix) || name === recorded) && !taken.has(name),
  )
  const name = found?.metadata.name ?? recorded
  pods.set(recorded, name)
  return name
}

const RESOURCES: Readonly<Record<string, string>> = {
  deployments: 'deployments',
  replicasets: 'replicasets',
  daemonsets: 'daemonsets',
  poddisruptionbudgets: 'pdbs',
}

function statesOf(cluster: ControllerCluster): Record<string, RecordedState[]> {
  const states: Record<string, RecordedState[]> = {}
  for (const { type, resource, object } of cluster.writes) {
    const label = RESOURCES[resource.split('.')[0] as string]
    if (label === undefined) continue
    const history = (states[`${label} ${object.metadata.name as string}`] ??= [])
    const state = type === 'DELETED' ? 'DELETED' : summary(object, label)
    if (JSON.stringify(history.at(-1)) !== JSON.stringify(state)) history.push(state)
  }
  return states
}

interface Summarized extends KubeObject {
  readonly spec: { readonly replicas?: number }
  readonly status: { readonly conditions?: readonly { type: string; status: string; reason?: string; message?: string }[] }
}

function summary(object: KubeObject, label: string): Readonly<Record<string, unknown>> {
  const { metadata, spec, status } = object as Summarized
  const { conditions = [], ...counts } = status
  const revision = metadata.annotations?.['deployment.kubernetes.io/revision']
  return {
    generation: metadata.generation,
    ...(label === 'deployments' || label === 'replicasets' ? { replicas: spec.replicas } : {}),
    status: JSON.parse(JSON.stringify(counts).replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME')) as unknown,
    ...(conditions.length > 0
      ? { conditions: conditions.map((c) => `${c.type}|${c.status}|${c.reason ?? ''}|${c.message ?? ''}`) }
      : {}),
    ...(revision === undefined ? {} : { revision }),
  }
}

function recordedObject(key: string, states: readonly RecordedState[]): RecordedObject {
  const last = states.at(-1) as RecordedState
  if (!key.startsWith('deployments ') && !key.startsWith('pdbs ')) return { last }
  const conditions: string[][] = []
  for (const state of states) {
    if (state === 'DELETED') continue
    const texts = (state.conditions ?? []) as readonly string[]
    const present = texts.map((text) => text.split('|').slice(0, 3).join('|')).sort()
    if (conditions.at(-1)?.join() !== present.join()) conditions.push(present)
  }
  return { last, conditions }
}

function eventsOf(cluster: ControllerCluster): Record<string, number> {
  const counts: Record<string, number> = {}
  const sources = new Set(['deployment-controller', 'replicaset-controller', 'daemonset-controller', 'controllermanager'])
  for (const { source, type, object, reason, message } of cluster.events) {
    if (!sources.has(source)) continue
    const line = `${type} ${object} ${reason}: ${message.replace(/(Created|Deleted) pod: (.*)-.{5}$/, '$1 pod: $2-?')}`
    counts[line] = reason === 'UnmanagedPods' ? 1 : (counts[line] ?? 0) + 1
  }
  return counts
}
