import { describe, expect, it } from 'vitest'
import { SimCluster } from 'simcluster'
import type { PolicyRule } from '../../src/api/rbac/generated.js'
import type { EscalationKind, EscalationPath } from '../../src/rbac/index.js'
import { authorize, escalationPaths } from '../../src/rbac/index.js'
import { runEscalation } from '../../src/testing/index.js'

const RBAC = 'rbac.authorization.k8s.io'
const eve = { user: 'eve' }
const rule = (
  verbs: string,
  apiGroups: string,
  resources: string,
  ...resourceNames: readonly string[]
): PolicyRule => ({
  verbs: verbs.split(' '),
  apiGroups: apiGroups.split(' ').map((group) => (group === 'core' ? '' : group)),
  resources: resources.split(' '),
  ...(resourceNames.length === 0 ? {} : { resourceNames }),
})

/** A cluster with a strong service account in `ops`, a pod and a Deployment there. */
const base = new SimCluster({ nodes: 1 })
base.apply([
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ops' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot', namespace: 'ops' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'helper', namespace: 'ops' } },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'robot' },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace: 'ops' }],
  },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: { name: 'reader' },
    rules: [rule('get', 'core', 'pods')],
  },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'root' },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'User', apiGroup: RBAC, name: 'root' }],
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'robot-token',
      namespace: 'ops',
      annotations: { 'kubernetes.io/service-account.name': 'robot' },
    },
    type: 'kubernetes.io/service-account-token',
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'robot', namespace: 'ops' },
    spec: {
      serviceAccountName: 'robot',
      containers: [{ name: 'c', image: 'busybox', command: ['sleep', 'infinity'] }],
    },
  },
  ...(['Deployment', 'DaemonSet', 'StatefulSet'] as const).map((kind) => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: `web-${kind.toLowerCase()}`, namespace: 'ops' },
    spec: {
      selector: { matchLabels: { app: kind } },
      ...(kind === 'StatefulSet' ? { serviceName: 'web' } : {}),
      template: {
        metadata: { labels: { app: kind } },
        spec: { containers: [{ name: 'web', image: 'nginx' }] },
      },
    },
  })),
])
base.settle()

/** The cluster with these rights for eve: cluster-wide, or in one namespace. */
function withRights(rules: readonly PolicyRule[], namespace?: string): SimCluster {
  const cluster = base.fork()
  const place = namespace === undefined ? {} : { namespace }
  const kind = namespace === undefined ? 'ClusterRole' : 'Role'
  cluster.apply([
    { apiVersion: `${RBAC}/v1`, kind, metadata: { name: 'eve', ...place }, rules },
    {
      apiVersion: `${RBAC}/v1`,
      kind: `${kind}Binding`,
      metadata: { name: 'eve', ...place },
      roleRef: { apiGroup: RBAC, kind, name: 'eve' },
      subjects: [{ kind: 'User', apiGroup: RBAC, name: 'eve' }],
    },
  ])
  return cluster
}

const CERTIFICATES = 'certificates.k8s.io'
const WORKLOADS = 'deployments daemonsets statefulsets replicasets'

interface Case {
  readonly rights: readonly PolicyRule[]
  readonly namespace?: string
  /** What can be done with all of the rights, and who one is then. */
  readonly paths: readonly (readonly [EscalationKind, string])[]
  /** Rights of which each alone is not enough. Default: all of them. */
  readonly each?: readonly PolicyRule[]
}

const ROBOT = 'system:serviceaccount:ops:robot'
const AGGREGATION = 'system:serviceaccount:kube-system:clusterrole-aggregation-controller'
const CASES: Readonly<Record<string, Case>> = {
  'edits a ClusterRole': {
    rights: [rule('escalate patch', RBAC, 'clusterroles', 'eve')],
    paths: [['escalate', 'eve']],
    each: [rule('patch', RBAC, 'clusterroles'), rule('escalate', RBAC, 'clusterroles')],
  },
  'edits a Role, by update': {
    rights: [rule('escalate update get', RBAC, 'roles', 'eve')],
    namespace: 'ops',
    paths: [['escalate', 'eve']],
    each: [rule('escalate update', RBAC, 'roles')],
  },
  'binds a ClusterRole': {
    rights: [
      rule('create', RBAC, 'clusterrolebindings'),
      rule('bind', RBAC, 'clusterroles', 'cluster-admin', 'view'),
    ],
    paths: [['bind', 'eve']],
  },
  'binds in a namespace': {
    rights: [rule('create', RBAC, 'rolebindings'), rule('bind', RBAC, 'clusterroles', 'edit')],
    namespace: 'ops',
    paths: [['bind', 'eve']],
  },
  'puts itself into a binding': {
    rights: [rule('update get', RBAC, 'clusterrolebindings', 'root'), rule('bind', RBAC, 'clusterroles')],
    paths: [['bind', 'eve']],
  },
  'impersonates a user': {
    rights: [rule('impersonate', 'core', 'users', 'root')],
    paths: [['impersonate', 'root']],
  },
  'impersonates a group': {
    rights: [
      rule('impersonate', 'core', 'groups', 'system:masters'),
      rule('impersonate', 'core', 'users', 'eve'),
    ],
    paths: [['impersonate', 'eve']],
  },
  'impersonates a service account': {
    rights: [rule('impersonate', 'core', 'serviceaccounts')],
    namespace: 'ops',
    paths: [['impersonate', ROBOT]],
  },
  'impersonates service accounts': {
    rights: [rule('impersonate', 'core', 'serviceaccounts')],
    paths: [['impersonate', ROBOT]],
  },
  'mints a token': {
    rights: [rule('create', 'core', 'serviceaccounts/token', 'robot', 'helper')],
    namespace: 'ops',
    paths: [['mint-token', ROBOT]],
  },
  'makes an account that is bound already, and mints its token': {
    rights: [
      rule('create', 'core', 'serviceaccounts'),
      rule('create', 'core', 'serviceaccounts/token', 'clusterrole-aggregation-controller'),
    ],
    namespace: 'kube-system',
    paths: [['mint-token', AGGREGATION]],
  },
  'reads a token': {
    rights: [rule('get', 'core', 'secrets', 'robot-token')],
    namespace: 'ops',
    paths: [['read-token-secret', ROBOT]],
  },
  'has a token made': {
    rights: [rule('create', 'core', 'secrets'), rule('get', 'core', 'secrets', 'escalation-path')],
    namespace: 'ops',
    paths: [['create-token-secret', ROBOT]],
  },
  'makes a pod': {
    rights: [rule('create', 'core', 'pods')],
    namespace: 'ops',
    paths: [['create-pod', ROBOT]],
  },
  'makes workloads of apps': {
    rights: [rule('create', 'apps', WORKLOADS)],
    namespace: 'ops',
    paths: WORKLOADS.split(' ').map(() => ['create-workload', ROBOT] as const),
  },
  'makes other workloads': {
    rights: [rule('create', 'core batch', 'replicationcontrollers jobs cronjobs')],
    namespace: 'ops',
    paths: ['', '', ''].map(() => ['create-workload', ROBOT] as const),
  },
  'edits workloads': {
    rights: [rule('patch', 'apps', '*')],
    namespace: 'ops',
    paths: ['', '', ''].map(() => ['edit-workload', ROBOT] as const),
  },
  execs: { rights: [rule('create', 'core', 'pods/exec')], namespace: 'ops', paths: [['exec', ROBOT]] },
  'goes past the apiserver to a kubelet': {
    rights: [rule('create', 'core', 'nodes/proxy')],
    paths: [['node-proxy', ROBOT]],
  },
  'approves its own certificate': {
    rights: [
      rule('create get', CERTIFICATES, 'certificatesigningrequests'),
      rule('update', CERTIFICATES, 'certificatesigningrequests/approval'),
      rule('approve', CERTIFICATES, 'signers', 'kubernetes.io/kube-apiserver-client'),
    ],
    paths: [['approve-csr', 'root']],
  },
  'changes what others write': {
    rights: [rule('create', 'admissionregistration.k8s.io', 'mutatingwebhookconfigurations')],
    paths: [['mutating-webhook', 'eve']],
  },
}

describe('escalationPaths', () => {
  it.each(Object.entries(CASES))(
    'finds what %s, and the cluster proves it',
    (_, { rights, namespace, paths, each = rights.length > 1 ? rights : [] }) => {
      const cluster = withRights(rights, namespace)
      const found = escalationPaths(cluster, eve)
      expect(found.map(({ kind, identity }) => [kind, identity.user])).toEqual(paths)
      for (const path of found) {
        expect(JSON.parse(JSON.stringify(path))).toEqual(path)
        expect(isAllowed(cluster, path)).toBe(true)
        expect(runEscalation(cluster, eve, path)).toMatchObject({ proved: true })
      }
      for (const right of each) expect(escalationPaths(withRights([right], namespace), eve)).toEqual([])
    },
  )

  it('goes on from whom it has become: over an account of the control plane to all rights there are', () => {
    const cluster = withRights(
      CASES['makes an account that is bound already, and mints its token']?.rights ?? [],
      'kube-system',
    )
    const paths = escalationPaths(cluster, eve, { depth: 2 })
    expect(paths.map(({ kind, identity: { user }, steps }) => [kind, user, steps.length])).toEqual([
      ['mint-token', AGGREGATION, 2],
      ['escalate', AGGREGATION, 3],
    ])
    expect(paths.map((path) => runEscalation(cluster, eve, path))).toMatchObject([
      { proved: true },
      { proved: true },
    ])
  })

  it('runs into the apiserver where a right is missing: the run is no make-believe', () => {
    const able = withRights(CASES['binds a ClusterRole']?.rights ?? [])
    const [path] = escalationPaths(able, eve)
    expect(runEscalation(base, eve, path as EscalationPath)).toMatchObject({
      proved: false,
      responses: [{ code: 403 }],
      reason: expect.stringContaining('forbidden') as string,
    })
  })

  it('has nothing for those who have all, or no more than everybody', () => {
    expect(escalationPaths(base, { user: 'x', groups: ['system:masters'] })).toEqual([])
    expect(escalationPaths(base, { user: 'root' })).toEqual([])
    expect(escalationPaths(base, eve)).toEqual([])
    expect(escalationPaths(base, { user: 'system:serviceaccount:ops:helper' })).toEqual([])
  })
})

/** Whether the evaluator allows all that the path says it needs. */
function isAllowed(cluster: SimCluster, { steps }: EscalationPath): boolean {
  const objects = (['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'] as const).flatMap(
    (resource) => [...cluster.state.peek(resource)],
  )
  return steps
    .flatMap(({ needs }) => needs)
    .every((need) => authorize(objects, { ...need, user: 'eve', groups: ['system:authenticated'] }).allowed)
}
