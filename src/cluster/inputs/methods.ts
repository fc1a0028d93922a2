import { dnsLabel, fileName, kubeletVersion, quantity, staticPod, time } from '../../api/option-values.js'
import * as z from 'zod/mini'
import { anyObject, duration, flag, strict } from '../../api/checked-input.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import { ClusterSnapshot } from '../storage/snapshot.js'
import type { MethodInputs } from '../at-caller.js'
import { nodeSchema } from '../compose/node-schema.js'
import type { DrainOptions } from '../nodes/drain-options.js'
import { inputs } from './schemas.js'

const amount = z.optional(z.number())
const language = z.optional(z.strictObject({ lang: z.optional(z.enum(['en', 'ko'])) }))
const used = z.optional(z.number().check(z.gte(0)))

/** The methods of a {@link NamespaceScope}. */
export const scopeInputs: MethodInputs = {
  in: { example: "cluster.in('office')", args: () => ({ namespace: dnsLabel() }) },
  get: {
    example: "cluster.get('pods', 'office/web')",
    args: () => ({ resource: inputs().resource, name: inputs().name }),
  },
  list: {
    example: "cluster.list('pods', { namespace: 'office', labelSelector: { app: 'web' } })",
    args: () => ({ resource: inputs().resource, options: inputs().list }),
  },
  create: {
    example: "cluster.create('pods', { metadata: { name: 'web' }, spec: { containers } })",
    args: () => ({ resource: inputs().resource, object: inputs().object, options: inputs().write }),
  },
  update: {
    example: "cluster.update('pods', pod, { dryRun: true })",
    args: () => ({ resource: inputs().resource, object: inputs().object, options: inputs().write }),
  },
  patch: {
    example: "cluster.patch('deployments', 'web', { type: 'merge', body: { spec: { replicas: 2 } } })",
    args: () => ({
      resource: inputs().resource,
      name: inputs().name,
      patch: inputs().patch,
      options: inputs().write,
    }),
  },
  edit: {
    example: "cluster.edit('deployments', 'web', (draft) => { draft.spec.replicas = 5 })",
    args: () => ({ resource: inputs().resource, name: inputs().name, recipe: inputs().recipe }),
  },
  delete: {
    example: "cluster.delete('pods', 'web', { gracePeriodSeconds: 0 })",
    args: () => ({ resource: inputs().resource, name: inputs().name, options: inputs().delete }),
  },
  watch: {
    example: "for await (const event of cluster.watch('pods', { namespace: 'office' })) { ... }",
    args: () => ({ resource: inputs().resource, options: inputs().list }),
  },
  resource: { example: "cluster.resource('widgets.example.com')", args: () => ({ name: inputs().text }) },
  apply: {
    example: "cluster.apply(readFileSync('web.yaml', 'utf8'))",
    args: () => ({ manifests: inputs().manifests }),
  },
  kubectl: {
    example: "cluster.kubectl('apply -f -', { stdin: manifest })",
    args: () => ({ command: inputs().command, options: inputs().kubectl }),
  },
  kubectlWatch: {
    example: "cluster.kubectlWatch('get pods -w')",
    args: () => ({ command: inputs().command, options: inputs().kubectl }),
  },
  evict: {
    example: "cluster.evict('shop/web-0', { gracePeriodSeconds: 0 })",
    args: () => ({
      pod: inputs().name,
      options: z.optional(z.strictObject({ gracePeriodSeconds: amount, dryRun: flag })),
    }),
  },
  exec: {
    example: "cluster.exec('web', ['cat', '/etc/hostname'], { container: 'app' })",
    args: () => ({ pod: inputs().name, command: inputs().command, options: inputs().exec }),
  },
  logs: {
    example: "cluster.logs('web', { container: 'app', tailLines: 20 })",
    args: () => ({ pod: inputs().name, options: inputs().logs }),
  },
}

/** The names of all events. */
const EVENTS: Readonly<Record<keyof ClusterEvents, true>> = {
  step: true,
  log: true,
  request: true,
  write: true,
  change: true,
  refusal: true,
  scheduled: true,
  unschedulable: true,
  nodeCondition: true,
  policyVerdict: true,
  apiserver: true,
  audit: true,
  rewind: true,
  eviction: true,
}

/** The methods of a {@link SimCluster} of its own. */
export const clusterInputs: MethodInputs = {
  advance: { example: "cluster.advance('5m')", args: () => ({ duration: inputs().duration }) },
  until: {
    example: "cluster.until((cluster) => cluster.node('node-1').ready, { timeout: '5m' })",
    args: () => ({ predicate: inputs().recipe, options: inputs().until }),
  },
  as: {
    example: "cluster.as({ user: 'jane', groups: ['dev'] }).list('pods')",
    args: () => ({ identity: inputs().identity }),
  },
  can: {
    example: "cluster.can({ user: 'jane' }, 'list', 'pods', { namespace: 'office' })",
    args: () => ({
      identity: inputs().identity,
      verb: inputs().text,
      what: inputs().text,
      options: inputs().can,
    }),
  },
  explainFlow: {
    example: "cluster.explainFlow({ user: 'jane' }, 'list', 'pods', { limit: 500 })",
    args: () => ({
      identity: inputs().identity,
      verb: inputs().text,
      what: inputs().text,
      options: inputs().flow,
    }),
  },
  explainScheduling: {
    example: "cluster.explainScheduling('web')",
    args: () => ({ pod: z.union([inputs().name, anyObject<object>()]) }),
  },
  story: {
    example: "cluster.story({ since: '10m' })",
    args: () => ({ options: z.optional(z.strictObject({ since: z.optional(duration) })) }),
  },
  why: {
    example: "cluster.why('deployments', 'web')",
    args: () => ({ resource: inputs().resource, name: inputs().name, options: language }),
  },
  dump: { example: "cluster.dump({ lang: 'ko' })", args: () => ({ options: language }) },
  node: { example: "cluster.node('node-1')", args: () => ({ name: inputs().text }) },
  addNode: {
    example: "cluster.addNode({ name: 'node-4', zone: 'b' })",
    args: () => ({ node: nodeSchema() }),
  },
  component: { example: "cluster.component('kube-scheduler')", args: () => ({ name: inputs().text }) },
  process: { example: "cluster.process('kube-controller-manager')", args: () => ({ name: inputs().text }) },
  on: {
    example: "cluster.on('scheduled', ({ pod, node }) => console.log(pod, node))",
    args: () => ({ event: z.enum(Object.keys(EVENTS)), listener: inputs().listener }),
  },
  onCopy: {
    example: 'cluster.onCopy((copy) => copies.push(copy))',
    args: () => ({ observe: inputs().listener }),
  },
  rewind: {
    example: 'cluster.rewind(snapshot)',
    args: () => ({ snapshot: z.instanceof(ClusterSnapshot), options: z.optional(anyObject<object>()) }),
  },
}

/** The methods of a {@link CustomResource}. */
export const customInputs: MethodInputs = {
  get: { example: "widgets.get('office/one')", args: () => ({ name: inputs().name }) },
  list: {
    example: "widgets.list({ labelSelector: { app: 'web' } })",
    args: () => ({ options: inputs().list }),
  },
  create: {
    example: "widgets.create({ metadata: { name: 'one' }, spec: { size: 1 } })",
    args: () => ({ object: inputs().object, options: inputs().write }),
  },
  update: {
    example: 'widgets.update(widget)',
    args: () => ({ object: inputs().object, options: inputs().write }),
  },
  patch: {
    example: "widgets.patch('one', { type: 'merge', body: { spec: { size: 2 } } })",
    args: () => ({ name: inputs().name, patch: inputs().patch, options: inputs().write }),
  },
  edit: {
    example: "widgets.edit('one', (draft) => { draft.spec.size = 2 })",
    args: () => ({ name: inputs().name, recipe: inputs().recipe }),
  },
  delete: {
    example: "widgets.delete('one')",
    args: () => ({ name: inputs().name, options: inputs().delete }),
  },
  watch: {
    example: 'for await (const event of widgets.watch()) { ... }',
    args: () => ({ options: inputs().list }),
  },
}

/** The methods of a client, as `cluster.as(user)` returns it. */
export const clientInputs: MethodInputs = {
  get: {
    example: "client.get('pods', { namespace: 'office', name: 'web' })",
    args: () => ({ resource: inputs().resource, key: inputs().key, options: inputs().get }),
  },
  list: {
    example: "client.list('pods', { namespace: 'office', labelSelector: { app: 'web' } })",
    args: () => ({ resource: inputs().resource, options: inputs().list }),
  },
  watch: {
    example: "client.watch('pods', { namespace: 'office' })",
    args: () => ({ resource: inputs().resource, options: inputs().list }),
  },
  create: {
    example: "client.create('pods', { metadata: { namespace: 'office', name: 'web' }, spec })",
    args: () => ({ resource: inputs().resource, object: inputs().object, options: inputs().write }),
  },
  update: {
    example: "client.update('pods', pod)",
    args: () => ({ resource: inputs().resource, object: inputs().object, options: inputs().write }),
  },
  updateStatus: {
    example: "client.updateStatus('pods', pod)",
    args: () => ({ resource: inputs().resource, object: inputs().object, options: inputs().write }),
  },
  patch: {
    example: "client.patch('pods', { namespace, name }, { type: 'merge', body: { metadata: { labels } } })",
    args: () => ({
      resource: inputs().resource,
      key: inputs().key,
      patch: inputs().patch,
      options: inputs().write,
    }),
  },
  delete: {
    example: "client.delete('pods', { namespace: 'office', name: 'web' }, { gracePeriodSeconds: 0 })",
    args: () => ({ resource: inputs().resource, key: inputs().key, options: inputs().delete }),
  },
  deleteCollection: {
    example: "client.deleteCollection('pods', { namespace: 'office' })",
    args: () => ({ resource: inputs().resource, list: inputs().list, options: inputs().delete }),
  },
  createSubresource: {
    example: "client.createSubresource('pods', { namespace: 'office', name: 'web' }, 'eviction', {})",
    args: () => ({ resource: inputs().resource, key: inputs().key, subresource: inputs().text }),
  },
  getSubresource: {
    example: "client.getSubresource('deployments', { namespace: 'office', name: 'web' }, 'scale')",
    args: () => ({ resource: inputs().resource, key: inputs().key, subresource: inputs().text }),
  },
  logs: {
    example: "client.logs({ namespace: 'office', name: 'web' }, { tailLines: 20 })",
    args: () => ({
      key: inputs().key,
      options: z.optional(
        z.strictObject({
          container: inputs().optionalText,
          follow: flag,
          previous: flag,
          timestamps: flag,
          sinceSeconds: amount,
          sinceTime: z.optional(time()),
          tailLines: amount,
          limitBytes: amount,
        }),
      ),
    }),
  },
  exec: {
    example: "client.exec({ namespace: 'office', name: 'web' }, { command: ['ls'], stdout: true })",
    args: () => ({ key: inputs().key, options: execOptions() }),
  },
  attach: {
    example: "client.attach({ namespace: 'office', name: 'web' }, { stdout: true })",
    args: () => ({ key: inputs().key, options: execOptions() }),
  },
  portForward: {
    example: "client.portForward({ namespace: 'office', name: 'web' }, 8080)",
    args: () => ({ key: inputs().key, port: z.number() }),
  },
}

const execOptions = (): z.ZodMiniType =>
  z.strictObject({
    container: inputs().optionalText,
    command: z.optional(z.array(z.string())),
    stdin: flag,
    stdout: flag,
    stderr: flag,
    tty: flag,
  })

/** The methods of a {@link NodeHandle}. */
export const nodeInputs: MethodInputs = {
  drain: {
    example: "node.drain({ ignoreDaemonSets: true, timeout: '2m' })",
    args: () => ({
      options: z.optional(
        strict<DrainOptions>({
          ignoreDaemonSets: flag,
          deleteEmptyDirData: flag,
          force: flag,
          timeout: z.optional(duration),
        }),
      ),
    }),
  },
  setSystemUsage: {
    example: 'node.setSystemUsage({ memory: 2 ** 30 })',
    args: () => ({ usage: z.strictObject({ memory: used, storage: used, pids: used }) }),
  },
  setContainerUsage: {
    example: "node.setContainerUsage('office/web', { memory: 2 ** 30 }, 'app')",
    args: () => ({
      pod: inputs().name,
      usage: z.optional(z.strictObject({ cpu: used, memory: used, storage: used })),
      container: inputs().word,
    }),
  },
  remove: {
    example: 'node.remove({ keepObject: true })',
    args: () => ({ options: z.optional(z.strictObject({ keepObject: flag })) }),
  },
  staticPod: {
    example: "node.staticPod('web.yaml', pod)",
    args: () => ({ file: fileName(), pod: staticPod() }),
  },
  removeStaticPod: { example: "node.removeStaticPod('web.yaml')", args: () => ({ file: fileName() }) },
}

/** The methods of a {@link KubeletHandle}. */
export const kubeletHandleInputs: MethodInputs = {
  install: { example: "node.kubelet.install('v1.35.1')", args: () => ({ version: kubeletVersion() }) },
}

const usage = (): z.ZodMiniType =>
  z.strictObject({ cpu: z.optional(quantity()), memory: z.optional(quantity()) })

const metricValue = (): z.ZodMiniType => z.optional(z.union([quantity(), z.number()]))

/** The methods of {@link ClusterMetrics}. */
export const metricsInputs: MethodInputs = {
  setUsage: {
    example:
      "cluster.metrics.setUsage({ namespace: 'shop', labelSelector: { app: 'db' } }, { memory: '300Mi' })",
    args: () => ({ pods: inputs().pods, usage: usage() }),
  },
  setLoad: {
    example: "cluster.metrics.setLoad({ namespace: 'shop', labelSelector: { app: 'web' } }, { cpu: '2' })",
    args: () => ({ pods: inputs().pods, usage: usage() }),
  },
  setPodMetric: {
    example: "cluster.metrics.setPodMetric('requests', 'shop/web-0', 120)",
    args: () => ({ metric: inputs().text, pod: inputs().text, value: metricValue() }),
  },
  setObjectMetric: {
    example: "cluster.metrics.setObjectMetric('hits', { kind: 'Ingress', name: 'web' }, '2k')",
    args: () => ({
      metric: inputs().text,
      object: z.strictObject({
        apiVersion: z.optional(z.string()),
        kind: inputs().text,
        name: inputs().text,
        namespace: z.optional(z.string()),
      }),
      value: metricValue(),
    }),
  },
  setExternalMetric: {
    example: "cluster.metrics.setExternalMetric('queue', 40, { namespace: 'shop' })",
    args: () => ({
      metric: inputs().text,
      value: metricValue(),
      options: z.optional(
        z.strictObject({
          namespace: z.optional(z.string()),
          labels: z.optional(z.record(z.string(), z.string())),
        }),
      ),
    }),
  },
}

/** One end of a connection. */
const endSchema = (): z.ZodMiniType =>
  z.union([
    inputs().text,
    z.strictObject({ service: inputs().text, namespace: z.optional(z.string()) }),
    z.strictObject({ pod: inputs().text, namespace: z.optional(z.string()) }),
    z.strictObject({ node: inputs().text }),
    z.strictObject({ ip: inputs().text }),
    z.strictObject({ host: inputs().text }),
  ])

const payload = z.strictObject({
  protocol: z.optional(z.enum(['http', 'tcp', 'udp', 'sctp'])),
  method: z.optional(z.string()),
  path: z.optional(z.string()),
  host: z.optional(z.string()),
  headers: z.optional(z.record(z.string(), z.string())),
  body: z.optional(z.string()),
  secure: flag,
  clientCertificate: z.optional(z.string()),
  from: z.optional(z.string()),
})

/** The methods of {@link NetworkFacet}. */
export const networkInputs: MethodInputs = {
  connect: {
    example: "cluster.network.connect({ from: 'default/web', to: 'default/db', port: 6379 })",
    args: () => ({
      options: z.strictObject({
        from: endSchema(),
        to: endSchema(),
        port: z.optional(z.union([z.string(), z.number()])),
        protocol: z.optional(z.enum(['TCP', 'UDP', 'SCTP'])),
        send: z.optional(payload),
      }),
    }),
  },
  send: {
    example: "cluster.network.send(connection, { path: '/' })",
    args: () => ({ connection: anyObject<object>(), send: z.optional(payload) }),
  },
  resolve: {
    example: "cluster.network.resolve('default/web', 'db.default.svc.cluster.local', 'A')",
    args: () => ({
      from: endSchema(),
      name: inputs().anyText,
      type: z.optional(z.enum(['A', 'AAAA', 'CNAME', 'SRV', 'PTR'])),
      server: inputs().word,
    }),
  },
}

/** The methods of {@link StateFacet}. */
export const stateInputs: MethodInputs = {
  peek: {
    example: "cluster.state.peek('pods', { namespace: 'office' })",
    args: () => ({ resource: inputs().resource, options: inputs().selected }),
  },
  changedSince: { example: 'cluster.state.changedSince(revision)', args: () => ({ revision: z.number() }) },
  views: {
    example: "cluster.state.views({ component: 'kube-scheduler' })",
    args: () => ({ options: z.optional(z.strictObject({ component: inputs().word, awake: flag })) }),
  },
  isConnected: {
    example: "cluster.state.isConnected('kube-scheduler')",
    args: () => ({ component: inputs().text }),
  },
  security: { example: "cluster.state.security('default/web')", args: () => ({ pod: inputs().name }) },
}

/** The options of the standard `fetch`, and `as`. */
const fetchOptions = Object.fromEntries(
  [
    'body',
    'cache',
    'credentials',
    'dispatcher',
    'duplex',
    'headers',
    'integrity',
    'keepalive',
    'method',
    'mode',
    'priority',
    'redirect',
    'referrer',
    'referrerPolicy',
    'signal',
    'window',
  ].map((name) => [name, z.optional(z.unknown())]),
)

const httpRequest = (): z.ZodMiniObject =>
  z.strictObject({
    method: z.string(),
    path: z.string(),
    query: z.optional(z.string()),
    headers: z.optional(anyObject<object>()),
    body: z.optional(z.union([z.string(), z.instanceof(Uint8Array)])),
    user: z.optional(anyObject<object>()),
    clientCertificates: z.optional(z.string()),
  })

/** The methods of {@link VersionsFacet}. */
export const versionsInputs: MethodInputs = {
  featureGateHistory: {
    example: "cluster.versions.featureGateHistory('SidecarContainers')",
    args: () => ({ name: inputs().text }),
  },
}

/** The methods of {@link HttpFacet}. */
export const httpInputs: MethodInputs = {
  fetch: {
    example: "await cluster.http.fetch('/api/v1/nodes', { as: { user: 'jane' } })",
    args: () => ({
      input: z.union([inputs().text, anyObject<object>()]),
      options: z.optional(z.strictObject({ ...fetchOptions, as: z.optional(inputs().identity) })),
    }),
  },
  handle: {
    example: "cluster.http.handle({ method: 'GET', path: '/api/v1/nodes' })",
    args: () => ({ request: httpRequest() }),
  },
  handleStreaming: {
    example:
      "cluster.http.handleStreaming({ method: 'GET', path: '/api/v1/namespaces/default/pods/web/log' })",
    args: () => ({ request: httpRequest() }),
  },
  identify: {
    example: "cluster.http.identify({ headers: { authorization: 'Bearer secret' } })",
    args: () => ({ request: z.partial(httpRequest()) }),
  },
}

const entry = anyObject<object>()
const plain = z.optional(anyObject<object>())

/** The methods of {@link Internals}. */
export const internalsInputs: MethodInputs = {
  onStep: {
    example: 'cluster.internals.onStep(() => check(cluster))',
    args: () => ({ check: inputs().listener }),
  },
  until: {
    example: "cluster.internals.until(() => cluster.node('node-1').ready, '5m')",
    args: () => ({ predicate: inputs().listener, timeout: inputs().duration }),
  },
  moveInPieces: {
    example: "for (const _ of cluster.internals.moveInPieces('5m', () => isLate())) await nextFrame()",
    args: () => ({ duration: z.union([inputs().duration, z.literal('rest')]), pauses: inputs().listener }),
  },
  step: {
    example: 'cluster.internals.step(cluster.internals.ready()[0])',
    args: () => ({ entry: plain, delivery: plain }),
  },
  roleOf: { example: 'cluster.internals.roleOf(cluster.internals.ready()[0])', args: () => ({ entry }) },
  processOf: {
    example: "cluster.internals.processOf('kube-controller-manager/job-controller')",
    args: () => ({ component: inputs().text }),
  },
  informerOf: {
    example: 'cluster.internals.informerOf(cluster.internals.ready()[0])',
    args: () => ({ entry }),
  },
  withhold: { example: 'cluster.internals.withhold(cluster.internals.ready()[0])', args: () => ({ entry }) },
  wake: {
    example: "cluster.internals.wake({ owner: 'kube-scheduler', topic: 'queue', key: '' })",
    args: () => ({ entry }),
  },
  release: { example: 'cluster.internals.release(withheld)', args: () => ({ entry }) },
  advanceToNext: {
    example: 'cluster.internals.advanceToNext(cluster.now() + 60_000)',
    args: () => ({ limit: z.custom((value) => typeof value === 'number', 'must be virtual ms') }),
  },
  passQuietly: {
    example: 'cluster.internals.passQuietly(cluster.now() + 60_000)',
    args: () => ({ limit: z.custom((value) => typeof value === 'number', 'must be virtual ms') }),
  },
  setGate: {
    example: 'cluster.internals.setGate((request, send) => send())',
    args: () => ({ gate: z.optional(inputs().listener) }),
  },
  observeReads: {
    example: "cluster.internals.observeReads((resource) => read.push(resource), () => cluster.list('pods'))",
    args: () => ({ note: inputs().listener, look: inputs().listener }),
  },
  setStaleReads: {
    example: "cluster.internals.setStaleReads('kube-scheduler', 120)",
    args: () => ({ component: inputs().text, revision: amount }),
  },
  extensionState: {
    example: "cluster.internals.extensionState('my-extension', () => ({ count: 0 }))",
    args: () => ({ name: inputs().text, initial: inputs().listener }),
  },
  interceptWebhooks: {
    example: 'cluster.internals.interceptWebhooks((call) => undefined)',
    args: () => ({ post: inputs().listener }),
  },
  connectKubelets: {
    example: 'cluster.internals.connectKubelets({ agentOf: () => undefined, request: () => undefined })',
    args: () => ({ kubelets: z.looseObject({ agentOf: inputs().listener, request: inputs().listener }) }),
  },
  readStoredProtobuf: {
    example: 'cluster.internals.readStoredProtobuf(decoder)',
    args: () => ({ decoder: z.union([anyObject<object>(), inputs().listener]) }),
  },
}

const bytes = z.custom((value) => value instanceof Uint8Array, 'must be bytes: a Uint8Array or a Buffer')

/** What makes a cluster or a snapshot of something else. */
export const originInputs: MethodInputs = {
  restore: {
    example: 'SimCluster.restore(cluster.snapshot())',
    args: () => ({ snapshot: z.instanceof(ClusterSnapshot) }),
  },
  fromEtcdSnapshot: {
    example: "SimCluster.fromEtcdSnapshot(readFileSync('snapshot.db'))",
    args: () => ({ file: bytes }),
  },
  fromEtcdStore: {
    example: 'SimCluster.fromEtcdStore(cluster.internals.etcd)',
    args: () => ({
      store: z.custom((value) => isObject(value) && 'revision' in value, 'must be an EtcdStore'),
    }),
  },
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
