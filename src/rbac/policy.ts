import type { KubeObject } from '../api/kind/definition.js'
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  RoleRef,
  Subject,
} from '../api/rbac/generated.js'

/** Any RBAC object; objects of other kinds are ignored. */
export type RbacObject = (ClusterRole | ClusterRoleBinding | Role | RoleBinding) & KubeObject

/** A binding of either kind. `namespace` is '' for a ClusterRoleBinding. */
export interface Binding {
  readonly kind: 'ClusterRoleBinding' | 'RoleBinding'
  readonly namespace: string
  readonly name: string
  readonly roleRef: RoleRef
  readonly subjects: readonly Subject[]
}

/** The RBAC objects of a cluster by kind; roles by their key. */
export interface Policy {
  readonly clusterBindings: readonly Binding[]
  readonly bindings: readonly Binding[]
  readonly roles: ReadonlyMap<string, readonly PolicyRule[]>
}

const NO_SUBJECTS: readonly Subject[] = []
const NO_RULES: readonly PolicyRule[] = []

/** Returns the key of a role: `ClusterRole//view`, `Role/office/reader`. */
export function roleKey(kind: string, namespace: string, name: string): string {
  return kind === 'ClusterRole' ? `ClusterRole//${name}` : `${kind}/${namespace}/${name}`
}

/** Returns the key of the role that a binding refers to. */
export function roleKeyOf({ roleRef, namespace }: Pick<Binding, 'roleRef' | 'namespace'>): string {
  return roleKey(roleRef.kind, namespace, roleRef.name)
}

/** Converts a binding object to a {@link Binding}. */
export function bindingOf(
  { metadata, roleRef, subjects }: ClusterRoleBinding | RoleBinding,
  kind: Binding['kind'],
): Binding {
  const { name = '', namespace = '' } = metadata
  return {
    kind,
    name,
    namespace: kind === 'RoleBinding' ? namespace : '',
    roleRef,
    subjects: subjects ?? NO_SUBJECTS,
  }
}

const GROUP = 'rbac.authorization.k8s.io/'

/** Returns whether an object belongs to RBAC; without an apiVersion its kind decides. */
export function isOfRbac({ apiVersion }: KubeObject): boolean {
  return apiVersion === undefined || apiVersion.startsWith(GROUP)
}

/** Sorts objects by kind. Of several with the same kind, namespace and name, the last one counts. */
export function policyOf(objects: Iterable<KubeObject>): Policy {
  const clusterBindings = new Map<string, Binding>()
  const bindings = new Map<string, Binding>()
  const roles = new Map<string, readonly PolicyRule[]>()
  for (const object of objects) {
    if (!isOfRbac(object)) continue
    const { name = '', namespace = '' } = object.metadata
    switch (object.kind) {
      case 'ClusterRoleBinding':
        clusterBindings.set(name, bindingOf(object as ClusterRoleBinding, 'ClusterRoleBinding'))
        break
      case 'RoleBinding':
        bindings.set(`${namespace}/${name}`, bindingOf(object as RoleBinding, 'RoleBinding'))
        break
      case 'ClusterRole':
      case 'Role':
        roles.set(roleKey(object.kind, namespace, name), (object as ClusterRole | Role).rules ?? NO_RULES)
        break
      default:
        break
    }
  }
  return { clusterBindings: [...clusterBindings.values()], bindings: [...bindings.values()], roles }
}
