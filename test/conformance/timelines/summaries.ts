import type { KubeObject } from '../../../src/api/definition.js'

/** What a recorder keeps of an object: what one wants to see change. */
export type State = Readonly<Record<string, unknown>>

type Loose = Readonly<Record<string, unknown>>

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
}

/** An object of any kind, as a recorder looks at it. */
interface Seen extends KubeObject {
  readonly spec?: Loose
  readonly status?: Loose & { readonly conditions?: readonly Condition[]; readonly phase?: string }
}

const conditionsOf = ({ status }: Seen): readonly string[] | undefined =>
  status?.conditions?.map(({ type, status: value, reason = '', message = '' }) => `${type}|${value}|${reason}|${message}`)

const statusOf = ({ status = {} }: Seen): Loose => Object.fromEntries(Object.entries(status).filter(([key]) => key !== 'conditions'))
const isDeleting = ({ metadata }: Seen): boolean => metadata.deletionTimestamp !== undefined

const workload = (object: Seen): State => ({ generation: object.metadata.generation, status: statusOf(object) })

function replicated(object: Seen): State {
  return {
    ...workload(object), replicas: object.spec?.['replicas'], conditions: conditionsOf(object),
    revision: object.metadata.annotations?.['deployment.kubernetes.io/revision'],
  }
}

function job(object: Seen): State {
  const { uncountedTerminatedPods: uncounted, ...status } = statusOf(object) as Loose & { uncountedTerminatedPods?: Readonly<Record<string, unknown[]>> }
  const counts = Object.fromEntries(Object.entries(uncounted ?? {}).map(([outcome, uids]) => [outcome, uids.length]))
  return {
    generation: object.metadata.generation, suspend: object.spec?.['suspend'], conditions: conditionsOf(object), deleting: isDeleting(object),
    status: { ...status, ...(uncounted ? { uncountedTerminatedPods: counts } : {}) },
  }
}

function pod(object: Seen): State {
  const { metadata, spec = {}, status } = object
  return {
    phase: status?.phase, node: spec['nodeName'], deleting: isDeleting(object), owner: metadata.ownerReferences?.[0]?.kind,
    finalizers: metadata.finalizers, labels: metadata.labels, image: (spec['containers'] as { image: string }[])[0]?.image,
    conditions: conditionsOf(object), grace: metadata.deletionGracePeriodSeconds, nominated: status?.['nominatedNodeName'], ip: status?.['podIP'],
  }
}

function node(object: Seen): State {
  const taints = object.spec?.['taints'] as readonly { key: string; effect: string; timeAdded?: string }[] | undefined
  return {
    conditions: conditionsOf(object), unschedulable: object.spec?.['unschedulable'],
    taints: taints?.map(({ key, effect, timeAdded }) => ({ key, effect, hasTimeAdded: timeAdded !== undefined })),
  }
}

function endpointSlice(object: Seen): State {
  type Endpoint = { addresses: unknown; conditions: unknown; nodeName?: string; targetRef?: { name?: string } }
  const { endpoints, ports } = object as unknown as { endpoints?: readonly Endpoint[]; ports?: readonly Loose[] }
  return {
    endpoints: endpoints?.map(({ addresses, conditions, targetRef, nodeName }) => ({ addresses, conditions, target: targetRef?.name, node: nodeName })),
    ports,
  }
}

/** By resource: its short name in the recordings, and what they keep of its objects. */
export const SUMMARIES: Readonly<Record<string, readonly [kind: string, summary: (object: Seen) => State]>> = {
  pods: ['pods', pod],
  nodes: ['nodes', node],
  deployments: ['deployments', replicated],
  replicasets: ['replicasets', replicated],
  statefulsets: ['statefulsets', (object) => ({ ...workload(object), replicas: object.spec?.['replicas'] })],
  daemonsets: ['daemonsets', workload],
  jobs: ['jobs', job],
  cronjobs: ['cronjobs', (object) => ({ ...workload(object), suspend: object.spec?.['suspend'] })],
  poddisruptionbudgets: ['pdbs', (object) => ({ ...workload(object), conditions: conditionsOf(object) })],
  endpointslices: ['endpointslices', endpointSlice],
  persistentvolumeclaims: ['pvcs', (object) => ({ status: statusOf(object), conditions: conditionsOf(object), deleting: isDeleting(object) })],
  namespaces: ['namespaces', (object) => ({
    phase: object.status?.phase, finalizers: object.spec?.['finalizers'], deleting: isDeleting(object), conditions: conditionsOf(object),
  })],
}
