import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../api/rbac/generated.js'
import { isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { policyOf } from '../bootstrap-policy/index.js'
import type { ReconcileOperation } from './reconcile.js'
import { reconcileBinding, reconcileRole } from './reconcile.js'

type AnyRole = ClusterRole | Role
type AnyBinding = ClusterRoleBinding | RoleBinding
type Resource = 'clusterroles' | 'clusterrolebindings' | 'roles' | 'rolebindings'

const RESOURCES: Readonly<Record<string, Resource>> = {
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  Role: 'roles',
  RoleBinding: 'rolebindings',
}

/** A change of a default role or binding. If it is `protected`, the change was not made. */
export interface DefaultPolicyChange {
  readonly resource: string
  readonly namespace?: string
  readonly name: string
  readonly operation: Exclude<ReconcileOperation, 'none'>
  readonly protected: boolean
}

/**
 * Reconciles the default roles and bindings of a minor version, as an apiserver does at each start: missing
 * objects, rules and subjects are restored, additions are kept. Objects annotated with
 * `rbac.authorization.kubernetes.io/autoupdate: "false"` are not touched, and Roles in a namespace that no
 * longer exists are skipped. Source: pkg/registry/rbac/rest/storage_rbac.go ensureRBACPolicy.
 */
export function reconcilePolicy(client: Client, minor: number): readonly DefaultPolicyChange[] {
  return policyOf(minor).flatMap((expected) => {
    const resource = RESOURCES[expected.kind ?? ''] as Resource
    const existing = orUndefined(() => client.get(resource, expected.metadata))
    const {
      operation,
      protected: isProtected,
      object,
    } = compare(resource, existing, expected as AnyRole & AnyBinding)
    if (operation === 'none') return []
    if (!isProtected && !write(client, { resource, operation, object, existing })) return []
    const { name = '', namespace } = expected.metadata
    return [
      {
        resource,
        ...(namespace === undefined ? {} : { namespace }),
        name,
        operation,
        protected: isProtected,
      },
    ]
  })
}

interface Compared {
  readonly operation: ReconcileOperation
  readonly protected: boolean
  readonly object: AnyRole | AnyBinding
}

function compare(
  resource: Resource,
  existing: AnyRole | AnyBinding | undefined,
  expected: AnyRole & AnyBinding,
): Compared {
  if (resource.endsWith('roles')) {
    const result = reconcileRole<AnyRole>(existing as AnyRole | undefined, expected)
    return { ...result, object: result.role }
  }
  const result = reconcileBinding<AnyBinding>(existing as AnyBinding | undefined, expected)
  return { ...result, object: result.binding }
}

interface Write {
  readonly resource: Resource
  readonly operation: ReconcileOperation
  readonly object: AnyRole | AnyBinding
  readonly existing: AnyRole | AnyBinding | undefined
}

/** Writes an object. Returns false if its namespace does not exist. */
function write(client: Client, { resource, operation, object, existing }: Write): boolean {
  if (operation === 'update') client.update(resource, object)
  else {
    if (existing !== undefined)
      client.delete(resource, existing.metadata, { preconditions: { uid: existing.metadata.uid ?? '' } })
    try {
      client.create(resource, object)
    } catch (error) {
      if (isApiError(error, 'NotFound') || isApiError(error, 'Forbidden')) return false
      throw error
    }
  }
  return true
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined
    throw error
  }
}
