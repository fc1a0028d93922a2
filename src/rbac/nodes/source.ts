import { checkSource } from '../inputs.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { parseManifests } from '../../api/manifests.js'
import type { StoredSource } from '../../api/kind/stored-source.js'

/** Where the objects come from: a cluster, a list of objects, or YAML or JSON text. */
export type RbacSource = Iterable<KubeObject> | StoredSource | string

/** What rights and escalation paths depend on. */
const KINDS: Readonly<Record<string, string>> = {
  clusterroles: 'ClusterRole',
  clusterrolebindings: 'ClusterRoleBinding',
  roles: 'Role',
  rolebindings: 'RoleBinding',
  namespaces: 'Namespace',
  serviceaccounts: 'ServiceAccount',
  secrets: 'Secret',
  pods: 'Pod',
  deployments: 'Deployment',
  daemonsets: 'DaemonSet',
  statefulsets: 'StatefulSet',
}

/**
 * Returns the objects of a source; of a cluster those that escalation paths depend on.
 * @throws InputError if a text is not YAML
 */
export function objectsIn(source: RbacSource): Iterable<KubeObject> {
  checkSource(source)
  if (typeof source === 'string') return parseManifests(source)
  if (Symbol.iterator in source) return source
  return Object.entries(KINDS).flatMap(([resource, kind]) =>
    // items of a list may lack their kind
    source.state.peek(resource).map((object) => (object.kind === undefined ? { ...object, kind } : object)),
  )
}
