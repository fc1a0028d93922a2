import type { Namespace, ServiceAccount } from '../api/core/generated.js'
import type { KubeObject } from '../api/definition.js'
import { deepFreeze } from '../api/schema/freeze.js'
import { formatTime } from '../api/time.js'
import type { PriorityClass } from '../api/scheduling/generated.js'
import type { ApiServer } from './api-server.js'
import { storageKey } from './registry/resources.js'
import { makeKubernetesService } from './services/kubernetes-service.js'

const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

const PRIORITY_CLASSES = [
  {
    name: 'system-node-critical',
    value: 2000001000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  {
    name: 'system-cluster-critical',
    value: 2000000000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node ' +
      'if necessary.',
  },
]

/** What {@link bootstrap} makes. */
export interface BootstrapOptions {
  /**
   * Also the `default` ServiceAccount of each namespace, as if its controller had run already. Default true.
   */
  readonly serviceAccounts?: boolean
  /**
   * Further objects, complete but for uid, resourceVersion and creationTimestamp: see {@link storeDefaults}.
   * Default none.
   */
  readonly objects?: readonly (readonly KubeObject[])[]
}

/**
 * Makes the objects that the apiserver itself makes at its start: the four namespaces, the system
 * PriorityClasses, the Service `kubernetes`. What is there already is left alone, without any draw of random
 * numbers, so that it may also run on a restored store.
 */
export function bootstrap(
  server: ApiServer,
  { serviceAccounts = true, objects = [] }: BootstrapOptions = {},
): void {
  const client = server.client({ name: 'system:apiserver', groups: ['system:masters'] })
  const ensure = (resource: string, namespace: string, name: string, create: () => unknown): void => {
    if (server.peek(resource, namespace, name) === undefined) create()
  }
  for (const name of NAMESPACES) {
    ensure('namespaces', '', name, () => client.create('namespaces', { metadata: { name } } as Namespace))
  }
  for (const { name, ...fields } of PRIORITY_CLASSES) {
    ensure('priorityclasses', '', name, () =>
      client.create('priorityclasses', { metadata: { name }, ...fields } as unknown as PriorityClass),
    )
  }
  for (const list of objects) storeDefaults(server, list)
  ensure('services', 'default', 'kubernetes', () => makeKubernetesService(server.context, client))
  if (!serviceAccounts) return
  for (const namespace of NAMESPACES) {
    ensure('serviceaccounts', namespace, 'default', () =>
      client.create('serviceaccounts', { metadata: { name: 'default', namespace } } as ServiceAccount),
    )
  }
}

/** A template on its way into the stores of many clusters. */
interface Prepared {
  readonly key: string
  readonly template: KubeObject
  readonly place: { readonly name: string; readonly namespace?: string }
  /** Labels, annotations and what else the metadata has. */
  readonly more: object
}

/** By list of templates and minor: where they go is the same in all clusters of a release. */
const prepared = new WeakMap<readonly KubeObject[], Map<number, readonly Prepared[]>>()

function prepare(
  { context: { resources, scheme } }: ApiServer,
  objects: readonly KubeObject[],
): readonly Prepared[] {
  const { minor } = scheme.release
  let byMinor = prepared.get(objects)
  if (byMinor === undefined) prepared.set(objects, (byMinor = new Map()))
  let list = byMinor.get(minor)
  if (list === undefined) {
    list = deepFreeze(objects).flatMap((template) => {
      const resource = resources.ofKind(template.apiVersion ?? 'v1', template.kind ?? '')
      if (resource === undefined) return []
      const { name = '', namespace, ...more } = template.metadata
      return [
        {
          key: storageKey(resource, namespace, name),
          template,
          place: namespace === undefined ? { name } : { name, namespace },
          more,
        },
      ]
    })
    byMinor.set(minor, list)
  }
  return list
}

/**
 * Puts objects that every cluster of a release has straight into the store: templates that are valid and
 * defaulted, and share all but their metadata with the stored objects of all clusters. Those whose kind the
 * release does not serve, or that are there already, are left out.
 */
export function storeDefaults(server: ApiServer, objects: readonly KubeObject[]): void {
  const { storage, uids, clock } = server.context
  const creationTimestamp = formatTime(clock.now())
  for (const { key, template, place, more } of prepare(server, objects)) {
    if (storage.get(key) !== undefined) continue
    const metadata = {
      ...place,
      uid: uids.uuid(),
      resourceVersion: String(storage.revision + 1),
      creationTimestamp,
      ...more,
    }
    storage.put(key, Object.freeze({ ...template, metadata: Object.freeze(metadata) }), 0)
  }
}
