import type { Namespace, ServiceAccount } from '../api/core/generated.js'
import type { KubeObject } from '../api/kind/definition.js'
import { deepFreeze } from '../api/schema/freeze.js'
import { formatTime } from '../lang/go/time.js'
import type { PriorityClass } from '../api/scheduling/generated.js'
import type { ApiServer } from './api-server.js'
import type { Managers } from './apply/managers.js'
import { defaultManagers } from './default-managers.js'
import { type Resource, storageKey } from './registry/resources.js'
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

/** Options of {@link bootstrap}. */
export interface BootstrapOptions {
  /**
   * Whether to create the `default` ServiceAccount of each namespace, as if its controller had run. Default
   * true.
   */
  readonly serviceAccounts?: boolean
  /** More namespaces that must exist. Default none. */
  readonly namespaces?: readonly string[]
  /** Whether the ServiceCIDR is as if its controller had run. Default false. */
  readonly serviceCidrs?: boolean
  /**
   * More objects, complete except for uid, resourceVersion and creationTimestamp: see {@link storeDefaults}.
   * Default none.
   */
  readonly objects?: readonly DefaultObjects[]
}

/** Objects that a new cluster has. */
export interface DefaultObjects {
  readonly list: readonly KubeObject[]
  /** The manager of their fields. Default: the part of the apiserver that creates such objects. */
  readonly creator?: string
}

/**
 * Creates the objects that an apiserver creates when it starts: the four namespaces, the system
 * PriorityClasses and the Service `kubernetes`. Existing objects stay, and no random number is drawn for
 * them, so that it can run on a restored store.
 */
export function bootstrap(
  server: ApiServer,
  { serviceAccounts = true, serviceCidrs = false, namespaces = [], objects = [] }: BootstrapOptions = {},
): void {
  const user = { name: 'system:apiserver', groups: ['system:masters'] }
  const client = server.client(user, { userAgent: 'kube-apiserver' })
  const ensure = (resource: string, namespace: string, name: string, create: () => unknown): void => {
    if (server.peek(resource, namespace, name) === undefined) create()
  }
  const all = new Set([...NAMESPACES, ...namespaces])
  for (const name of all) {
    ensure('namespaces', '', name, () => client.create('namespaces', { metadata: { name } } as Namespace))
  }
  for (const { name, ...fields } of PRIORITY_CLASSES) {
    ensure('priorityclasses', '', name, () =>
      client.create('priorityclasses', { metadata: { name }, ...fields } as unknown as PriorityClass),
    )
  }
  for (const { list, creator } of objects) storeDefaults(server, list, creator)
  ensure('services', 'default', 'kubernetes', () =>
    makeKubernetesService(server.context, client, serviceCidrs),
  )
  if (!serviceAccounts) return
  for (const namespace of all) {
    ensure('serviceaccounts', namespace, 'default', () =>
      client.create('serviceaccounts', { metadata: { name: 'default', namespace } } as ServiceAccount),
    )
  }
}

/** A template that is stored in many clusters. */
interface Prepared {
  readonly key: string
  readonly template: KubeObject
  readonly name: string
  readonly namespace: string | undefined
  /** The metadata of the template: labels, annotations and so on. */
  readonly more: object
  readonly resource: Resource
  /** The managers of the last instant: most clusters start at the same one. */
  managers?: { readonly time: string; readonly of: Managers }
}

/** Prepared templates by list and minor: they are the same in all clusters of a release. */
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
      return [{ key: storageKey(resource, namespace, name), template, name, namespace, more, resource }]
    })
    byMinor.set(minor, list)
  }
  return list
}

/**
 * Stores objects that every cluster of a release has, without the write path. The templates must be valid and
 * defaulted; all clusters share everything but the metadata with them. Skips kinds that the release does not
 * serve, and existing objects.
 */
export function storeDefaults(server: ApiServer, objects: readonly KubeObject[], creator?: string): void {
  const { storage, uids, clock } = server.context
  const creationTimestamp = formatTime(clock.now())
  for (const prepared of prepare(server, objects)) {
    const { key, template, name, namespace, more } = prepared
    if (storage.get(key) !== undefined) continue
    const managedFields = managersOf(server, prepared, creator, creationTimestamp)
    const metadata = {
      name,
      ...(namespace !== undefined && { namespace }),
      uid: uids.uuid(),
      resourceVersion: String(storage.revision + 1),
      creationTimestamp,
      ...more,
      ...(managedFields.length > 0 && { managedFields }),
    }
    storage.put(key, Object.freeze({ ...template, metadata: Object.freeze(metadata) }), 0)
  }
}

function managersOf(
  { context: { managedFields, resources } }: ApiServer,
  prepared: Prepared,
  creator: string | undefined,
  time: string,
): Managers {
  if (!managedFields) return []
  if (prepared.managers?.time !== time) {
    const { resource, template } = prepared
    const of = deepFreeze([...defaultManagers(resources, resource, template, { creator, time })])
    prepared.managers = { time, of }
  }
  return prepared.managers.of
}
