import type { KubeObject } from '../../../src/api/kind/definition.js'

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
  status?.conditions?.map(
    ({ type, status: value, reason = '', message = '' }) => `${type}|${value}|${reason}|${message}`,
  )

const statusOf = ({ status = {} }: Seen): Loose =>
  Object.fromEntries(Object.entries(status).filter(([key]) => key !== 'conditions'))
const isDeleting = ({ metadata }: Seen): boolean => metadata.deletionTimestamp !== undefined

const workload = (object: Seen): State => ({
  generation: object.metadata.generation,
  status: statusOf(object),
})

function replicated(object: Seen): State {
  return {
    ...workload(object),
    replicas: object.spec?.['replicas'],
    conditions: conditionsOf(object),
    revision: object.metadata.annotations?.['deployment.kubernetes.io/revision'],
  }
}

function job(object: Seen): State {
  const { uncountedTerminatedPods: uncounted, ...status } = statusOf(object) as Loose & {
    uncountedTerminatedPods?: Readonly<Record<string, unknown[]>>
  }
  const counts = Object.fromEntries(
    Object.entries(uncounted ?? {}).map(([outcome, uids]) => [outcome, uids.length]),
  )
  return {
    generation: object.metadata.generation,
    suspend: object.spec?.['suspend'],
    conditions: conditionsOf(object),
    deleting: isDeleting(object),
    status: { ...status, ...(uncounted ? { uncountedTerminatedPods: counts } : {}) },
  }
}

function pod(object: Seen): State {
  const { metadata, spec = {}, status } = object
  return {
    phase: status?.phase,
    node: spec['nodeName'],
    deleting: isDeleting(object),
    owner: metadata.ownerReferences?.[0]?.kind,
    finalizers: metadata.finalizers,
    labels: metadata.labels,
    image: (spec['containers'] as { image: string }[])[0]?.image,
    conditions: conditionsOf(object),
    grace: metadata.deletionGracePeriodSeconds,
    nominated: status?.['nominatedNodeName'],
    ip: status?.['podIP'],
  }
}

function node(object: Seen): State {
  const taints = object.spec?.['taints'] as
    | readonly { key: string; effect: string; timeAdded?: string }[]
    | undefined
  return {
    conditions: conditionsOf(object),
    unschedulable: object.spec?.['unschedulable'],
    taints: taints?.map(({ key, effect, timeAdded }) => ({
      key,
      effect,
      hasTimeAdded: timeAdded !== undefined,
    })),
  }
}

function endpointSlice(object: Seen): State {
  type Endpoint = {
    addresses: unknown
    conditions: unknown
    nodeName?: string
    targetRef?: { name?: string }
  }
  const { endpoints, ports } = object as { endpoints?: readonly Endpoint[]; ports?: readonly Loose[] }
  return {
    endpoints: endpoints?.map(({ addresses, conditions, targetRef, nodeName }) => ({
      addresses,
      conditions,
      target: targetRef?.name,
      node: nodeName,
    })),
    ports,
  }
}

/** All that a recorder could keep of an object whose kind has no summary of its own here. */
function anything(object: Seen): State {
  const { metadata, spec = {}, status } = object
  return {
    ...replicated(object),
    phase: status?.phase,
    deleting: isDeleting(object),
    finalizers: metadata.finalizers,
    labels: metadata.labels,
    owner: metadata.ownerReferences?.[0]?.kind,
    suspend: spec['suspend'],
    spec,
    type: spec['type'],
  }
}

/** Kinds whose name in recordings is neither a resource nor in {@link SUMMARIES}. */
const ALIASES: Readonly<Record<string, string>> = {
  pvs: 'persistentvolumes',
  quotas: 'resourcequotas',
  rcs: 'replicationcontrollers',
  hpas: 'horizontalpodautoscalers',
  cms: 'configmaps',
  sas: 'serviceaccounts',
}

/** By resource: its short name in the recordings, and what they keep of its objects. */
const SUMMARIES: Readonly<Record<string, readonly [kind: string, summary: (object: Seen) => State]>> = {
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
  persistentvolumeclaims: [
    'pvcs',
    (object) => ({
      status: statusOf(object),
      conditions: conditionsOf(object),
      deleting: isDeleting(object),
    }),
  ],
  namespaces: [
    'namespaces',
    (object) => ({
      phase: object.status?.phase,
      finalizers: object.spec?.['finalizers'],
      deleting: isDeleting(object),
      conditions: conditionsOf(object),
    }),
  ],
}

/**
 * What recordings keep of the objects of a resource: the kind's name there, and a summary, of which `kept`
 * says what they keep.
 */
export function summaryOf(
  resource: string,
  kinds: ReadonlyMap<string, ReadonlySet<string>>,
): readonly [kind: string, summary: (object: Seen) => State] | undefined {
  const known = SUMMARIES[resource]
  if (known !== undefined) return kinds.has(known[0]) ? known : undefined
  const kind = [...kinds.keys()].find((name) => name === resource || ALIASES[name] === resource)
  if (kind === undefined) return undefined
  const kept = kinds.get(kind)
  return [
    kind,
    (object) => Object.fromEntries(Object.entries(anything(object)).filter(([field]) => kept?.has(field))),
  ]
}

/** The resource that a kind of the recordings names. */
export function resourceOf(kind: string): string {
  return ALIASES[kind] ?? Object.keys(SUMMARIES).find((resource) => SUMMARIES[resource]?.[0] === kind) ?? kind
}
