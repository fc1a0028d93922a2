import * as fc from 'fast-check'
import * as main from 'simcluster'
import * as explore from 'simcluster/explore'
import * as host from 'simcluster/host'
import * as matching from 'simcluster/matchers'
import * as netpol from 'simcluster/netpol'
import * as rbac from 'simcluster/rbac'
import * as real from 'simcluster/real'
import { serve } from 'simcluster/server'
import * as testing from 'simcluster/testing'
import * as view from 'simcluster/view'
import { called, cluster, connection, policy, role, type Row } from './calls.js'
import { componentHandles } from './component-handles.js'

const { SimCluster } = main
const { matchers } = matching
const webKey = { namespace: 'default', name: 'web' }
const web = cluster.get('pods', 'web')
const watch = cluster.client.watch('pods')
const hosts = componentHandles()
const world = netpol.compileWorld({ policies: [policy as netpol.WorldPolicy] })
const access = rbac.compileAccess([role as main.KubeObject])
const arbitrary = testing.arbitraries(fc)
const [schedule] = fc.sample(explore.exploration(fc, cluster), 1)

/** Handles with methods, for what is not exported by name. */
export const node: main.NodeHandle = cluster.node('node-1')
export const custom: object = cluster.resource('pods')
export const terminal: host.Host = host.hostOf(cluster, 'master')
export const served: Awaited<ReturnType<typeof serve>> = await serve(cluster.fork(), {
  etcd: {},
  time: 'virtual',
})

/** Calls of what has a namespace: a cluster, and a part of it. */
const inNamespace = (type: string, scope: object): readonly Row[] => [
  [`${type}.list`, called(scope, 'list', 'pods', { namespce: 'x' }), 'did you mean namespace?'],
  [
    `${type}.list with a selector of numbers`,
    called(scope, 'list', 'pods', { labelSelector: { app: 1 } }),
    'labelSelector must be',
  ],
  [`${type}.watch`, called(scope, 'watch', 'pods', { labelSelectr: 'a' }), 'did you mean labelSelector?'],
  [`${type}.get`, called(scope, 'get', 'pods'), "name must be a name such as 'web'"],
  [
    `${type}.create`,
    called(scope, 'create', 'pods', { metadata: { name: 'x' } }, { dryrun: true }),
    'did you mean dryRun?',
  ],
  [`${type}.update`, called(scope, 'update', 'pods', 'web'), 'object must be an object'],
  [
    `${type}.patch`,
    called(scope, 'patch', 'pods', 'web', { type: 'strategc', body: {} }),
    "did you mean 'strategic'?",
  ],
  [`${type}.edit`, called(scope, 'edit', 'pods', 'web'), 'recipe must be a function'],
  [
    `${type}.delete`,
    called(scope, 'delete', 'pods', 'web', { gracePeriod: 0 }),
    'unknown option gracePeriod',
  ],
  [`${type}.apply`, called(scope, 'apply', 5), 'manifests must be'],
  [`${type}.kubectl`, called(scope, 'kubectl', 'get pods', { stdn: '' }), 'did you mean stdin?'],
  [`${type}.kubectlWatch`, called(scope, 'kubectlWatch', 5), 'command must be'],
  [`${type}.exec`, called(scope, 'exec', 'web', 'ls', { continer: 'x' }), 'did you mean container?'],
  [`${type}.logs`, called(scope, 'logs', 'web', { tail: 5 }), 'unknown option tail'],
  [`${type}.in`, called(scope, 'in'), 'namespace must be a string'],
  [`${type}.resource`, called(scope, 'resource', 5), 'name must be a string'],
  [`${type}.evict`, called(scope, 'evict', 'web', { gracePeriod: 0 }), 'unknown option gracePeriod'],
]

/** Calls of a client, of a user or of a component. */
const ofClient = (type: string, client: object): readonly Row[] => [
  [`${type}.list`, called(client, 'list', 'pods', { namespce: 'x' }), 'did you mean namespace?'],
  [
    `${type}.delete`,
    called(client, 'delete', 'pods', { name: 'web' }, { dryrun: true }),
    'did you mean dryRun?',
  ],
  [`${type}.get`, called(client, 'get', 'pods', 'web'), 'key must be an object'],
  [`${type}.watch`, called(client, 'watch', 'pods', { namespce: 'x' }), 'did you mean namespace?'],
  [`${type}.create`, called(client, 'create', 'pods', {}, { dryrun: true }), 'did you mean dryRun?'],
  [`${type}.update`, called(client, 'update', 'pods', 'web'), 'object must be an object'],
  [`${type}.updateStatus`, called(client, 'updateStatus', 'pods', 'x'), 'object must be an object'],
  [`${type}.patch`, called(client, 'patch', 'pods', { name: 'web' }, { type: 'x' }), 'type'],
  [
    `${type}.deleteCollection`,
    called(client, 'deleteCollection', 'pods', { namespce: 'x' }),
    'did you mean list.namespace?',
  ],
  [
    `${type}.createSubresource`,
    called(client, 'createSubresource', 'pods', { name: 'web' }),
    'subresource must be',
  ],
  [`${type}.getSubresource`, called(client, 'getSubresource', 'pods', {}, 5), 'subresource must be'],
  [`${type}.logs`, called(client, 'logs', webKey, { tailLine: 5 }), 'did you mean tailLines?'],
  [`${type}.exec`, called(client, 'exec', webKey, { comand: ['ls'] }), 'did you mean command?'],
  [`${type}.attach`, called(client, 'attach', webKey, { stdou: true }), 'did you mean stdout?'],
  [`${type}.portForward`, called(client, 'portForward', webKey, '80'), 'port must be a number'],
]

const WRONG_OF_HANDLES: readonly Row[] = [
  ['SimCluster.advance', called(cluster, 'advance'), "such as '5m'"],
  ['SimCluster.advance in words', called(cluster, 'advance', '5 minutes'), "such as '5m'"],
  ['SimCluster.until', called(cluster, 'until', () => true, { timeuot: '1m' }), 'did you mean timeout?'],
  ['SimCluster.until with a text', called(cluster, 'until', () => 'yes'), 'must return true or false'],
  ['SimCluster.as', called(cluster, 'as', { usr: 'jane' }), 'did you mean identity.user?'],
  [
    'SimCluster.can',
    called(cluster, 'can', 'jane', 'list', 'pods', { namespce: 'x' }),
    'did you mean namespace?',
  ],
  ['SimCluster.can without a resource', called(cluster, 'can', 'jane', 'list'), 'what must be a string'],
  [
    'SimCluster.explainFlow',
    called(cluster, 'explainFlow', 'jane', 'list', 'pods', { limt: 5 }),
    'did you mean limit?',
  ],
  ['SimCluster.why', called(cluster, 'why', 'pods'), 'name must be'],
  ['SimCluster.dump', called(cluster, 'dump', { lng: 'ko' }), 'did you mean lang?'],
  ['SimCluster.node', called(cluster, 'node', 'nod-1'), 'did you mean node-1?'],
  ['SimCluster.addNode', called(cluster, 'addNode', { name: 'x', zon: 'a' }), 'did you mean node.zone?'],
  ['SimCluster.component', called(cluster, 'component', 'kube-schedular'), 'did you mean kube-scheduler?'],
  ['SimCluster.on', called(cluster, 'on', 'scheduld', () => undefined), "did you mean 'scheduled'?"],
  ['SimCluster.onCopy', called(cluster, 'onCopy'), 'observe must be a function'],
  ['SimCluster.fork', called(cluster, 'fork', { sed: 1 }), 'did you mean seed?'],
  ['SimCluster.rewind', called(cluster, 'rewind', {}), 'snapshot must be'],
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
  ['NodeHandle.drain', called(node, 'drain', { timeuot: '1m' }), 'did you mean timeout?'],
  ['NodeHandle.remove', called(node, 'remove', { keepObjects: true }), 'did you mean keepObject?'],
  ['NodeHandle.setSystemUsage', called(node, 'setSystemUsage', { memry: 1 }), 'did you mean usage.memory?'],
  [
    'NodeHandle.setContainerUsage',
    called(node, 'setContainerUsage', 'web', { cpus: 1 }),
    'did you mean usage.cpu?',
  ],
  [
    'NetworkFacet.connect',
    called(cluster.network, 'connect', { form: 'web', to: 'web', port: 80 }),
    'did you mean from?',
  ],
  [
    'NetworkFacet.resolve',
    called(cluster.network, 'resolve', 'web', 'kubernetes', 'AA'),
    'type must be one of',
  ],
  [
    'ClusterMetrics.setUsage',
    called(cluster.metrics, 'setUsage', { namespace: 'x' }, { cpus: '1' }),
    'did you mean usage.cpu?',
  ],
  [
    'ClusterMetrics.setExternalMetric',
    called(cluster.metrics, 'setExternalMetric', 'q', 1, { label: {} }),
    'did you mean labels?',
  ],
  ['StateFacet.peek', called(cluster.state, 'peek', 'pods', { namespce: 'x' }), 'did you mean namespace?'],
  ['StateFacet.views', called(cluster.state, 'views', { componnt: 'x' }), 'did you mean component?'],
  ['HttpFacet.fetch', called(cluster.http, 'fetch', '/api', { ass: 'jane' }), 'unknown option ass'],
  ['SimCluster.explainScheduling', called(cluster, 'explainScheduling', 5), 'pod must be'],
  ['SimCluster.story', called(cluster, 'story', { sinc: '1m' }), 'did you mean since?'],
  ['SimCluster.process', called(cluster, 'process', 'kube-schedular'), 'did you mean kube-scheduler?'],
  ['SimCluster.fromEtcdSnapshot', called(SimCluster, 'fromEtcdSnapshot', 'snapshot.db'), 'must be bytes'],
  ['Internals.onStep', called(cluster.internals, 'onStep', 5), 'check must be a function'],
  ['Internals.until', called(cluster.internals, 'until', () => true, '5 minutes'), 'timeout must be'],
  ['Internals.step', called(cluster.internals, 'step', 5), 'entry must be an object'],
  ['Internals.roleOf', called(cluster.internals, 'roleOf', 'x'), 'entry must be an object'],
  ['Internals.processOf', called(cluster.internals, 'processOf'), 'component must be'],
  ['Internals.informerOf', called(cluster.internals, 'informerOf'), 'entry must be an object'],
  ['Internals.withhold', called(cluster.internals, 'withhold', 5), 'entry must be an object'],
  ['Internals.wake', called(cluster.internals, 'wake', 'kube-scheduler'), 'entry must be an object'],
  ['Internals.release', called(cluster.internals, 'release', 5), 'entry must be an object'],
  ['ApiserverHandle.startAfter', called(cluster.apiserver, 'startAfter', '5 minutes'), 'write 5m'],
  ['Internals.advanceToNext', called(cluster.internals, 'advanceToNext', '5m'), 'limit must be virtual ms'],
  ['Internals.passQuietly', called(cluster.internals, 'passQuietly', '5m'), 'limit must be virtual ms'],
  ['Internals.moveInPieces', called(cluster.internals, 'moveInPieces', '5 minutes'), "or 'rest'"],
  ['Internals.setGate', called(cluster.internals, 'setGate', {}), 'gate must be a function'],
  ['Internals.observeReads', called(cluster.internals, 'observeReads', () => 1), 'look must be a function'],
  ['Internals.setStaleReads', called(cluster.internals, 'setStaleReads', 'x', '5'), 'revision must be'],
  ['Internals.extensionState', called(cluster.internals, 'extensionState', 'x', {}), 'initial must be'],
  ['Internals.interceptWebhooks', called(cluster.internals, 'interceptWebhooks', {}), 'post must be'],
  ['Internals.connectKubelets', called(cluster.internals, 'connectKubelets', {}), 'agentOf must be'],
  ['Internals.readStoredProtobuf', called(cluster.internals, 'readStoredProtobuf', 5), 'decoder must be'],
  [
    'VersionsFacet.featureGateHistory',
    called(cluster.versions, 'featureGateHistory', 'SidecarContainer'),
    'did you mean SidecarContainers?',
  ],
  ['StateFacet.changedSince', called(cluster.state, 'changedSince', 'now'), 'revision must be a number'],
  ['StateFacet.isConnected', called(cluster.state, 'isConnected', 5), 'component must be'],
  ['StateFacet.security', called(cluster.state, 'security', 5), 'pod must be'],
  [
    'HttpFacet.handle',
    called(cluster.http, 'handle', { methd: 'GET', path: '/api' }),
    'request.method must be',
  ],
  ['HttpFacet.handleStreaming', called(cluster.http, 'handleStreaming', { path: '/api' }), 'request.method'],
  ['NetworkFacet.send', called(cluster.network, 'send', {}, { pth: '/' }), 'did you mean send.path?'],
  ['ClusterMetrics.setLoad', called(cluster.metrics, 'setLoad', { namespce: 'x' }, {}), 'did you mean'],
  ['ClusterMetrics.setPodMetric', called(cluster.metrics, 'setPodMetric', 'x'), 'pod must be'],
  [
    'ClusterMetrics.setObjectMetric',
    called(cluster.metrics, 'setObjectMetric', 'x', { knd: 'y' }),
    'did you mean',
  ],
  ['NodeHandle.staticPod', called(node, 'staticPod', 'web.yaml'), 'pod must be a Pod of v1'],
  ['NodeHandle.removeStaticPod', called(node, 'removeStaticPod'), 'file must be'],
  ['KubeletHandle.install', called(node.kubelet, 'install', 1.35), 'version must be'],
  ['CustomResource.get', called(custom, 'get', 5), 'name must be'],
  ['CustomResource.list', called(custom, 'list', { namespce: 'x' }), 'did you mean namespace?'],
  ['CustomResource.create', called(custom, 'create', {}, { dryrun: true }), 'did you mean dryRun?'],
  ['CustomResource.update', called(custom, 'update', 5), 'object must be'],
  ['CustomResource.patch', called(custom, 'patch', 'x', { type: 'y' }), 'type'],
  ['CustomResource.edit', called(custom, 'edit', 'x'), 'recipe must be'],
  ['CustomResource.delete', called(custom, 'delete', 'x', { gracePeriod: 1 }), 'unknown option gracePeriod'],
  ['CustomResource.watch', called(custom, 'watch', { labelSelectr: 'x' }), 'did you mean labelSelector?'],
  ['Host.on', called(terminal, 'on', 5), 'cluster must be a SimCluster'],
  ['Host.sh', called(terminal, 'sh', ['ls']), 'script must be'],
  ['Host.read', called(terminal, 'read', 5), 'path must be'],
  ['Host.write', called(terminal, 'write', '/x', 5), 'content must be'],
  ['Host.edit', called(terminal, 'edit', '/x', 'y'), 'change must be a function'],
  ['Host.remove', called(terminal, 'remove'), 'path must be'],
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
  ['matchers.toAllow', called(matchers, 'toAllow', { policies: [] }, { form: 'x' }), 'did you mean from?'],
  ['matchers.toDeny', called(matchers, 'toDeny', { policies: [] }, { form: 'x' }), 'did you mean from?'],
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
  // what clients and components hold
  ['Watch.next', called(watch, 'next', 'all'), 'takes the most events'],
  ['Watch.onReady', called(watch, 'onReady'), 'takes a function'],
  [
    'ComponentHost.informer',
    called(hosts.host, 'informer', 'pods', { indexrs: {} }),
    'did you mean indexers?',
  ],
  [
    'ComponentHost.informer by labels',
    called(hosts.host, 'informer', 'pods', { labelSelector: { a: 'b' } }),
    'must be a text',
  ],
  [
    'ComponentHost.recorder',
    called(hosts.host, 'recorder', { compnent: 'x' }),
    'must have the name of a component',
  ],
  [
    'ComponentHost.workQueue',
    called(hosts.host, 'workQueue', 'q', () => 1, { maxRetires: 1 }),
    'did you mean maxRetries?',
  ],
  ['ComponentHost.handle', called(hosts.host, 'handle', 'tick', {}), 'takes a topic and a function'],
  ['ComponentHost.state', called(hosts.host, 'state', 'seen', {}), 'takes a name and a function'],
  ['ComponentHost.log', called(hosts.host, 'log', 'warn', 'x'), 'level must be one of'],
  [
    'ControllerContext.addQueue',
    called(hosts.context, 'addQueue', { nme: 'x' }, () => 1),
    'did you mean name?',
  ],
  [
    'EventRecorder.event',
    called(hosts.recorder, 'event', { object: {}, kind: 'Pod' }, 'Warning', 'x', 'y'),
    'target must have',
  ],
  [
    'EventRecorder.event of a type',
    called(hosts.recorder, 'event', { object: web, kind: 'Pod', apiVersion: 'v1' }, 'Warn', 'x', 'y'),
    "type must be 'Normal' or 'Warning'",
  ],
  ['Informer.get', called(hosts.informer, 'get', web), 'that of an object is keyOf(object)'],
  ['Informer.byIndex', called(hosts.informer, 'byIndex', 'nod', 'x'), 'did you mean node?'],
  ['Informer.onChange', called(hosts.informer, 'onChange', {}), 'takes a function'],
  ['WorkQueue.add', called(hosts.queue, 'add', web), 'that of an object is keyOf(object)'],
  ['WorkQueue.addAfter', called(hosts.queue, 'addAfter', 'a/b', '5 minutes'), 'not a duration'],
  ['WorkQueue.addRateLimited', called(hosts.queue, 'addRateLimited'), 'takes keys'],
  ['WorkQueue.forget', called(hosts.queue, 'forget', web), 'takes keys'],
  ['WorkQueue.failures', called(hosts.queue, 'failures', 5), 'takes keys'],
  ['ImageContext.readFile', called(hosts.image, 'readFile'), 'takes a path'],
  [
    'KindSchema.parse',
    called(main.kindSchema('apps/v1', 'Deployment'), 'parse', { spec: { replicas: 'two' } }),
    'replicas',
  ],
  // prepared for many questions
  ['CompiledWorld.allows', called(world, 'allows', { ...connection, prot: 1 }), 'did you mean port?'],
  ['CompiledWorld.evaluate', called(world, 'evaluate', { ...connection, prot: 1 }), 'did you mean port?'],
  ['CompiledWorld.cell', called(world, 'cell', {}, 'ingres', {}), "must be 'ingress' or 'egress'"],
  ['CompiledWorld.removePod', called(world, 'removePod', 'web'), "such as 'default/web'"],
  ['CompiledWorld.removeNamespace', called(world, 'removeNamespace', { name: 'x' }), "such as 'shop'"],
  ['CompiledWorld.removeNode', called(world, 'removeNode'), "such as 'node-1'"],
  [
    'CompiledWorld.removePolicy',
    called(world, 'removePolicy', { kind: 'NetworkPolcy', name: 'x' }),
    "did you mean 'NetworkPolicy'?",
  ],
  ['CompiledWorld.setPod', called(world, 'setPod', { name: 'x' }), 'metadata.name: Required value'],
  ['CompiledWorld.setNamespace', called(world, 'setNamespace', 'shop'), 'must be an object'],
  ['CompiledWorld.setNode', called(world, 'setNode', {}), 'metadata.name: Required value'],
  ['CompiledWorld.setPolicy', called(world, 'setPolicy', { kind: 'NetworkPolcy' }), 'supported values'],
  ['CompiledWorld.setDomains', called(world, 'setDomains', { 'a.com': '10.0.0.1' }), 'domains.a.com'],
  ['Reachability.groupOf', called(netpol.reachability(world), 'groupOf', 'web'), 'must be namespace/name'],
  [
    'Reachability.toText',
    called(netpol.reachability(world), 'toText', { lang: 'fr' }),
    "must be one of 'en', 'ko'",
  ],
  [
    'Reachability.toSvg',
    called(netpol.reachability(world), 'toSvg', { language: 'ko' }),
    'unknown option language',
  ],
  ['Reachability.reach', called(netpol.reachability(world), 'reach', 0, 0, 99), 'there is no port class 99'],
  [
    'CompiledAccess.allows',
    called(access, 'allows', { user: 'x', verb: 'get', resorce: 'y' }),
    'did you mean query.resource?',
  ],
  [
    'CompiledAccess.authorize',
    called(access, 'authorize', { usr: 'x', verb: 'get' }),
    'did you mean query.user?',
  ],
  ['CompiledAccess.put', called(access, 'put', { metadata: {} }), 'object.kind must be a string'],
  ['CompiledAccess.remove', called(access, 'remove', 'view'), 'object must be an object'],
  // certificates
  ['Pki.read', called(cluster.pki, 'read', 'ca.crt'), 'path must be absolute'],
  ['Pki.read of no file', called(cluster.pki, 'read', '/etc/kubernetes/pki/caa.crt'), 'no such file'],
  ['Pki.find', called(cluster.pki, 'find'), 'path must be absolute'],
  ['Pki.original', called(cluster.pki, 'original', 'ca.crt'), 'path must be absolute'],
  ['Pki.isChanged', called(cluster.pki, 'isChanged', '/x', 5), 'node must be the name of a node'],
  ['Pki.write', called(cluster.pki, 'write', '/x', { pem: 'x' }), 'must be written as text'],
  ['Pki.remove', called(cluster.pki, 'remove', 'ca.crt'), 'path must be absolute'],
  ['Pki.paths', called(cluster.pki, 'paths', {}), 'node must be the name of a node'],
  ['Pki.inventory', called(cluster.pki, 'inventory', 5), 'node must be the name of a node'],
  ['Pki.joined', called(cluster.pki, 'joined', {}), 'node must be the name of a node'],
  ['Pki.forget', called(cluster.pki, 'forget', {}), 'node must be the name of a node'],
  ['Pki.authority', called(cluster.pki, 'authority', 'front-proxy-cas'), "did you mean 'front-proxy-ca'?"],
  ['Pki.sign', called(cluster.pki, 'sign', { subjct: {} }, {}), 'did you mean spec.subject?'],
  [
    'Pki.clientCertificate',
    called(cluster.pki, 'clientCertificate', { commonName: 'x' }, { notBefor: 0 }),
    'did you mean validity.notBefore?',
  ],
  ['Pki.identify', called(cluster.pki, 'identify', 'PEM', 0), 'certificates must be an array'],
  ['Pki.key', called(cluster.pki, 'key'), 'a purpose must be a text'],
  ['Pki.serialOf', called(cluster.pki, 'serialOf', {}), 'a purpose must be a text'],
  // snapshots, servers, recordings
  ['ClusterSnapshot.fromFile', called(main.ClusterSnapshot, 'fromFile', 'cluster.snapshot'), 'must be bytes'],
  ['ClusterSnapshot.fromJSON', called(main.ClusterSnapshot, 'fromJSON', '{}'), 'parse the text first'],
  ['ClusterSnapshot.fromLines', called(main.ClusterSnapshot, 'fromLines', '{}'), 'must be lines'],
  ['ClusterServer.kubeconfig', called(served, 'kubeconfig', { usr: 'x' }), 'did you mean user?'],
  [
    'ClusterServer.writeKubeconfig',
    called(served, 'writeKubeconfig', { user: 'x' }),
    'path must be a string',
  ],
  ['ClusterServer.writeCredentials', called(served, 'writeCredentials'), 'folder must be a string'],
  ['EtcdServer.writeCredentials', called(served.etcd ?? {}, 'writeCredentials'), 'folder must be a string'],
  ['EtcdServer.renew', called(served.etcd ?? {}, 'renew', cluster), 'must be an EtcdStore'],
  ['HttpFacet.identify', called(cluster.http, 'identify', { heders: {} }), 'did you mean request.headers?'],
  ['Recording.goTo', called(view.recordFrames(cluster.fork()), 'goTo', '1'), 'index must be a number'],
  ['Schedule.run', called(schedule ?? {}, 'run', 'scale'), 'act must be a function'],
  ['Arbitraries.netpol', called(arbitrary, 'netpol', { vocabulry: {} }), 'did you mean vocabulary?'],
  [
    'Arbitraries.objects',
    called(arbitrary, 'objects', 'apps/v1', 'Deployment', { bas: {} }),
    'did you mean base?',
  ],
  ['Arbitraries.rbac', called(arbitrary, 'rbac', { user: [] }), 'did you mean users?'],
  [
    'NetpolArbitraries.connectionIn',
    called(arbitrary.netpol(), 'connectionIn', {}),
    'world.pods must be an array',
  ],
]

/** Calls of a cluster as a test sees it, simulated or real. */
const test = real.simulated(cluster)
const WRONG_OF_TESTS: readonly Row[] = [
  ['TestCluster.in', called(test, 'in'), 'namespace must be a string'],
  ['TestCluster.get', called(test, 'get', 'pods'), 'name must be a name'],
  ['TestCluster.list', called(test, 'list', 'pods', { namespce: 'x' }), 'did you mean namespace?'],
  ['TestCluster.create', called(test, 'create', 'pods', 'web'), 'object must be an object'],
  [
    'TestCluster.patch',
    called(test, 'patch', 'pods', 'web', { type: 'mrge', body: {} }),
    "did you mean 'merge'?",
  ],
  ['TestCluster.edit', called(test, 'edit', 'pods', 'web', {}), 'recipe must be a function'],
  ['TestCluster.delete', called(test, 'delete', 'pods'), 'name must be a name'],
  ['TestCluster.apply', called(test, 'apply', 5), 'manifests must be'],
  ['TestCluster.kubectl', called(test, 'kubectl', 5), 'command must be'],
  ['TestCluster.exec', called(test, 'exec', 'web'), 'command must be'],
  ['TestCluster.logs', called(test, 'logs', 'web', { contaner: 'x' }), 'did you mean container?'],
  ['TestCluster.can', called(test, 'can', 'list', 'pods', { namespce: 'x' }), 'did you mean namespace?'],
  ['TestCluster.until', called(test, 'until', () => true, { timeuot: '1m' }), 'did you mean timeout?'],
  ['TestCluster.advance', called(test, 'advance', '5 minutes'), "such as '5m'"],
]

/** Calls of the methods of what the package's functions return, and hand to callbacks. */
export const WRONG_METHODS: readonly Row[] = [
  ...inNamespace('SimCluster', cluster),
  ...inNamespace('NamespaceScope', cluster.in('default')),
  ...ofClient('UserClient', cluster.as('jane')),
  ...ofClient('Client', hosts.host.client),
  ...WRONG_OF_HANDLES,
  ...WRONG_OF_TESTS,
]
