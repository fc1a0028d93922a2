import { describe, expect, test } from 'vitest'
import * as main from 'simcluster'
import * as assertions from 'simcluster/assert'
import * as clientNode from 'simcluster/client-node'
import * as etcd from 'simcluster/etcd'
import * as host from 'simcluster/host'
import * as images from 'simcluster/images'
import * as netpol from 'simcluster/netpol'
import * as pki from 'simcluster/pki'
import * as rbac from 'simcluster/rbac'
import * as real from 'simcluster/real'
import * as server from 'simcluster/server'
import * as testing from 'simcluster/testing'
import * as view from 'simcluster/view'

/** A call as plain JavaScript makes it. */
type Call = () => unknown

const { SimCluster } = main
const cluster = new SimCluster({ nodes: 1 })
cluster.kubectl('run web --image=nginx')
cluster.settle()
const policy = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'p' },
  spec: { podSelector: {} },
}
const role = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'r' },
  rules: [],
}
const connection = { from: 'default/web', to: 'default/web', port: 80 }

/** Calls a function without its types. */
const called = (of: object, name: string, ...args: unknown[]): Call => {
  const method: unknown = Reflect.get(of, name)
  if (typeof method !== 'function') throw new Error(`assertion failed: no function ${name}`)
  return () => Reflect.apply(method, of, args)
}

/** Each has one key that does not exist, or a value of another type; the text is what the error must say. */
type Wrong = readonly [call: Call, says: string | RegExp]

const WRONG: Readonly<Record<string, Readonly<Record<string, Wrong | 'no options'>>>> = {
  main: {
    SimCluster: [() => Reflect.construct(SimCluster, [{ nodse: 1 }]), 'did you mean nodes?'],
    admissionWebhook: [called(main, 'admissionWebhook', { decide: 1 }), 'must be a function'],
    parseManifests: 'no options',
    ClusterSnapshot: 'no options',
    InputError: 'no options',
    ApiError: 'no options',
    ConnectionError: 'no options',
    NotFoundError: 'no options',
    ApplyError: 'no options',
    CommandError: 'no options',
    TimeoutError: 'no options',
    LivelockError: 'no options',
    isApiError: 'no options',
    ignoreNotFound: 'no options',
    keyOf: 'no options',
    defineController: [
      called(main, 'defineController', {
        name: 'c',
        identity: { name: 'c' },
        informrs: {},
        setup: () => ({}),
      }),
      'did you mean informers?',
    ],
    bytesOfText: 'no options',
    textOfBytes: 'no options',
    defineImage: [called(main, 'defineImage', { name: 'app', prots: [80] }), 'did you mean ports?'],
    effectiveSecurity: [
      called(main, 'effectiveSecurity', cluster.get('pods', 'web'), { minr: 34 }),
      'did you mean minor?',
    ],
    kindSchema: [called(main, 'kindSchema', 'v1'), 'kind must be a string'],
    explainScheduling: [
      called(main, 'explainScheduling', cluster.get('pods', 'web'), [], [], { verson: 'v1.35' }),
      'did you mean version?',
    ],
    unresolvable: 'no options',
    unschedulable: 'no options',
  },
  pki: {
    certificateExpiry: 'no options',
    expiryText: 'no options',
    renewCertificates: 'no options',
    testKeys: [called(pki, 'testKeys', 'two'), 'must be a'],
  },
  etcd: { formatSnapshotStatus: 'no options', SnapshotError: 'no options', snapshotStatus: 'no options' },
  testing: {
    failureReport: [called(testing, 'failureReport', {}), 'must be a SimCluster'],
    preparedCluster: [called(testing, 'preparedCluster', { nodse: 1 }), 'did you mean nodes?'],
    checkInvariants: [
      called(testing, 'checkInvariants', cluster, { invariant: [] }),
      'did you mean invariants?',
    ],
    guardInvariants: [
      called(testing, 'guardInvariants', cluster, { invariant: [] }),
      'did you mean invariants?',
    ],
    InvariantError: 'no options',
    referenceTo: 'no options',
    aimRequest: 'no options',
    arbitraries: [called(testing, 'arbitraries', {}), 'must be fast-check'],
    checkManifests: [called(testing, 'checkManifests', '', { version: 'v1.35' }), 'did you mean versions?'],
    runEscalation: [called(testing, 'runEscalation', cluster, { usr: 'x' }, { steps: [] }), 'did you mean'],
    netpolManifest: 'no options',
    performAction: [called(testing, 'performAction', cluster, { does: 'crash' }), 'action.do'],
    HistoryError: 'no options',
    runHistory: [called(testing, 'runHistory', cluster, [], { atEn: () => 1 }), 'did you mean atEnd?'],
  },
  clientNode: {
    kubeConfigFor: [
      called(clientNode, 'kubeConfigFor', cluster, { namespce: 'x' }),
      'did you mean namespace?',
    ],
    settled: [called(clientNode, 'settled', cluster, { timeuot: 1 }), 'did you mean timeout?'],
  },
  server: {
    commandClient: [called(server, 'commandClient', ['true'], { enviroment: {} }), 'unknown option'],
    ClusterServer: 'no options',
    serve: [called(server, 'serve', cluster, { prt: 1 }), 'did you mean port?'],
    nodeKeys: [called(server, 'nodeKeys', 'many'), 'bits must be a number'],
    serveEtcd: [called(server, 'serveEtcd', cluster, { prt: 1 }), 'did you mean port?'],
    DurableCluster: 'no options',
    openDurableCluster: [called(server, 'openDurableCluster', { endpoint: [] }), 'did you mean endpoints?'],
  },
  rbac: {
    authorize: [
      called(rbac, 'authorize', [role], { user: 'x', verb: 'get', resource: 'pods', namespce: 'x' }),
      'did you mean query.namespace?',
    ],
    whoCan: [
      called(rbac, 'whoCan', [role], { verb: 'get', resource: 'pods' }, { anyNam: true }),
      'did you mean anyName?',
    ],
    proofErrors: 'no options',
    formatProof: 'no options',
    hasRights: 'no options',
    missingRights: 'no options',
    aggregatedRules: 'no options',
    accessChanges: 'no options',
    aggregatedPolicy: 'no options',
    bootstrapPolicy: 'no options',
    withDefaultRoles: 'no options',
    reconcileBinding: [
      called(rbac, 'reconcileBinding', undefined, {}, { removeExtraSubject: true }),
      'did you mean removeExtraSubjects?',
    ],
    reconcileRole: [
      called(rbac, 'reconcileRole', undefined, role, { removeExtra: true }),
      'unknown option removeExtra',
    ],
    compileAccess: [called(rbac, 'compileAccess', 5), 'must be a cluster, a list of objects, or YAML'],
    findEventualAccess: [
      called(rbac, 'findEventualAccess', [role], { verb: 'get', resorce: 'pods' }),
      'did you mean action.resource?',
    ],
    escalationPaths: [
      called(rbac, 'escalationPaths', [role], { user: 'x' }, { dpth: 2 }),
      'did you mean depth?',
    ],
  },
  netpol: {
    evaluate: [called(netpol, 'evaluate', { policies: [policy] }, connection, { ownNod: 'both' }), 'ownNod'],
    evaluateModel: 'no options',
    compileWorld: [called(netpol, 'compileWorld', { policies: [policy] }, { ownNod: 'both' }), 'ownNod'],
    CompiledWorld: 'no options',
    reachability: [called(netpol, 'reachability', { policies: [policy] }, { prts: [80] }), 'prts'],
    Reachability: 'no options',
    explainConnection: [
      called(
        netpol,
        'explainConnection',
        { pods: [] },
        { from: 'external', to: 'external', port: 80 },
        { maxRemoval: 1 },
      ),
      'maxRemoval',
    ],
    analysePolicies: [called(netpol, 'analysePolicies', [policy], { maxStep: 1 }), 'maxStep'],
    lintPolicies: [called(netpol, 'lintPolicies', { polices: [] }), 'polices'],
    formatChanges: 'no options',
    policyChanges: [called(netpol, 'policyChanges', [policy], [policy], { maxStep: 1 }), 'maxStep'],
    StepLimitError: 'no options',
    compare: [called(netpol, 'compare', [policy], [policy], { maxStep: 1 }), 'maxStep'],
    checkReachedOnlyBy: [
      called(netpol, 'checkReachedOnlyBy', [policy], { podSelector: {}, frm: [] }),
      'from',
    ],
    networkPolicyApiDefinitions: 'no options',
    proofErrors: 'no options',
    formatProof: 'no options',
    parseConnection: 'no options',
    readWorld: [called(netpol, 'readWorld', { polices: [] }), 'polices'],
    readNamespace: 'no options',
    readNode: 'no options',
    readPod: 'no options',
    readPolicy: 'no options',
    resolveConnection: 'no options',
    resolveOptions: [called(netpol, 'resolveOptions', { ownNod: 'x' }), 'ownNod'],
    worldOf: 'no options',
    WorldError: 'no options',
  },
  host: {
    addMachine: [called(host, 'addMachine', cluster, 'm1', { labls: {} }), 'did you mean labels?'],
    Host: 'no options',
    hostOf: [called(host, 'hostOf', cluster, 'node-9'), 'there is no'],
  },
  real: {
    clusters: [called(real, 'clusters', { simulate: {} }), 'did you mean simulated?'],
    connect: [called(real, 'connect', { contxt: 'x' }), 'did you mean context?'],
    fromCluster: [called(real, 'fromCluster', { namespace: 'x' }), 'did you mean namespaces?'],
    recordCluster: [called(real, 'recordCluster', { idd: 'x' }), 'unknown option idd'],
    simulated: [called(real, 'simulated', {}), 'must be a SimCluster'],
  },
  view: {
    viewOf: [called(view, 'viewOf', {}), 'must be a SimCluster'],
    diff: 'no options',
    watchView: [called(view, 'watchView', cluster, 5), 'must be a function'],
    toSvg: [called(view, 'toSvg', view.viewOf(cluster), { namespace: ['x'] }), 'did you mean namespaces?'],
    toText: [called(view, 'toText', view.viewOf(cluster), { titel: 'x' }), 'did you mean title?'],
    viewOfAccess: 'no options',
    viewOfCertificates: 'no options',
    viewOfConnection: 'no options',
    viewOfNetwork: 'no options',
    viewOfPolicies: 'no options',
    viewOfRollout: 'no options',
    viewOfService: 'no options',
    viewOfEvents: [called(view, 'viewOfEvents', cluster, { sinc: 1 }), 'did you mean since?'],
    recordFrames: [called(view, 'recordFrames', cluster, { maxFrame: 5 }), 'did you mean maxFrames?'],
  },
  assertions: {
    AssertionError: 'no options',
    assertRolledOut: [called(assertions, 'assertRolledOut', 'web'), 'expected a SimCluster'],
    assertConnects: [
      called(assertions, 'assertConnects', cluster, { ...connection, prot: 80 }),
      'did you mean port?',
    ],
    assertCan: [
      called(assertions, 'assertCan', cluster, 'jane', 'list', 'pods', { namespce: 'x' }),
      'did you mean namespace?',
    ],
    assertReachedOnlyBy: [
      called(assertions, 'assertReachedOnlyBy', [policy], { podSelector: {}, from: [], namespce: 'x' }),
      'namespace?',
    ],
    assertHolds: [called(assertions, 'assertHolds', cluster, { serach: {} }), 'search'],
  },
  images: { defineImage: 'no options', knownImage: 'no options' },
}

const ENTRIES: Readonly<Record<string, object>> = {
  main,
  assertions,
  pki,
  etcd,
  testing,
  clientNode,
  server,
  rbac,
  netpol,
  host,
  real,
  view,
  images,
}

describe.each(Object.entries(ENTRIES))('simcluster/%s', (entry, exported) => {
  const wrong = WRONG[entry] ?? {}

  test('has an entry in the table of this test for every function', () => {
    const functions = Object.entries(exported).filter(([, value]) => typeof value === 'function')
    expect(Object.keys(wrong).toSorted()).toEqual(functions.map(([name]) => name).toSorted())
  })

  const calls = Object.entries(wrong).flatMap(([name, each]) =>
    each === 'no options' ? [] : [[name, ...each] as const],
  )
  test.each(calls)('%s refuses a wrong key or type, and says what was meant', async (_, call, says) => {
    await expect(async () => call()).rejects.toThrow(says)
  })
})

const node = cluster.node('node-1')
const METHODS: readonly (readonly [name: string, call: Call, says: string])[] = [
  ['list', called(cluster, 'list', 'pods', { namespce: 'x' }), 'did you mean namespace?'],
  [
    'list with a selector of numbers',
    called(cluster, 'list', 'pods', { labelSelector: { app: 1 } }),
    'labelSelector must be',
  ],
  ['watch', called(cluster, 'watch', 'pods', { labelSelectr: 'a' }), 'did you mean labelSelector?'],
  ['get', called(cluster, 'get', 'pods'), "name must be a name such as 'web'"],
  [
    'create',
    called(cluster, 'create', 'pods', { metadata: { name: 'x' } }, { dryrun: true }),
    'did you mean dryRun?',
  ],
  ['update', called(cluster, 'update', 'pods', 'web'), 'object must be an object'],
  [
    'patch',
    called(cluster, 'patch', 'pods', 'web', { type: 'strategc', body: {} }),
    "did you mean 'strategic'?",
  ],
  ['edit', called(cluster, 'edit', 'pods', 'web'), 'recipe must be a function'],
  ['delete', called(cluster, 'delete', 'pods', 'web', { gracePeriod: 0 }), 'unknown option gracePeriod'],
  ['apply', called(cluster, 'apply', 5), 'manifests must be'],
  ['kubectl', called(cluster, 'kubectl', 'get pods', { stdn: '' }), 'did you mean stdin?'],
  ['kubectlWatch', called(cluster, 'kubectlWatch', 5), 'command must be'],
  ['exec', called(cluster, 'exec', 'web', 'ls', { continer: 'x' }), 'did you mean container?'],
  ['logs', called(cluster, 'logs', 'web', { tail: 5 }), 'unknown option tail'],
  ['in', called(cluster, 'in'), 'namespace must be a string'],
  ['resource', called(cluster, 'resource', 5), 'name must be a string'],
  ['advance', called(cluster, 'advance'), "such as '5m'"],
  ['advance in words', called(cluster, 'advance', '5 minutes'), "such as '5m'"],
  ['until', called(cluster, 'until', () => true, { timeuot: '1m' }), 'did you mean timeout?'],
  ['until with a text', called(cluster, 'until', () => 'yes'), 'must return true or false'],
  ['as', called(cluster, 'as', { usr: 'jane' }), 'did you mean identity.user?'],
  ['can', called(cluster, 'can', 'jane', 'list', 'pods', { namespce: 'x' }), 'did you mean namespace?'],
  ['can without a resource', called(cluster, 'can', 'jane', 'list'), 'what must be a string'],
  ['why', called(cluster, 'why', 'pods'), 'name must be'],
  ['node', called(cluster, 'node', 'nod-1'), 'did you mean node-1?'],
  ['addNode', called(cluster, 'addNode', { name: 'x', zon: 'a' }), 'did you mean node.zone?'],
  ['component', called(cluster, 'component', 'kube-schedular'), 'did you mean kube-scheduler?'],
  ['on', called(cluster, 'on', 'scheduld', () => undefined), "did you mean 'scheduled'?"],
  ['onCopy', called(cluster, 'onCopy'), 'observe must be a function'],
  ['fork', called(cluster, 'fork', { sed: 1 }), 'did you mean seed?'],
  ['rewind', called(cluster, 'rewind', {}), 'snapshot must be'],
  ['SimCluster.restore', called(SimCluster, 'restore', cluster.snapshot(), { sed: 1 }), 'did you mean seed?'],
  ['SimCluster.fromJSON', called(SimCluster, 'fromJSON', cluster.toJSON(), { sed: 1 }), 'did you mean seed?'],
  [
    'SimCluster.fromObjects',
    called(SimCluster, 'fromObjects', [], { verson: 'v1.35' }),
    'did you mean version?',
  ],
  [
    'SimCluster.fromEtcdStore',
    called(SimCluster, 'fromEtcdStore', cluster.internals.etcd, { verson: 'v1.35' }),
    'did you mean version?',
  ],
  ['client.list', called(cluster.client, 'list', 'pods', { namespce: 'x' }), 'did you mean namespace?'],
  [
    'client.delete',
    called(cluster.as('jane'), 'delete', 'pods', { name: 'web' }, { dryrun: true }),
    'did you mean dryRun?',
  ],
  ['node.drain', called(node, 'drain', { timeuot: '1m' }), 'did you mean timeout?'],
  ['node.remove', called(node, 'remove', { keepObjects: true }), 'did you mean keepObject?'],
  ['node.setSystemUsage', called(node, 'setSystemUsage', { memry: 1 }), 'did you mean usage.memory?'],
  [
    'node.setContainerUsage',
    called(node, 'setContainerUsage', 'web', { cpus: 1 }),
    'did you mean usage.cpu?',
  ],
  [
    'network.connect',
    called(cluster.network, 'connect', { form: 'web', to: 'web', port: 80 }),
    'did you mean from?',
  ],
  ['network.resolve', called(cluster.network, 'resolve', 'web', 'kubernetes', 'AA'), 'type must be one of'],
  [
    'metrics.setUsage',
    called(cluster.metrics, 'setUsage', { namespace: 'x' }, { cpus: '1' }),
    'did you mean usage.cpu?',
  ],
  [
    'metrics.setExternalMetric',
    called(cluster.metrics, 'setExternalMetric', 'q', 1, { label: {} }),
    'did you mean labels?',
  ],
  ['state.peek', called(cluster.state, 'peek', 'pods', { namespce: 'x' }), 'did you mean namespace?'],
  ['state.views', called(cluster.state, 'views', { componnt: 'x' }), 'did you mean component?'],
  ['http.fetch', called(cluster.http, 'fetch', '/api', { ass: 'jane' }), 'unknown option ass'],
]

test.each(METHODS)(
  'cluster.%s refuses a wrong key or type, and says what was meant',
  async (_, call, says) => {
    await expect(async () => call()).rejects.toThrow(says)
  },
)

test('selectors may be objects', () => {
  cluster.kubectl('run labelled --image=nginx --labels=app=x')
  const names = (options: Parameters<typeof cluster.list<'pods'>>[1]): readonly string[] =>
    cluster.list('pods', options).items.map(({ metadata }) => metadata.name)
  expect(names({ labelSelector: { app: 'x' } })).toEqual(['labelled'])
  expect(names({ labelSelector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] } })).toEqual([
    'web',
  ])
  expect(names({ labelSelector: {} })).toEqual(['labelled', 'web'])
  expect(names({ fieldSelector: { 'metadata.name': 'web' } })).toEqual(['web'])
  expect(cluster.client.list('pods', { labelSelector: { app: 'x' } }).items).toHaveLength(1)
  expect(cluster.state.peek('pods', { labelSelector: { app: 'x' } })).toHaveLength(1)
})
