/**
 * A controller for a real cluster, written with @kubernetes/client-node: a Website becomes a Deployment, its
 * status counts ready pods, and a finalizer cleans up. The test beside it runs it unchanged on a simulated
 * cluster, in process and over HTTPS. `node examples/client-node-controller.mjs` runs it in process.
 */
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import * as k8s from '@kubernetes/client-node'

const FINALIZER = 'example.com/cleanup'
const KIND = { group: 'example.com', version: 'v1', plural: 'websites' }
const merge = k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.MergePatch)

/** Starts the controller. Returns a function that stops it. `cleanUp` is called for each deleted website. */
export async function websites(kc, cleanUp = async () => undefined) {
  const sites = kc.makeApiClient(k8s.CustomObjectsApi)
  const apps = kc.makeApiClient(k8s.AppsV1Api)
  const objects = k8s.KubernetesObjectApi.makeApiClient(kc)

  async function reconcile({ metadata, spec, status }) {
    const { name, namespace, uid, finalizers = [] } = metadata
    const site = { ...KIND, name, namespace }
    if (metadata.deletionTimestamp !== undefined) {
      if (!finalizers.includes(FINALIZER)) return
      await cleanUp(name)
      const body = { metadata: { finalizers: finalizers.filter((one) => one !== FINALIZER) } }
      await sites.patchNamespacedCustomObject({ ...site, body }, merge)
      return
    }
    if (!finalizers.includes(FINALIZER)) {
      const body = { metadata: { finalizers: [...finalizers, FINALIZER] } }
      await sites.patchNamespacedCustomObject({ ...site, body }, merge)
    }
    const labels = { website: name }
    const owner = { apiVersion: 'example.com/v1', kind: 'Website', name, uid, controller: true }
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, ownerReferences: [owner] },
      spec: {
        replicas: spec.replicas,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
      },
    }
    const { ServerSideApply } = k8s.PatchStrategy
    const applied = await objects.patch(deployment, undefined, undefined, 'website', true, ServerSideApply)
    const ready = applied.status?.readyReplicas ?? 0
    if (status?.ready !== ready)
      await sites.patchNamespacedCustomObjectStatus({ ...site, body: { status: { ready } } }, merge)
  }

  /** A conflict, or a website that is gone, comes again with the next event. */
  const run = (site) => void reconcile(site).catch((error) => error.code === 404 || console.error(error))
  const list = () => sites.listCustomObjectForAllNamespaces(KIND)
  const informer = k8s.makeInformer(kc, '/apis/example.com/v1/websites', list)
  const deployments = k8s.makeInformer(kc, '/apis/apps/v1/deployments', () =>
    apps.listDeploymentForAllNamespaces(),
  )
  for (const event of ['add', 'update']) informer.on(event, run)
  deployments.on('update', ({ metadata: { name, namespace } }) => {
    const site = informer.get(name, namespace)
    if (site !== undefined) run(site)
  })
  await informer.start()
  await deployments.start()
  return async () => {
    await informer.stop()
    await deployments.stop()
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { SimCluster } = await import('simcluster')
  const { kubeConfigFor, settled } = await import('simcluster/client-node')
  const cluster = new SimCluster({
    manifests: `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: websites.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: websites, singular: website, kind: Website}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}`,
  })
  const stop = await websites(kubeConfigFor(cluster, { KubeConfig: k8s.KubeConfig }))
  cluster.resource('websites').create({ metadata: { name: 'blog' }, spec: { replicas: 2 } })
  await settled(cluster)
  console.log(cluster.kubectl('get websites,deployments,pods').stdout)
  await stop()
}
