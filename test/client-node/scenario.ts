/**
 * What client-node.test.ts lets each version of @kubernetes/client-node do: `scenario <its index.js>`
 * prints one JSON document.
 */
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { kubeConfigFor } from '../../src/client-node/index.js'

/** As much of client-node as is used here; the two versions differ in the rest. */
interface Library {
  readonly KubeConfig: new () => object
  readonly CoreV1Api: new (configuration: never) => Api
  readonly KubernetesObjectApi: {
    makeApiClient(config: object): { read(of: object): Promise<{ data: object }> }
  }
  readonly ApiException: new () => { code: number; body: string }
  readonly Watch: new (config: object) => {
    watch(
      path: string,
      query: object,
      event: (type: string, object: Named) => void,
      done: (error: Error) => void,
    ): Promise<AbortController>
  }
  readonly makeInformer: (
    config: object,
    path: string,
    list: () => Promise<object>,
  ) => {
    on(event: string, listener: (object: Named) => void): void
    start(): Promise<void>
    stop(): Promise<void>
  }
}

interface Named {
  readonly metadata: { readonly name: string }
}

type Call<T> = (parameters?: object) => Promise<T>

interface Api {
  readonly listNode: Call<{ items: readonly Named[] }>
  readonly listNamespacedConfigMap: Call<{ items: readonly Named[] }>
  readonly createNamespacedConfigMap: Call<Named>
  readonly patchNamespacedConfigMap: Call<{ data: object }>
  readonly deleteNamespacedConfigMap: Call<object>
}

const PATH = '/api/v1/namespaces/default/configmaps'
const at = { namespace: 'default' }
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))
const library = (await import(process.argv[2] as string)) as Library
const cluster = new SimCluster({ nodes: 2 })
const kc = kubeConfigFor(cluster)
const core = kc.makeApiClient(library.CoreV1Api)
const out: Record<string, unknown> = {}

out['nodes'] = (await core.listNode()).items.map(({ metadata }) => metadata.name)
await core.createNamespacedConfigMap({ ...at, body: { metadata: { name: 'a' }, data: { x: '1' } } })
out['patched'] = (
  await core.patchNamespacedConfigMap({
    ...at,
    name: 'a',
    body: [{ op: 'add', path: '/data/y', value: '2' }],
  })
).data
out['dynamic'] = (
  await library.KubernetesObjectApi.makeApiClient(kc).read({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', ...at },
  })
).data
await core.createNamespacedConfigMap({ ...at, body: { metadata: { name: 'a' } } }).catch((error: unknown) => {
  if (error instanceof library.ApiException)
    out['refused'] = [error.code, (JSON.parse(error.body) as { reason: string }).reason]
})

const mine = kubeConfigFor(cluster, { as: { user: 'nobody' }, KubeConfig: library.KubeConfig }) as typeof kc
out['isTheirs'] = mine instanceof library.KubeConfig
out['user'] = mine.getCurrentUser().name

const events: string[] = []
let done: (error: Error) => void = () => undefined
const ended = new Promise<Error>((resolve) => (done = resolve))
const abort = await new library.Watch(kc).watch(
  PATH,
  {},
  (type, { metadata }) => void events.push(`${type} ${metadata.name}`),
  (error) => done(error),
)
await tick()
await core.createNamespacedConfigMap({ ...at, body: { metadata: { name: 'b' } } })
await tick()
abort.abort()
out['events'] = events.filter((event) => !event.includes('kube-root-ca'))
out['ended'] = (await ended).name

const seen: string[] = []
const informer = library.makeInformer(kc, PATH, () => core.listNamespacedConfigMap(at))
for (const event of ['add', 'delete'])
  informer.on(event, ({ metadata }) => void seen.push(`${event} ${metadata.name}`))
informer.on('error', () => undefined)
await informer.start()
await tick()
await core.deleteNamespacedConfigMap({ ...at, name: 'b' })
await tick()
await informer.stop()
out['informer'] = seen.filter((event) => !event.includes('kube-root-ca'))
console.log(JSON.stringify(out))
