/**
 * A controller of 30 lines, written with @kubernetes/client-node, that trusts its cache, and how
 * `explore()` finds that. `node examples/client-node-exploration.mjs` prints what it finds.
 */
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import * as k8s from '@kubernetes/client-node'

const namespace = 'default'

/** Starts the controller: for each ConfigMap with a `size` it creates as many parts. */
export async function gadgets(kc, { trustsCache = false } = {}) {
  const api = kc.makeApiClient(k8s.CoreV1Api)
  const list = () => api.listNamespacedConfigMap({ namespace })
  const cache = k8s.makeInformer(kc, `/api/v1/namespaces/${namespace}/configmaps`, list)

  async function reconcile(name) {
    queued.delete(name)
    const all = trustsCache ? cache.list() : (await list()).items
    const parts = all.filter(({ metadata }) => metadata.labels?.part === name)
    const { size } = cache.get(name, namespace).data
    for (let missing = size - parts.length; missing > 0; missing -= 1) {
      const metadata = { generateName: `${name}-`, labels: { part: name } }
      await api.createNamespacedConfigMap({ namespace, body: { metadata } })
    }
  }

  const queued = new Set()
  let work = Promise.resolve()
  const enqueue = ({ metadata: { name }, data }) => {
    if (data?.size === undefined || queued.has(name)) return
    queued.add(name)
    work = work.then(() => reconcile(name)).catch(console.error)
  }
  for (const event of ['add', 'update']) cache.on(event, enqueue)
  await cache.start()
  return () => cache.stop()
}

/** Number of parts of the gadget. */
export const countParts = (cluster) =>
  cluster.list('configmaps', { namespace, labelSelector: 'part=gadget' }).items.length

/** Options of `explore()`; `connect` is `kubeConfigFor` of simcluster/client-node. */
export const huntFor = (connect, bugs) => ({
  clients: { gadgets: (access) => gadgets(connect(access, { KubeConfig: k8s.KubeConfig }), bugs) },
  actions: [
    {
      name: 'resize',
      do: (cluster) => cluster.edit('configmaps', 'gadget', (draft) => void (draft.data = { size: '3' })),
    },
    { name: 'label', do: (cluster) => cluster.kubectl('label configmap gadget team=a'), at: 'any' },
  ],
  always: [
    {
      name: 'at most 3 parts',
      holds: (cluster) => countParts(cluster) <= 3 || `${countParts(cluster)} parts`,
    },
  ],
  eventually: [{ name: 'enough parts', holds: (cluster) => countParts(cluster) >= 3, within: '10m' }],
  search: { delays: 1 },
})

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { SimCluster } = await import('simcluster')
  const { kubeConfigFor } = await import('simcluster/client-node')
  const { explore } = await import('simcluster/explore')
  const cluster = new SimCluster({ nodes: 0 })
  cluster.create('configmaps', { metadata: { name: 'gadget' }, data: { size: '1' } })
  for (const trustsCache of [true, false]) {
    const options = huntFor(kubeConfigFor, { trustsCache })
    const { verdict, schedules, story } = await explore(cluster.settle(), options)
    console.log(`it trusts its ${trustsCache ? 'cache' : 'apiserver'}: ${verdict}, ${schedules} runs\n`)
    if (story) console.log(`${story}\n`)
  }
}
