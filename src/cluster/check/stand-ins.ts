import type { ConfigMap } from '../../api/core/generated.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { SimCluster } from '../sim-cluster.js'
import { keysOf, type Missing } from './references.js'
import type { LoadedTemplate } from './templates.js'

/** A class of volumes whose claims are bound. */
const PROVISIONER = 'simcluster.example.com/check'

/**
 * Creates what is missing, so that one fault is found once and what depends on it is judged all the same.
 * Roles, Services and targets are left out: nothing waits for them.
 */
export function standIn(
  cluster: SimCluster,
  missing: readonly Missing[],
  templates: readonly LoadedTemplate[],
): void {
  const keys = templates.flatMap((template) => keysOf(template))
  for (const { resource, namespace = 'default', name } of missing) {
    const metadata = { name, namespace }
    const data = Object.fromEntries(
      keys
        .filter(
          (key) => key.resource === resource && key.name === name && key.template.namespace === namespace,
        )
        .map(({ key }) => [key, 'x']),
    )
    quietly(() => {
      if (resource === 'configmaps') cluster.create('configmaps', { metadata, data })
      else if (resource === 'secrets') cluster.create('secrets', { metadata, stringData: data })
      else if (resource === 'serviceaccounts') cluster.create('serviceaccounts', { metadata })
      else if (resource === 'persistentvolumeclaims')
        cluster.create('persistentvolumeclaims', {
          metadata,
          spec: {
            accessModes: ['ReadWriteOnce'],
            storageClassName: classFor(cluster),
            resources: { requests: { storage: '1Gi' } },
          },
        })
      else if (resource === 'storageclasses')
        cluster.create('storageclasses', { metadata: { name }, provisioner: PROVISIONER })
      else if (resource === 'priorityclasses')
        cluster.create('priorityclasses', { metadata: { name }, value: 1 })
      else if (resource === 'runtimeclasses')
        cluster.create('runtimeclasses', { metadata: { name }, handler: 'runc' })
    })
  }
}

/** Adds the keys that ConfigMaps and Secrets lack. */
export function addKeys(cluster: SimCluster, templates: readonly LoadedTemplate[]): void {
  for (const { resource, name, key, template } of templates.flatMap((each) => keysOf(each))) {
    const { namespace } = template
    const object = cluster.state.peek(resource, { namespace }).find(({ metadata }) => metadata.name === name)
    if (object === undefined || key in (object.data ?? {})) continue
    if (resource === 'configmaps' && key in ((object as ConfigMap).binaryData ?? {})) continue
    const value = resource === 'secrets' ? 'eA==' : 'x'
    quietly(() =>
      cluster.patch(resource, { namespace, name }, { type: 'merge', body: { data: { [key]: value } } }),
    )
  }
}

/** The class of stand-in claims. */
function classFor(cluster: SimCluster): string {
  const name = 'simcluster-check'
  if (ignoreNotFound(() => cluster.get('storageclasses', name)) === undefined)
    cluster.create('storageclasses', { metadata: { name }, provisioner: PROVISIONER })
  return name
}

/** A name that cannot be created is told where it is used. */
function quietly(create: () => void): void {
  try {
    create()
  } catch (error) {
    if (!isApiError(error)) throw error
  }
}
