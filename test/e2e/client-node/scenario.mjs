/**
 * What @kubernetes/client-node does in client-node.test.ts, as its users would write it: every part of the
 * library, both its major versions. `kc` and `jane` are KubeConfigs, of the administrator and of a user
 * without rights; what comes out is one plain object. Untyped, since the library is no dependency of this
 * package.
 */
import { PassThrough, Readable } from 'node:stream'

const NAMESPACE = 'default'
const at = { namespace: NAMESPACE }

/** Code, reason and message of a refusal. */
async function refusal(k8s, call) {
  try {
    await call()
    return 'not refused'
  } catch (error) {
    if (!(error instanceof k8s.ApiException)) return `${error.constructor.name}: ${error.message}`
    const status = typeof error.body === 'string' ? JSON.parse(error.body) : error.body
    return [error.code, status?.reason, status?.message]
  }
}

/** Lets the cluster's time pass where nothing else does: a cluster in process stands still. */
let letTimePass = () => undefined

async function until(what, holds) {
  for (let turn = 0; turn < 500; turn += 1) {
    if (await holds()) return
    letTimePass()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`too late: ${what}`)
}

/** What a promise brings; rejects when nothing has come of it in a while. */
async function within(promise, what) {
  let outcome
  void promise.then(
    (value) => (outcome = { value }),
    (error) => (outcome = { error }),
  )
  await until(what, () => outcome !== undefined)
  if ('error' in outcome) throw outcome.error
  return outcome.value
}

async function reads(k8s, kc) {
  const core = kc.makeApiClient(k8s.CoreV1Api)
  const first = await core.listNode({ labelSelector: 'kubernetes.io/os=linux', limit: 2 })
  const rest = await core.listNode({
    labelSelector: 'kubernetes.io/os=linux',
    limit: 2,
    _continue: first.metadata._continue,
  })
  return {
    nodes: [first, rest].map(({ items }) => items.map(({ metadata }) => metadata.name)),
    selected: (await core.listNamespace({ fieldSelector: 'metadata.name=kube-system' })).items.map(
      ({ metadata }) => metadata.name,
    ),
    missing: await refusal(k8s, () => core.readNamespacedPod({ ...at, name: 'zzz' })),
    badSelector: await refusal(k8s, () => core.listNode({ labelSelector: 'a in' })),
    version: (await kc.makeApiClient(k8s.VersionApi).getCode()).major,
    groups: (await kc.makeApiClient(k8s.ApisApi).getAPIVersions()).groups.some(({ name }) => name === 'apps'),
    may: (
      await kc
        .makeApiClient(k8s.AuthorizationV1Api)
        .createSelfSubjectAccessReview({
          body: { spec: { resourceAttributes: { verb: 'create', resource: 'pods', ...at } } },
        })
    ).status.allowed,
  }
}

async function writes(k8s, kc) {
  const core = kc.makeApiClient(k8s.CoreV1Api)
  const created = await core.createNamespacedConfigMap({
    ...at,
    body: { metadata: { name: 'a' }, data: { x: '1' } },
  })
  const replaced = await core.replaceNamespacedConfigMap({
    ...at,
    name: 'a',
    body: { ...created, data: { x: '2' } },
  })
  const body = (name, labels = {}) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: { containers: [{ name: 'main', image: 'i' }] },
  })
  await core.createNamespacedConfigMap({ ...at, dryRun: 'All', body: { metadata: { name: 'dry' } } })
  for (const name of ['p', 'q', 'r'])
    await core.createNamespacedPod({ ...at, body: body(name, { app: name === 'p' ? 'one' : 'many' }) })
  return {
    isDate: created.metadata.creationTimestamp instanceof Date,
    replaced: replaced.data,
    stale: await refusal(k8s, () =>
      core.replaceNamespacedConfigMap({ ...at, name: 'a', body: { ...created, data: { x: '3' } } }),
    ),
    twice: await refusal(k8s, () =>
      core.createNamespacedConfigMap({ ...at, body: { metadata: { name: 'a' } } }),
    ),
    dry: (await refusal(k8s, () => core.readNamespacedConfigMap({ ...at, name: 'dry' })))[0],
    invalid: await refusal(k8s, () => core.createNamespacedPod({ ...at, body: body('A_') })),
    deleted: (await core.deleteNamespacedConfigMap({ ...at, name: 'a' })).status,
    deletedPod: (await core.deleteNamespacedPod({ ...at, name: 'p', gracePeriodSeconds: 0 })).metadata.name,
    deletedMany: (await core.deleteCollectionNamespacedPod({ ...at, labelSelector: 'app=many' })).kind,
    strict: await refusal(k8s, () =>
      core.createNamespacedConfigMap({
        ...at,
        fieldValidation: 'Strict',
        body: { metadata: { name: 'n' }, binaryData: { a: '?' } },
      }),
    ),
  }
}

async function patches(k8s, kc) {
  const core = kc.makeApiClient(k8s.CoreV1Api)
  const apps = kc.makeApiClient(k8s.AppsV1Api)
  const as = (strategy) => k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy[strategy])
  const apply = (fieldManager, replicas, force) =>
    apps.patchNamespacedDeployment(
      {
        ...at,
        name: 'd',
        fieldManager,
        ...(force === undefined ? {} : { force }),
        body: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'd' },
          spec: {
            replicas,
            selector: { matchLabels: { a: 'd' } },
            template: {
              metadata: { labels: { a: 'd' } },
              spec: { containers: [{ name: 'main', image: 'i' }] },
            },
          },
        },
      },
      as('ServerSideApply'),
    )
  const json = await core.patchNode({
    name: 'node-1',
    body: [{ op: 'add', path: '/metadata/labels/x', value: 'y' }],
  })
  const strategic = await core.patchNode(
    { name: 'node-1', body: { metadata: { labels: { x: 'z' } } } },
    as('StrategicMergePatch'),
  )
  const merge = await core.patchNode(
    { name: 'node-1', body: { metadata: { labels: { x: null } } } },
    as('MergePatch'),
  )
  const out = {
    json: json.metadata.labels.x,
    strategic: strategic.metadata.labels.x,
    merge: merge.metadata.labels.x ?? 'gone',
    failedTest: (
      await refusal(k8s, () =>
        core.patchNode({ name: 'node-1', body: [{ op: 'test', path: '/metadata/name', value: 'y' }] }),
      )
    )[0],
    applied: (await apply('one', 1)).spec.replicas,
    conflict: await refusal(k8s, () => apply('two', 2)),
    forced: (await apply('two', 2, true)).spec.replicas,
    strategicContainers: (
      await apps.patchNamespacedDeployment(
        {
          ...at,
          name: 'd',
          body: { spec: { template: { spec: { containers: [{ name: 'side', image: 's' }] } } } },
        },
        as('StrategicMergePatch'),
      )
    ).spec.template.spec.containers.map(({ name }) => name),
    scaled: (
      await apps.replaceNamespacedDeploymentScale({
        ...at,
        name: 'd',
        body: { metadata: { name: 'd', ...at }, spec: { replicas: 3 } },
      })
    ).spec.replicas,
    scale: (await apps.readNamespacedDeploymentScale({ ...at, name: 'd' })).status.selector,
  }
  await apps.deleteNamespacedDeployment({ ...at, name: 'd' })
  return out
}

async function dynamic(k8s, kc) {
  const objects = k8s.KubernetesObjectApi.makeApiClient(kc)
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'o', ...at }, data: { q: '1' } }
  await objects.create(map)
  const patched = await objects.patch(
    { ...map, data: { r: '2' } },
    undefined,
    undefined,
    undefined,
    undefined,
    k8s.PatchStrategy.MergePatch,
  )
  const replaced = await objects.replace({ ...patched, data: { s: '3' } })
  const applied = await objects.patch(
    { ...map, metadata: { name: 'o2', ...at } },
    undefined,
    undefined,
    'me',
    true,
    k8s.PatchStrategy.ServerSideApply,
  )
  const listed = await objects.list('v1', 'ConfigMap', NAMESPACE)
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'toys.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'toys', singular: 'toy', kind: 'Toy', listKind: 'ToyList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { type: 'object', x_kubernetes_preserve_unknown_fields: true } },
            },
          },
        },
      ],
    },
  }
  await objects.create(crd)
  const custom = kc.makeApiClient(k8s.CustomObjectsApi)
  const kind = { group: 'example.com', version: 'v1', plural: 'toys', ...at }
  const toy = {
    apiVersion: 'example.com/v1',
    kind: 'Toy',
    metadata: { name: 'bear', ...at },
    spec: { size: 1 },
  }
  await until('the CRD is served', () =>
    custom.createNamespacedCustomObject({ ...kind, body: toy }).then(
      () => true,
      () => false,
    ),
  )
  const merged = await custom.patchNamespacedCustomObject(
    { ...kind, name: 'bear', body: { spec: { size: 2 } } },
    k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.MergePatch),
  )
  const toys = await custom.listNamespacedCustomObject(kind)
  const seen = (
    await objects.read({ apiVersion: 'example.com/v1', kind: 'Toy', metadata: { name: 'bear', ...at } })
  ).spec
  for (const name of ['o', 'o2'])
    await objects.delete({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...at } })
  await objects.delete(crd)
  return {
    patched: patched.data,
    replaced: replaced.data,
    applied: applied.metadata.managedFields.map(({ manager, operation }) => `${manager} ${operation}`),
    listed: listed.items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith('o')),
    merged: merged.spec,
    toys: [toys.kind, toys.items.length],
    seen,
    unknown: await objects
      .read({ apiVersion: 'v9', kind: 'Nothing', metadata: { name: 'x' } })
      .catch(({ message }) => message.split('\n')[0]),
  }
}

async function watches(k8s, kc) {
  const core = kc.makeApiClient(k8s.CoreV1Api)
  const path = `/api/v1/namespaces/${NAMESPACE}/configmaps`
  const create = (name) =>
    core.createNamespacedConfigMap({ ...at, body: { metadata: { name, labels: { w: 'x' } } } })
  const change = (name) =>
    core.patchNamespacedConfigMap({ ...at, name, body: [{ op: 'add', path: '/data', value: { a: 'b' } }] })
  const events = []
  let abort
  const ended = new Promise((resolve, reject) => {
    const onEvent = (type, { metadata }) => void events.push(`${type} ${metadata.name ?? ''}`.trim())
    new k8s.Watch(kc)
      .watch(path, { labelSelector: 'w=x', allowWatchBookmarks: true }, onEvent, resolve)
      .then((controller) => (abort = controller), reject)
  })
  await until('the watch', () => abort !== undefined)
  await create('w1')
  await change('w1')
  await core.deleteNamespacedConfigMap({ ...at, name: 'w1' })
  await until('events of the watch', () => events.length >= 3)
  abort.abort()
  const end = await within(ended, 'the end of the watch')

  const timed = new Promise(
    (resolve) =>
      void new k8s.Watch(kc).watch(
        path,
        { labelSelector: 'w=x', timeoutSeconds: 1 },
        () => undefined,
        resolve,
      ),
  )
  const old = []
  const expired = new Promise(
    (resolve) =>
      void new k8s.Watch(kc).watch(
        '/api/v1/namespaces/nothing-',
        { resourceVersion: '1' },
        (type) => old.push(type),
        resolve,
      ),
  )

  const seen = []
  const informer = k8s.makeInformer(
    kc,
    path,
    () => core.listNamespacedConfigMap({ ...at, labelSelector: 'w=x' }),
    'w=x',
  )
  for (const event of ['add', 'update', 'delete', 'connect'])
    informer.on(event, (object) => void seen.push(`${event} ${object?.metadata?.name ?? ''}`.trim()))
  informer.on('error', (error) => void seen.push(`error ${error.name}`))
  await create('w2')
  await informer.start()
  await until('the informer has connected', () => seen.includes('connect'))
  await create('w3')
  await change('w2')
  await core.deleteNamespacedConfigMap({ ...at, name: 'w3' })
  await until('events of the informer', () => seen.length >= 5)
  const cached = informer.list().map(({ metadata }) => metadata.name)
  await informer.stop()
  await core.deleteNamespacedConfigMap({ ...at, name: 'w2' })
  return {
    events,
    aborted: end?.name,
    informer: seen,
    cached,
    timedOut: (await within(timed, 'a watch of one second')) ?? 'no error',
    refused: (await within(expired, 'a refused watch'))?.message,
  }
}

/** Two candidates for one Lease: as client-go does it, by updates that fail when another was first. */
async function election(k8s, kc) {
  const leases = kc.makeApiClient(k8s.CoordinationV1Api)
  const { metadata } = await leases.createNamespacedLease({
    ...at,
    body: {
      metadata: { name: 'l' },
      spec: { leaseDurationSeconds: 15, renewTime: new k8s.V1MicroTime(Date.UTC(2026, 0, 1)) },
    },
  })
  const run = (holderIdentity) =>
    refusal(k8s, () =>
      leases.replaceNamespacedLease({ ...at, name: 'l', body: { metadata, spec: { holderIdentity } } }),
    )
  const outcomes = await Promise.all([run('one'), run('two')])
  const { spec } = await leases.readNamespacedLease({ ...at, name: 'l' })
  await leases.deleteNamespacedLease({ ...at, name: 'l' })
  const won = outcomes.findIndex((outcome) => outcome === 'not refused')
  return { isOne: ['one', 'two'][won] === spec.holderIdentity, lost: outcomes[1 - won]?.slice(0, 2) }
}

/** Needs a running pod `box`, whose containers are those of FakeAgents, with log lines one and two. */
async function logs(k8s, kc) {
  const core = kc.makeApiClient(k8s.CoreV1Api)
  let followed = ''
  const stream = new PassThrough().on('data', (data) => (followed += String(data)))
  const abort = await new k8s.Log(kc).log(NAMESPACE, 'box', 'main', stream, { follow: true, tailLines: 1 })
  await until('the log', () => followed !== '')
  abort.abort()
  return {
    followed,
    read: await core.readNamespacedPodLog({ ...at, name: 'box', container: 'main' }),
    refused: await refusal(k8s, () => core.readNamespacedPodLog({ ...at, name: 'box' })),
    metrics: await refusal(k8s, () => new k8s.Metrics(kc).getNodeMetrics()),
    evicted: (
      await core.createNamespacedPodEviction({
        ...at,
        name: 'gone',
        body: { metadata: { name: 'gone', ...at } },
      })
    ).kind,
  }
}

/** What comes on a stream, as one text that grows. */
function sink() {
  const heard = { text: '' }
  heard.stream = new PassThrough().on('data', (data) => (heard.text += String(data)))
  return heard
}

/** Exec, attach and port-forward: they need a connection. */
export async function connections(k8s, kc) {
  const exec = async (command, stdin) => {
    const [stdout, stderr] = [sink(), sink()]
    const status = await within(
      new Promise((resolve, reject) => {
        const input = stdin === undefined ? null : Readable.from([stdin])
        new k8s.Exec(kc)
          .exec(NAMESPACE, 'box', 'main', command, stdout.stream, stderr.stream, input, false, resolve)
          .catch(reject)
      }),
      `exec ${command.join(' ')}`,
    )
    return [stdout.text, stderr.text, status.status, status.details?.causes?.[0]?.message]
  }
  const attached = sink()
  const attach = await new k8s.Attach(kc).attach(
    NAMESPACE,
    'box',
    'main',
    attached.stream,
    null,
    Readable.from(['hi\n']),
    false,
  )
  await until('attach', () => attached.text !== '')
  attach.close()
  const [forwarded, input] = [sink(), new PassThrough()]
  await new k8s.PortForward(kc).portForward(NAMESPACE, 'box', [80], forwarded.stream, null, input)
  input.write('GET /x HTTP/1.0\r\n\r\n')
  await until('port-forward', () => forwarded.text.endsWith('\n'))
  const refused = await new k8s.Exec(kc)
    .exec(NAMESPACE, 'nobody', 'main', ['echo'], null, null, null, false, () => undefined)
    .catch((error) => error)
  return {
    echo: await exec(['echo', 'a', 'b']),
    fail: await exec(['fail', '3']),
    cat: await exec(['cat'], 'hello\n'),
    attached: attached.text,
    forwarded: forwarded.text.split('\r\n\r\n').at(-1),
    refused: refused.message,
  }
}

/** Everything that both transports do. */
export async function play(k8s, kc, jane, pass = letTimePass) {
  letTimePass = pass
  // a log that is broken off ends as an uncaught error in 2.0: the library does not listen for it
  process.on('uncaughtException', (error) => {
    if (error.name === 'AbortError') return
    console.error(error)
    process.exit(1)
  })
  const forbidden = await refusal(k8s, () => jane.makeApiClient(k8s.CoreV1Api).listNode())
  return {
    forbidden,
    reads: await reads(k8s, kc),
    writes: await writes(k8s, kc),
    patches: await patches(k8s, kc),
    dynamic: await dynamic(k8s, kc),
    watches: await watches(k8s, kc),
    election: await election(k8s, kc),
    logs: await logs(k8s, kc),
  }
}
