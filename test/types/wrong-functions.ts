import * as main from 'simcluster'
import * as assertions from 'simcluster/assert'
import * as clientNode from 'simcluster/client-node'
import * as etcd from 'simcluster/etcd'
import * as explore from 'simcluster/explore'
import * as host from 'simcluster/host'
import * as images from 'simcluster/images'
import * as lessons from 'simcluster/lessons'
import * as netpol from 'simcluster/netpol'
import * as pki from 'simcluster/pki'
import * as rbac from 'simcluster/rbac'
import * as real from 'simcluster/real'
import * as server from 'simcluster/server'
import * as testing from 'simcluster/testing'
import * as view from 'simcluster/view'
import * as vitest from 'simcluster/vitest'
import { called, cluster, connection, made, policy, role, type Row } from './calls.js'

const found = { version: 1, root: {}, choices: [] }

/** Calls of the functions and classes that the entries of the package export. */
export const WRONG_FUNCTIONS: readonly Row[] = [
  ['new SimCluster', made(main.SimCluster, { nodse: 1 }), 'did you mean nodes?'],
  ['simcluster:admissionWebhook', called(main, 'admissionWebhook', { decide: 1 }), 'must be a function'],
  [
    'simcluster:defineController',
    called(main, 'defineController', { name: 'c', identity: { name: 'c' }, informrs: {}, setup: () => ({}) }),
    'did you mean informers?',
  ],
  [
    'simcluster:defineImage',
    called(main, 'defineImage', { name: 'app', prots: [80] }),
    'did you mean ports?',
  ],
  [
    'simcluster:effectiveSecurity',
    called(main, 'effectiveSecurity', cluster.get('pods', 'web'), { minr: 34 }),
    'did you mean minor?',
  ],
  ['simcluster:kindSchema', called(main, 'kindSchema', 'v1'), 'kind must be a string'],
  [
    'simcluster:explainScheduling',
    called(main, 'explainScheduling', cluster.get('pods', 'web'), [], [], { verson: 'v1.35' }),
    'did you mean version?',
  ],
  ['pki:testKeys', called(pki, 'testKeys', 'two'), 'must be a'],
  ['testing:failureReport', called(testing, 'failureReport', {}), 'must be a SimCluster'],
  ['testing:preparedCluster', called(testing, 'preparedCluster', { nodse: 1 }), 'did you mean nodes?'],
  [
    'testing:checkInvariants',
    called(testing, 'checkInvariants', cluster, { invariant: [] }),
    'did you mean invariants?',
  ],
  [
    'testing:guardInvariants',
    called(testing, 'guardInvariants', cluster, { invariant: [] }),
    'did you mean invariants?',
  ],
  ['testing:arbitraries', called(testing, 'arbitraries', {}), 'must be fast-check'],
  ['testing:planUpgrade', called(testing, 'planUpgrade', '', { form: 'v1.34' }), 'did you mean from?'],
  [
    'testing:rehearseUpgrade',
    called(testing, 'rehearseUpgrade', cluster, { too: 'v1.36' }),
    'did you mean to?',
  ],
  ['testing:whatIf', called(testing, 'whatIf', cluster, ['crsh node-1']), 'did you mean crash?'],
  [
    'testing:scenarios',
    called(testing, 'scenarios', cluster, { each: 'node', pair: true }),
    'did you mean pairs?',
  ],
  [
    'testing:checkManifests',
    called(testing, 'checkManifests', '', { version: 'v1.35' }),
    'did you mean versions?',
  ],
  [
    'testing:runEscalation',
    called(testing, 'runEscalation', cluster, { usr: 'x' }, { steps: [] }),
    'did you mean',
  ],
  ['testing:performAction', called(testing, 'performAction', cluster, { does: 'crash' }), 'action.do'],
  [
    'testing:runHistory',
    called(testing, 'runHistory', cluster, [], { atEn: () => 1 }),
    'did you mean atEnd?',
  ],
  [
    'client-node:kubeConfigFor',
    called(clientNode, 'kubeConfigFor', cluster, { namespce: 'x' }),
    'did you mean namespace?',
  ],
  ['client-node:settled', called(clientNode, 'settled', cluster, { timeuot: 1 }), 'did you mean timeout?'],
  ['server:commandClient', called(server, 'commandClient', ['true'], { enviroment: {} }), 'unknown option'],
  ['server:serve', called(server, 'serve', cluster, { prt: 1 }), 'did you mean port?'],
  ['server:nodeKeys', called(server, 'nodeKeys', 'many'), 'bits must be a number'],
  ['server:serveEtcd', called(server, 'serveEtcd', cluster, { prt: 1 }), 'did you mean port?'],
  [
    'server:openDurableCluster',
    called(server, 'openDurableCluster', { endpoint: [] }),
    'did you mean endpoints?',
  ],
  [
    'rbac:authorize',
    called(rbac, 'authorize', [role], { user: 'x', verb: 'get', resource: 'pods', namespce: 'x' }),
    'did you mean query.namespace?',
  ],
  [
    'rbac:whoCan',
    called(rbac, 'whoCan', [role], { verb: 'get', resource: 'pods' }, { anyNam: true }),
    'did you mean anyName?',
  ],
  [
    'rbac:reconcileBinding',
    called(rbac, 'reconcileBinding', undefined, {}, { removeExtraSubject: true }),
    'did you mean removeExtraSubjects?',
  ],
  [
    'rbac:reconcileRole',
    called(rbac, 'reconcileRole', undefined, role, { removeExtra: true }),
    'unknown option removeExtra',
  ],
  ['rbac:compileAccess', called(rbac, 'compileAccess', 5), 'must be a cluster, a list of objects, or YAML'],
  [
    'rbac:findEventualAccess',
    called(rbac, 'findEventualAccess', [role], { verb: 'get', resorce: 'pods' }),
    'did you mean action.resource?',
  ],
  [
    'rbac:escalationPaths',
    called(rbac, 'escalationPaths', [role], { user: 'x' }, { dpth: 2 }),
    'did you mean depth?',
  ],
  [
    'netpol:evaluate',
    called(netpol, 'evaluate', { policies: [policy] }, connection, { ownNod: 'both' }),
    'ownNod',
  ],
  [
    'netpol:compileWorld',
    called(netpol, 'compileWorld', { policies: [policy] }, { ownNod: 'both' }),
    'ownNod',
  ],
  ['netpol:reachability', called(netpol, 'reachability', { policies: [policy] }, { prts: [80] }), 'prts'],
  [
    'netpol:explainConnection',
    called(
      netpol,
      'explainConnection',
      { pods: [] },
      { from: 'external', to: 'external', port: 80 },
      { maxRemoval: 1 },
    ),
    'maxRemoval',
  ],
  ['netpol:analysePolicies', called(netpol, 'analysePolicies', [policy], { maxStep: 1 }), 'maxStep'],
  ['netpol:lintPolicies', called(netpol, 'lintPolicies', { polices: [] }), 'polices'],
  ['netpol:policyChanges', called(netpol, 'policyChanges', [policy], [policy], { maxStep: 1 }), 'maxStep'],
  ['netpol:compare', called(netpol, 'compare', [policy], [policy], { maxStep: 1 }), 'maxStep'],
  [
    'netpol:checkReachedOnlyBy',
    called(netpol, 'checkReachedOnlyBy', [policy], { podSelector: {}, frm: [] }),
    'from',
  ],
  ['netpol:readWorld', called(netpol, 'readWorld', { polices: [] }), 'polices'],
  ['netpol:resolveOptions', called(netpol, 'resolveOptions', { ownNod: 'x' }), 'ownNod'],
  ['host:addMachine', called(host, 'addMachine', cluster, 'm1', { labls: {} }), 'did you mean labels?'],
  ['host:hostOf', called(host, 'hostOf', cluster, 'node-9'), 'there is no'],
  ['real:clusters', called(real, 'clusters', { simulate: {} }), 'did you mean simulated?'],
  ['real:connect', called(real, 'connect', { contxt: 'x' }), 'did you mean context?'],
  ['real:fromCluster', called(real, 'fromCluster', { namespace: 'x' }), 'did you mean namespaces?'],
  ['real:recordCluster', called(real, 'recordCluster', { idd: 'x' }), 'unknown option idd'],
  ['real:simulated', called(real, 'simulated', {}), 'must be a SimCluster'],
  ['view:viewOf', called(view, 'viewOf', {}), 'must be a SimCluster'],
  ['view:watchView', called(view, 'watchView', cluster, 5), 'must be a function'],
  [
    'view:toSvg',
    called(view, 'toSvg', view.viewOf(cluster), { namespace: ['x'] }),
    'did you mean namespaces?',
  ],
  [
    'view:toAnimatedSvg',
    called(view, 'toAnimatedSvg', [view.viewOf(cluster)], { namespace: ['x'] }),
    'did you mean namespaces?',
  ],
  ['view:toText', called(view, 'toText', view.viewOf(cluster), { titel: 'x' }), 'did you mean title?'],
  ['view:viewOfEvents', called(view, 'viewOfEvents', cluster, { sinc: 1 }), 'did you mean since?'],
  ['view:recordFrames', called(view, 'recordFrames', cluster, { maxFrame: 5 }), 'did you mean maxFrames?'],
  ['assert:assertRolledOut', called(assertions, 'assertRolledOut', 'web'), 'expected a SimCluster'],
  [
    'assert:assertConnects',
    called(assertions, 'assertConnects', cluster, { ...connection, prot: 80 }),
    'did you mean port?',
  ],
  [
    'assert:assertCan',
    called(assertions, 'assertCan', cluster, 'jane', 'list', 'pods', { namespce: 'x' }),
    'did you mean namespace?',
  ],
  [
    'assert:assertReachedOnlyBy',
    called(assertions, 'assertReachedOnlyBy', [policy], { podSelector: {}, from: [], namespce: 'x' }),
    'namespace?',
  ],
  ['assert:assertHolds', called(assertions, 'assertHolds', cluster, { serach: {} }), 'search'],
  ['explore:explore', called(explore, 'explore', cluster, { serach: { delays: 1 } }), 'did you mean search?'],
  ['explore:exploration', called(explore, 'exploration', {}, cluster), 'must be fast-check'],
  ['explore:replay', called(explore, 'replay', found, { component: [] }), 'did you mean components?'],
  ['explore:narrate', called(explore, 'narrate', found, { upT: 1 }), 'did you mean upTo?'],
  ['explore:storySvg', called(explore, 'storySvg', { ...found, version: 2 }), 'found.version must be 1'],
  ['lessons:openDesk', called(lessons, 'openDesk', 'budget'), 'lesson must be an object'],
  ['lessons:openLesson', called(lessons, 'openLesson', 'budget', { sed: 1 }), 'unknown option sed'],
  ['lessons:drawExam', called(lessons, 'drawExam', 'ckx'), 'name must be'],
  ['lessons:practiceQuestion', called(lessons, 'practiceQuestion', 'rback'), 'subject must be'],
  ['lessons:isRight', called(lessons, 'isRight', { answer: ['yes'] }, 1), 'given must be'],
  ['lessons:gradeTask', called(lessons, 'gradeTask', {}, {}), 'task.lesson must be an object'],
  ['lessons:advise', called(lessons, 'advise', lessons.LESSONS[0], {}, {}), 'desk.cluster must be'],
  ['lessons:drawLesson', called(lessons, 'drawLesson', 'budget', 'one'), 'seed must be'],
  [
    'lessons:judge',
    called(lessons, 'judge', lessons.LESSONS[0], cluster),
    'desk.cluster must be a SimCluster',
  ],
  ['lessons:isSolved', called(lessons, 'isSolved', lessons.LESSONS[0]), 'desk must be an object'],

  ['simcluster:resourceName', called(main, 'resourceName', 'widgets'), 'widgets.example.com'],
  ['simcluster:parseManifests', called(main, 'parseManifests', 5), 'a manifest must be an object, this is 5'],
  [
    'simcluster:isApiError',
    called(main, 'isApiError', new Error('x'), 'NotFuond'),
    "did you mean 'NotFound'?",
  ],
  ['simcluster:ignoreNotFound', called(main, 'ignoreNotFound', {}), 'takes a function'],
  ['simcluster:keyOf', called(main, 'keyOf', { name: 'web' }), 'object must have metadata'],
  ['simcluster:bytesOfText', called(main, 'bytesOfText', 5), 'takes a text, not 5'],
  ['simcluster:textOfBytes', called(main, 'textOfBytes', 'text'), 'takes a Uint8Array, not "text"'],
  ['simcluster:unresolvable', called(main, 'unresolvable', { reason: 'x' }), 'reasons must be texts'],
  ['simcluster:unschedulable', called(main, 'unschedulable'), 'reasons must be texts, not []'],
  ['simcluster:kindSchema of no kind', called(main, 'kindSchema', 'apps/v1', 'Deploymnt'), 'Deploymnt'],
  ['pki:certificateExpiry', called(pki, 'certificateExpiry', cluster), 'must be the PKI of a cluster'],
  ['pki:expiryText', called(pki, 'expiryText', { certificate: [] }, 0), 'certificates must be an array'],
  ['pki:renewCertificates', called(pki, 'renewCertificates', cluster.pki, 'all'), 'now must be a number'],
  ['etcd:snapshotStatus', called(etcd, 'snapshotStatus', 'snapshot.db'), 'takes the bytes of a snapshot'],
  [
    'etcd:formatSnapshotStatus',
    called(etcd, 'formatSnapshotStatus', { hash: 'x', revision: 1, totalKeys: 1, totalSize: 1 }, 'tabel'),
    "as must be 'table' or 'simple', not \"tabel\"",
  ],
  ['testing:referenceTo', called(testing, 'referenceTo', 'pods', { name: 'web' }), 'object.metadata'],
  [
    'testing:aimRequest',
    called(testing, 'aimRequest', [], { user: 'x', verb: 'get', resorce: 'pods' }, 0),
    'did you mean request.resource?',
  ],
  [
    'testing:netpolManifest',
    called(testing, 'netpolManifest', { polices: [] }),
    'did you mean value.policies?',
  ],
  ['rbac:proofErrors', called(rbac, 'proofErrors', [role], {}, {}), 'verdict.allowed must be true or false'],
  ['rbac:formatProof', called(rbac, 'formatProof', { allowed: true }), 'verdict.proof must be an object'],
  ['rbac:hasRights', called(rbac, 'hasRights', [{ verb: ['get'] }], []), 'held[0].verbs must be an array'],
  ['rbac:missingRights', called(rbac, 'missingRights', [], role), 'wanted must be an array'],
  ['rbac:aggregatedRules', called(rbac, 'aggregatedRules', [role], role), 'takes a ClusterRole and the list'],
  ['rbac:accessChanges', called(rbac, 'accessChanges', [], { roles: [] }), 'must be a cluster, a list'],
  ['rbac:withDefaultRoles', called(rbac, 'withDefaultRoles', role), 'takes a list of objects'],
  [
    'netpol:evaluate of a wrong end',
    called(netpol, 'evaluate', {}, { ...connection, prot: 1 }),
    'did you mean port?',
  ],
  [
    'netpol:evaluateModel',
    called(netpol, 'evaluateModel', netpol.readWorld({}), { frm: 'a/b' }),
    'did you mean from?',
  ],
  [
    'netpol:resolveConnection',
    called(netpol, 'resolveConnection', netpol.readWorld({}), { ...connection, protocl: 'UDP' }),
    'did you mean protocol?',
  ],
  ['netpol:formatChanges', called(netpol, 'formatChanges', { open: [] }), 'changes.opened must be an array'],
  ['netpol:formatProof', called(netpol, 'formatProof', { allowed: true }), 'verdict.proof must be an object'],
  ['netpol:proofErrors', called(netpol, 'proofErrors', {}, connection), 'takes a world, a connection'],
  ['netpol:parseConnection', called(netpol, 'parseConnection', connection), 'text must be a string'],
  ['netpol:readNamespace', called(netpol, 'readNamespace', { name: 'x' }), 'metadata.name: Required value'],
  ['netpol:readNode', called(netpol, 'readNode', { name: 'x' }), 'metadata.name: Required value'],
  ['netpol:readPod', called(netpol, 'readPod', { name: 'x' }), 'metadata.name: Required value'],
  ['netpol:readPolicy', called(netpol, 'readPolicy', { kind: 'NetworkPolcy' }), 'supported values'],
  ['netpol:worldOf', called(netpol, 'worldOf', {}), 'takes a cluster'],
  ['netpol:compare of no policies', called(netpol, 'compare', [policy], 5), 'are read from a cluster'],
  [
    'netpol:policyChanges of a wrong world',
    called(netpol, 'policyChanges', { polices: [] }, []),
    'did you mean policies?',
  ],
  [
    'netpol:analysePolicies of a wrong world',
    called(netpol, 'analysePolicies', { pod: [] }),
    'did you mean pods?',
  ],
  ['view:diff', called(view, 'diff', cluster, cluster), 'must be a view of a cluster'],
  [
    'view:viewOfAccess',
    called(view, 'viewOfAccess', { alowed: true }),
    'verdict.allowed must be true or false',
  ],
  ['view:viewOfCertificates', called(view, 'viewOfCertificates', {}), 'cluster.now must be a function'],
  [
    'view:viewOfConnection',
    called(view, 'viewOfConnection', connection),
    'connection.outcome must be a string',
  ],
  [
    'view:viewOfHandshake',
    called(view, 'viewOfHandshake', cluster, { from: 'kubelet', to: 'ectd' }),
    "did you mean 'etcd'?",
  ],
  ['view:viewOfNetwork', called(view, 'viewOfNetwork', {}), 'must be a SimCluster'],
  ['view:viewOfPeers', called(view, 'viewOfPeers', cluster), 'name must be a string'],
  [
    'view:viewOfPolicies',
    called(view, 'viewOfPolicies', { allowed: true }),
    'verdict.proof must be an object',
  ],
  ['view:viewOfRollout', called(view, 'viewOfRollout', cluster), 'name must be a string'],
  ['view:viewOfService', called(view, 'viewOfService', cluster, { name: 'web' }), 'name must be a string'],
  [
    'images:defineImage',
    called(images, 'defineImage', { name: 'app', behaviour: {} }),
    'did you mean behavior?',
  ],
  ['images:knownImage', called(images, 'knownImage', 'nginx'), 'takes a full name'],
  [
    'explore:describeChoice',
    called(explore, 'describeChoice', { at: 1, do: 'crsh' }),
    "did you mean 'crash'?",
  ],
  ['vitest:clusterTest', called(vitest, 'clusterTest', { nodse: 1 }), 'did you mean nodes?'],
  ['new CompiledWorld', made(netpol.CompiledWorld, { pods: [] }), 'model.options must be an object'],
  ['new ClusterServer', made(server.ClusterServer, cluster, { prt: 1 }), 'did you mean port?'],
]
