/**
 * Priority levels and flow schemas that every apiserver creates. Source: k8s.io/apiserver
 * pkg/apis/flowcontrol/bootstrap/default.go; compared with what a v1.34 server serves.
 */
import type { KubeObject } from '../kind/definition.js'
import { deepFreeze } from '../schema/freeze.js'
import { formatTime } from '../../lang/go/time.js'
import type {
  FlowSchema,
  FlowSchemaCondition,
  FlowSchemaSpec,
  NonResourcePolicyRule,
  PriorityLevelConfiguration,
  PriorityLevelConfigurationSpec,
  ResourcePolicyRule,
  Subject,
} from './generated.js'

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1'

const anyResource: ResourcePolicyRule = {
  verbs: ['*'],
  apiGroups: ['*'],
  resources: ['*'],
  clusterScope: true,
  namespaces: ['*'],
}
const anyUrl: NonResourcePolicyRule = { verbs: ['*'], nonResourceURLs: ['*'] }
const everything = { resourceRules: [anyResource], nonResourceRules: [anyUrl] }
const leases = { apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['*'] }

const group = (name: string): Subject => ({ kind: 'Group', group: { name } })
const user = (name: string): Subject => ({ kind: 'User', user: { name } })
const systemAccounts: Subject = {
  kind: 'ServiceAccount',
  serviceAccount: { namespace: 'kube-system', name: '*' },
}
const everyone = [group('system:unauthenticated'), group('system:authenticated')]

/** Makes a level with queues: shares, lendable percent, number of queues, hand size. */
function queued(
  shares: number,
  lendablePercent: number,
  queues: number,
  handSize: number,
): PriorityLevelConfigurationSpec {
  const limitResponse = { type: 'Queue', queuing: { queues, handSize, queueLengthLimit: 50 } }
  return { type: 'Limited', limited: { nominalConcurrencyShares: shares, limitResponse, lendablePercent } }
}

const levels = (): Readonly<Record<string, PriorityLevelConfigurationSpec>> => ({
  'catch-all': {
    type: 'Limited',
    limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' }, lendablePercent: 0 },
  },
  exempt: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
  'global-default': queued(20, 50, 128, 6),
  'leader-election': queued(10, 0, 16, 4),
  'node-high': queued(40, 25, 64, 6),
  system: queued(30, 33, 64, 6),
  'workload-high': queued(40, 50, 128, 6),
  'workload-low': queued(100, 90, 128, 6),
})

interface Rules {
  readonly resourceRules?: readonly ResourcePolicyRule[]
  readonly nonResourceRules?: readonly NonResourcePolicyRule[]
}

/** Makes a schema: its level, precedence, distinguisher and single rule. */
function flow(
  name: string,
  matchingPrecedence: number,
  method: 'ByUser' | 'ByNamespace' | undefined,
  subjects: readonly Subject[],
  rules: Rules = everything,
): FlowSchemaSpec {
  return {
    priorityLevelConfiguration: { name },
    matchingPrecedence,
    ...(method === undefined ? {} : { distinguisherMethod: { type: method } }),
    rules: [{ subjects, ...rules }],
  }
}

const schemas = (): Readonly<Record<string, FlowSchemaSpec>> => ({
  'catch-all': flow('catch-all', 10_000, 'ByUser', everyone),
  exempt: flow('exempt', 1, undefined, [group('system:masters')]),
  'global-default': flow('global-default', 9900, 'ByUser', everyone),
  'kube-controller-manager': flow('workload-high', 800, 'ByNamespace', [
    user('system:kube-controller-manager'),
  ]),
  'kube-scheduler': flow('workload-high', 800, 'ByNamespace', [user('system:kube-scheduler')]),
  'kube-system-service-accounts': flow('workload-high', 900, 'ByNamespace', [systemAccounts]),
  probes: flow('exempt', 2, undefined, everyone, {
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
  }),
  'service-accounts': flow('workload-low', 9000, 'ByUser', [group('system:serviceaccounts')]),
  'system-leader-election': flow(
    'leader-election',
    100,
    'ByUser',
    [user('system:kube-controller-manager'), user('system:kube-scheduler'), systemAccounts],
    { resourceRules: [{ verbs: ['get', 'create', 'update'], ...leases }] },
  ),
  'system-node-high': flow('node-high', 400, 'ByUser', [group('system:nodes')], {
    resourceRules: [
      {
        verbs: ['*'],
        apiGroups: [''],
        resources: ['nodes', 'nodes/status'],
        clusterScope: true,
        namespaces: ['*'],
      },
      { verbs: ['*'], ...leases },
    ],
  }),
  'system-nodes': flow('system', 500, 'ByUser', [group('system:nodes')]),
})

const MANDATORY = ['catch-all', 'exempt']

/** The spec that a mandatory flow schema must have; undefined for others. */
export const mandatorySchema = (name: string): FlowSchemaSpec | undefined =>
  MANDATORY.includes(name) ? schemas()[name] : undefined

/** The spec that a mandatory level must have. What is exempt may be changed. */
export function mandatoryLevel(
  name: string,
  { exempt }: PriorityLevelConfigurationSpec,
): PriorityLevelConfigurationSpec | undefined {
  const spec = MANDATORY.includes(name) ? levels()[name] : undefined
  return name !== 'exempt' || spec === undefined || exempt === undefined ? spec : { ...spec, exempt }
}

const metadataOf = (name: string): FlowSchema['metadata'] => ({
  name,
  generation: 1,
  annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' },
})

/** The condition that the level of a schema exists, which upstream's controller sets. */
function notDangling(
  { priorityLevelConfiguration: { name } }: FlowSchemaSpec,
  now: number,
): FlowSchemaCondition {
  const level = `the PriorityLevelConfiguration object named "${name}"`
  const message = `This FlowSchema references ${level} and it exists`
  return { type: 'Dangling', status: 'False', lastTransitionTime: formatTime(now), reason: 'Found', message }
}

const levelOf = (name: string, spec: PriorityLevelConfigurationSpec): PriorityLevelConfiguration => ({
  kind: 'PriorityLevelConfiguration',
  apiVersion,
  metadata: metadataOf(name),
  spec,
  status: {},
})

const schemaOf = (name: string, spec: FlowSchemaSpec, now: number): FlowSchema => ({
  kind: 'FlowSchema',
  apiVersion,
  metadata: metadataOf(name),
  spec,
  status: { conditions: [notDangling(spec, now)] },
})

const build = (now: number): readonly KubeObject[] =>
  deepFreeze([
    ...Object.entries(levels()).map(([name, spec]) => levelOf(name, spec)),
    ...Object.entries(schemas()).map(([name, spec]) => schemaOf(name, spec, now)),
  ])

/**
 * Returns the levels and schemas that are in effect even where they have been deleted; they have no uid.
 * Source: apiserver pkg/util/flowcontrol/apf_controller.go imaginePL.
 */
export const mandatoryFlowControl = (): {
  readonly levels: readonly PriorityLevelConfiguration[]
  readonly schemas: readonly FlowSchema[]
} => ({
  levels: MANDATORY.map((name) => levelOf(name, levels()[name] as PriorityLevelConfigurationSpec)),
  schemas: MANDATORY.map((name) => schemaOf(name, schemas()[name] as FlowSchemaSpec, 0)),
})

let latest: { readonly now: number; readonly objects: readonly KubeObject[] } | undefined

let names: ReadonlySet<string> | undefined

/** Whether a default schema or level has that name. */
export function isDefaultName(name: string): boolean {
  names ??= new Set([...Object.keys(levels()), ...Object.keys(schemas())])
  return names.has(name)
}

/**
 * Returns the default flow control objects, complete except for uid, resourceVersion and creationTimestamp.
 * `now` is virtual milliseconds; the array is the same for the same instant.
 */
export function defaultFlowControl(now: number): readonly KubeObject[] {
  if (latest?.now !== now) latest = { now, objects: build(now) }
  return latest.objects
}
