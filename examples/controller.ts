/**
 * A controller of one's own: a Website becomes a Deployment that it owns; its status counts ready pods, a
 * finalizer cleans up, and events tell. Run it with `npx tsx examples/controller.ts`.
 */
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import {
  defineController,
  ignoreNotFound,
  keyOf,
  SimCluster,
  type Component,
  type KubeObject,
} from 'simcluster'

/** The custom kind. */
export interface Website extends KubeObject {
  readonly spec: { readonly replicas: number }
  readonly status?: { readonly ready: number }
}

export const definition = `
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
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}`

const FINALIZER = 'example.com/cleanup'
const WEBSITES = 'websites.example.com'

/** The controller. `cleanUp` is called once for each website that is deleted, before it is gone. */
export function websites(cleanUp: (name: string) => void = () => undefined): Component {
  return defineController({
    name: 'website-controller',
    identity: { name: 'website-controller', groups: ['system:masters'] },
    informers: { sites: { resource: WEBSITES }, deployments: { resource: 'deployments' } },
    setup: ({ host, informers: { sites, deployments } }) => ({
      on: {
        sites: ({ object }) => [keyOf(object)],
        deployments: ({ object }) => [keyOf(object)], // it has the name of its website
      },
      reconcile(key) {
        const { client } = host
        const site = sites.get(key) as Website | undefined
        if (site === undefined) return
        const { metadata, spec } = site
        const { name = '', namespace = '', uid = '', finalizers = [] } = metadata
        const merge = (body: object): unknown => client.patch(WEBSITES, metadata, { type: 'merge', body })
        if (metadata.deletionTimestamp !== undefined) {
          if (!finalizers.includes(FINALIZER)) return
          cleanUp(name)
          ignoreNotFound(() =>
            merge({ metadata: { finalizers: finalizers.filter((one) => one !== FINALIZER) } }),
          )
          return
        }
        if (!finalizers.includes(FINALIZER)) merge({ metadata: { finalizers: [...finalizers, FINALIZER] } })
        const owner = { apiVersion: 'example.com/v1', kind: 'Website', name, uid, controller: true }
        const labels = { website: name }
        const body = {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name, namespace, ownerReferences: [owner] },
          spec: {
            replicas: spec.replicas,
            selector: { matchLabels: labels },
            template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
          },
        }
        client.patch('deployments', { name, namespace }, { type: 'apply', body }, { fieldManager: 'website' })
        const ready = deployments.get(key)?.status?.readyReplicas ?? 0
        if (site.status?.ready === ready) return
        host
          .recorder({ component: 'website-controller' })
          .event(
            { object: site, apiVersion: 'example.com/v1', kind: 'Website' },
            'Normal',
            'Counted',
            `${ready}`,
          )
        client.patch(
          WEBSITES,
          metadata,
          { type: 'merge', body: { status: { ready } } },
          { subresource: 'status' },
        )
      },
    }),
  })
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const cluster = new SimCluster({ manifests: definition, components: [websites()] })
  cluster.apply({
    apiVersion: 'example.com/v1',
    kind: 'Website',
    metadata: { name: 'blog', namespace: 'default' },
    spec: { replicas: 2 },
  })
  cluster.settle()
  console.log(cluster.kubectl('get websites,deployments,pods -o wide').stdout)
}
