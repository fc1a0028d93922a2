import { describe, expect, test } from 'vitest'
import * as main from 'simcluster'
import * as assertions from 'simcluster/assert'
import * as clientNode from 'simcluster/client-node'
import * as etcd from 'simcluster/etcd'
import * as explore from 'simcluster/explore'
import * as lessons from 'simcluster/lessons'
import * as matching from 'simcluster/matchers'
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

const found = { version: 1, root: {}, choices: [] }

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
    resourceName: [called(main, 'resourceName', 'widgets'), 'widgets.example.com'],
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
    planUpgrade: [called(testing, 'planUpgrade', '', { form: 'v1.34' }), 'did you mean from?'],
    rehearseUpgrade: [called(testing, 'rehearseUpgrade', cluster, { too: 'v1.36' }), 'did you mean to?'],
    whatIf: [called(testing, 'whatIf', cluster, ['crsh node-1']), 'did you mean crash?'],
    scenarios: [called(testing, 'scenarios', cluster, { each: 'node', pair: true }), 'did you mean pairs?'],
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
  explore: {
    ActionFailed: 'no options',
    NotRepeated: 'no options',
    SharedState: 'no options',
    describeChoice: 'no options',
    explore: [called(explore, 'explore', cluster, { serach: { delays: 1 } }), 'did you mean search?'],
    exploration: [called(explore, 'exploration', {}, cluster), 'must be fast-check'],
    replay: [called(explore, 'replay', found, { component: [] }), 'did you mean components?'],
    narrate: [called(explore, 'narrate', found, { upT: 1 }), 'did you mean upTo?'],
    storySvg: [called(explore, 'storySvg', { ...found, version: 2 }), 'found.version must be 1'],
  },
  lessons: {
    openDesk: [called(lessons, 'openDesk', 'budget'), 'lesson must be an object'],
    judge: [called(lessons, 'judge', lessons.LESSONS[0], cluster), 'desk.cluster must be a SimCluster'],
    isSolved: [called(lessons, 'isSolved', lessons.LESSONS[0]), 'desk must be an object'],
  },
  // its functions are matchers, below
  matchers: {},
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
  explore,
  lessons,
  matchers: matching,
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
const webKey = { namespace: 'default', name: 'web' }
const custom = cluster.resource('pods')
const terminal = host.hostOf(cluster, 'master')
const { matchers } = matching
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
  ['client.get', called(cluster.client, 'get', 'pods', 'web'), 'key must be an object'],
  ['client.watch', called(cluster.client, 'watch', 'pods', { namespce: 'x' }), 'did you mean namespace?'],
  ['client.create', called(cluster.client, 'create', 'pods', {}, { dryrun: true }), 'did you mean dryRun?'],
  ['client.update', called(cluster.client, 'update', 'pods', 'web'), 'object must be an object'],
  ['client.updateStatus', called(cluster.client, 'updateStatus', 'pods', 'x'), 'object must be an object'],
  ['client.patch', called(cluster.client, 'patch', 'pods', { name: 'web' }, { type: 'x' }), 'type'],
  [
    'client.deleteCollection',
    called(cluster.client, 'deleteCollection', 'pods', { namespce: 'x' }),
    'did you mean list.namespace?',
  ],
  [
    'client.createSubresource',
    called(cluster.client, 'createSubresource', 'pods', { name: 'web' }),
    'subresource must be',
  ],
  ['client.getSubresource', called(cluster.client, 'getSubresource', 'pods', {}, 5), 'subresource must be'],
  ['client.logs', called(cluster.client, 'logs', webKey, { tailLine: 5 }), 'did you mean tailLines?'],
  ['client.exec', called(cluster.client, 'exec', webKey, { comand: ['ls'] }), 'did you mean command?'],
  ['client.attach', called(cluster.client, 'attach', webKey, { stdou: true }), 'did you mean stdout?'],
  ['client.portForward', called(cluster.client, 'portForward', webKey, '80'), 'port must be a number'],
  ['evict', called(cluster, 'evict', 'web', { gracePeriod: 0 }), 'unknown option gracePeriod'],
  ['explainScheduling', called(cluster, 'explainScheduling', 5), 'pod must be'],
  ['story', called(cluster, 'story', { sinc: '1m' }), 'did you mean since?'],
  ['process', called(cluster, 'process', 'kube-schedular'), 'did you mean kube-scheduler?'],
  ['SimCluster.fromEtcdSnapshot', called(SimCluster, 'fromEtcdSnapshot', 'snapshot.db'), 'must be bytes'],
  ['internals.onStep', called(cluster.internals, 'onStep', 5), 'check must be a function'],
  ['internals.until', called(cluster.internals, 'until', () => true, '5 minutes'), 'timeout must be'],
  ['internals.step', called(cluster.internals, 'step', 5), 'entry must be an object'],
  ['internals.roleOf', called(cluster.internals, 'roleOf', 'x'), 'entry must be an object'],
  ['internals.processOf', called(cluster.internals, 'processOf'), 'component must be'],
  ['internals.informerOf', called(cluster.internals, 'informerOf'), 'entry must be an object'],
  ['internals.withhold', called(cluster.internals, 'withhold', 5), 'entry must be an object'],
  ['internals.wake', called(cluster.internals, 'wake', 'kube-scheduler'), 'entry must be an object'],
  ['internals.release', called(cluster.internals, 'release', 5), 'entry must be an object'],
  ['internals.advanceToNext', called(cluster.internals, 'advanceToNext', '5m'), 'limit must be virtual ms'],
  ['internals.passQuietly', called(cluster.internals, 'passQuietly', '5m'), 'limit must be virtual ms'],
  ['internals.setGate', called(cluster.internals, 'setGate', {}), 'gate must be a function'],
  ['internals.observeReads', called(cluster.internals, 'observeReads', () => 1), 'look must be a function'],
  ['internals.setStaleReads', called(cluster.internals, 'setStaleReads', 'x', '5'), 'revision must be'],
  ['internals.extensionState', called(cluster.internals, 'extensionState', 'x', {}), 'initial must be'],
  ['internals.interceptWebhooks', called(cluster.internals, 'interceptWebhooks', {}), 'post must be'],
  ['internals.readStoredProtobuf', called(cluster.internals, 'readStoredProtobuf', 5), 'decoder must be'],
  ['state.changedSince', called(cluster.state, 'changedSince', 'now'), 'revision must be a number'],
  ['state.isConnected', called(cluster.state, 'isConnected', 5), 'component must be'],
  ['state.security', called(cluster.state, 'security', 5), 'pod must be'],
  ['http.handle', called(cluster.http, 'handle', { methd: 'GET', path: '/api' }), 'request.method must be'],
  ['http.handleStreaming', called(cluster.http, 'handleStreaming', { path: '/api' }), 'request.method'],
  ['network.send', called(cluster.network, 'send', {}, { pth: '/' }), 'did you mean send.path?'],
  ['metrics.setLoad', called(cluster.metrics, 'setLoad', { namespce: 'x' }, {}), 'did you mean'],
  ['metrics.setPodMetric', called(cluster.metrics, 'setPodMetric', 'x'), 'pod must be'],
  ['metrics.setObjectMetric', called(cluster.metrics, 'setObjectMetric', 'x', { knd: 'y' }), 'did you mean'],
  ['node.staticPod', called(node, 'staticPod', 'web.yaml'), 'pod must be an object'],
  ['node.removeStaticPod', called(node, 'removeStaticPod'), 'file must be'],
  ['kubelet.install', called(node.kubelet, 'install', 1.35), 'version must be'],
  ['resource.get', called(custom, 'get', 5), 'name must be'],
  ['resource.list', called(custom, 'list', { namespce: 'x' }), 'did you mean namespace?'],
  ['resource.create', called(custom, 'create', {}, { dryrun: true }), 'did you mean dryRun?'],
  ['resource.update', called(custom, 'update', 5), 'object must be'],
  ['resource.patch', called(custom, 'patch', 'x', { type: 'y' }), 'type'],
  ['resource.edit', called(custom, 'edit', 'x'), 'recipe must be'],
  ['resource.delete', called(custom, 'delete', 'x', { gracePeriod: 1 }), 'unknown option gracePeriod'],
  ['resource.watch', called(custom, 'watch', { labelSelectr: 'x' }), 'did you mean labelSelector?'],
  ['host.on', called(terminal, 'on', 5), 'cluster must be a SimCluster'],
  ['host.sh', called(terminal, 'sh', ['ls']), 'script must be'],
  ['host.read', called(terminal, 'read', 5), 'path must be'],
  ['host.write', called(terminal, 'write', '/x', 5), 'content must be'],
  ['host.edit', called(terminal, 'edit', '/x', 'y'), 'change must be a function'],
  ['host.remove', called(terminal, 'remove'), 'path must be'],
  ['matchers.toExist', called(matchers, 'toExist', cluster, 'pods'), 'name must be'],
  ['matchers.toBeReady', called(matchers, 'toBeReady', cluster, 'pods', 5), 'name must be'],
  ['matchers.toHaveRolledOut', called(matchers, 'toHaveRolledOut', cluster, 5), 'must be'],
  [
    'matchers.toHaveCondition',
    called(matchers, 'toHaveCondition', cluster, 'pods', 'web', { typ: 'Ready' }),
    'type must be',
  ],
  ['matchers.toHaveEvent', called(matchers, 'toHaveEvent', cluster, { reson: 'x' }), 'did you mean'],
  ['matchers.toBeScheduledOn', called(matchers, 'toBeScheduledOn', cluster, 'web', 5), 'node must be'],
  ['matchers.toSettle', called(matchers, 'toSettle', {}), 'expected a SimCluster'],
  [
    'matchers.toHoldInvariants',
    called(matchers, 'toHoldInvariants', cluster, { invariant: [] }),
    'did you mean',
  ],
  [
    'matchers.toBeAbleTo',
    called(matchers, 'toBeAbleTo', cluster.as('jane'), 'list', 'pods', { namespce: 'x' }),
    'did you mean',
  ],
  [
    'matchers.toConnect',
    called(matchers, 'toConnect', cluster, { form: 'a', to: 'b' }),
    'did you mean from?',
  ],
  [
    'matchers.toLet',
    called(matchers, 'toLet', cluster, 'jane', 'list', 'pods', { namespce: 'x' }),
    'did you mean',
  ],
  ['matchers.toAllow', called(matchers, 'toAllow', { policies: [] }, { form: 'x' }), 'from: Required value'],
  ['matchers.toDeny', called(matchers, 'toDeny', { policies: [] }, { form: 'x' }), 'from: Required value'],
  ['matchers.toBeEquivalentTo', called(matchers, 'toBeEquivalentTo', [], 5), 'expected policies'],
  [
    'matchers.toBeReachedOnlyBy',
    called(matchers, 'toBeReachedOnlyBy', [], { podSelector: {}, frm: [] }),
    'from',
  ],
  [
    'explorationMatchers.toHoldUnder',
    called(explore.explorationMatchers, 'toHoldUnder', cluster, { serach: {} }),
    'did you mean search?',
  ],
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

/** Whose methods need a row each, and those that take nothing that could be wrong. */
const CHECKED: readonly (readonly [prefix: string, of: object, free: string])[] = [
  ['', cluster, 'now settle step dump summary nodes snapshot toJSON'],
  ['network.', cluster.network, ''],
  ['state.', cluster.state, 'traceHash resources missingReferences unreadable'],
  ['http.', cluster.http, 'identify'],
  ['internals.', cluster.internals, 'pending slices ready componentNames bookmarkWatches'],
  ['apiserver.', cluster.apiserver, 'stop start'],
  ['versions.', cluster.versions, 'components skew featureGates'],
  ['metrics.', cluster.metrics, 'clearUsage'],
  ['node.', node, 'cordon uncordon crash recover reboot partition repair shutdown cancelShutdown'],
  ['kubelet.', node.kubelet, 'stop start restart renewCertificate'],
  ['component.', cluster.component('kube-scheduler'), 'stop start restart logs'],
  ['client.', cluster.client, ''],
  ['resource.', custom, ''],
  ['host.', terminal, ''],
  ['matchers.', matchers, ''],
  ['explorationMatchers.', explore.explorationMatchers, ''],
]

/** The names of the methods of an object, and of those that it inherits. */
function methodsOf(object: object): readonly string[] {
  const names = new Set<string>()
  for (
    let at: object | null = object;
    at !== null && at !== Object.prototype;
    at = Reflect.getPrototypeOf(at)
  )
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (typeof value === 'function' && name !== 'constructor') names.add(name)
  return [...names].toSorted()
}

test.each(CHECKED)('each method of %j has a row in the table of this test', (prefix, of, free) => {
  const rows = METHODS.map(([title]) => title.split(' ')[0] ?? '')
  const checked = rows.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
  const known = [...checked, ...free.split(' ')]
  expect(methodsOf(of).filter((name) => !known.includes(name))).toEqual([])
})
