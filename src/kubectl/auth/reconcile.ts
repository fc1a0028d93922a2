import type { KubeObject } from '../../api/kind/definition.js'
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  Subject,
} from '../../api/rbac/generated.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Client, ObjectKey } from '../../client/client.js'
import type { ReconcileOperation } from '../../rbac/reconcile/reconcile.js'
import { reconcileBinding, reconcileRole } from '../../rbac/reconcile/reconcile.js'
import type { CommandLine } from '../call/call.js'
import { dryRunOf } from '../call/dry-run.js'
import type { DryRun } from '../call/dry-run.js'
import { isFailure, KubectlError, throwCollected } from '../call/errors.js'
import { readManifests } from '../call/manifests.js'
import { printTyped } from '../print/object.js'
import type { Info } from '../args/resource-args.js'
import { keyOf, typed } from '../args/resource-args.js'

/**
 * `kubectl auth reconcile -f`: adds missing rules to roles and missing subjects to bindings. Source: kubectl
 * pkg/cmd/auth/reconcile.go.
 */
export function reconcile(call: CommandLine): void {
  if (!call.flags.has('filename')) throw new KubectlError('must specify one of -f and -k')
  if (call.args.length > 0) throw new KubectlError('no arguments are allowed')
  const dryRun = clientSideDryRun(call)
  const { infos, errors } = readManifests(call, { isLocal: true, isTyped: true })
  const failures: Error[] = [...errors]
  for (const info of infos) {
    try {
      const result = reconciled(call, info, dryRun)
      if (result !== undefined) report(call, info, result, dryRun)
    } catch (error) {
      if (!isFailure(error)) throw error
      failures.push(error)
    }
  }
  throwCollected(failures)
}

/** Reads `--dry-run`, which cannot be `server`. Source: kubectl pkg/cmd/auth getClientSideDryRun. */
function clientSideDryRun(call: CommandLine): DryRun {
  try {
    const dryRun = dryRunOf(call)
    if (dryRun !== 'server') return dryRun
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error
    throw new KubectlError(`error accessing --dry-run flag for command reconcile: ${error.message}`)
  }
  throw new KubectlError('--dry-run=server for command reconcile is not supported yet')
}

/** What was done to one role or binding, or would be. */
interface Reconciled {
  readonly object: KubeObject
  readonly operation: ReconcileOperation
  readonly protected: boolean
  readonly missingRules?: readonly PolicyRule[]
  readonly extraRules?: readonly PolicyRule[]
  readonly missingSubjects?: readonly Subject[]
  readonly extraSubjects?: readonly Subject[]
}

function reconciled(call: CommandLine, info: Info, dryRun: DryRun): Reconciled | undefined {
  const { definition, object } = info
  if (definition.group !== 'rbac.authorization.k8s.io') return undefined
  const { client, flags } = call
  const key = keyOf(info)
  const isWritten = dryRun === 'none'
  const options = { removeExtraPermissions: flags.bool('remove-extra-permissions') }
  const subjects = { removeExtraSubjects: flags.bool('remove-extra-subjects') }
  switch (definition.kind) {
    case 'Role':
    case 'ClusterRole': {
      const resource = definition.kind === 'Role' ? 'roles' : 'clusterroles'
      const existing = existingOf<ClusterRole | Role>(info, () => client.get(resource, key))
      const result = reconcileRole<ClusterRole | Role>(existing, object as ClusterRole | Role, options)
      const { operation, role } = result
      if (!isWritten || result.protected || operation === 'none') return { ...result, object: role }
      if (operation === 'update') return { ...result, object: client.update(resource, role) }
      if (definition.namespaced) ensureNamespace(client, key)
      return { ...result, object: client.create(resource, role) }
    }
    case 'RoleBinding':
    case 'ClusterRoleBinding': {
      const resource = definition.kind === 'RoleBinding' ? 'rolebindings' : 'clusterrolebindings'
      type Binding = ClusterRoleBinding | RoleBinding
      const existing = existingOf<Binding>(info, () => client.get(resource, key))
      const result = reconcileBinding<Binding>(existing, object as Binding, subjects)
      const { operation, binding } = result
      if (!isWritten || result.protected || operation === 'none') return { ...result, object: binding }
      if (operation === 'update') return { ...result, object: client.update(resource, binding) }
      const uid = existing?.metadata.uid
      if (uid !== undefined) client.delete(resource, key, { preconditions: { uid } })
      if (definition.namespaced) ensureNamespace(client, key)
      return { ...result, object: client.create(resource, binding) }
    }
    default:
      return undefined
  }
}

/** A file is read as it is, so what it leaves without a namespace is nowhere. */
function existingOf<T>({ definition, namespace }: Info, read: () => T): T | undefined {
  return definition.namespaced && namespace === undefined ? undefined : ignoreNotFound(read)
}

/**
 * Creates the namespace of what is to be created; one that may not be read is taken to exist. Source:
 * component-helpers auth/rbac/reconciliation/namespace.go tryEnsureNamespace.
 */
function ensureNamespace(client: Client, { namespace }: ObjectKey): void {
  if (namespace === undefined) throw new KubectlError('resource name may not be empty')
  try {
    if (ignoreNotFound(() => client.get('namespaces', { name: namespace })) !== undefined) return
    client.create('namespaces', { metadata: { name: namespace } })
  } catch (error) {
    if (!isApiError(error, 'Forbidden') && !isApiError(error, 'AlreadyExists')) throw error
  }
}

/** Source: kubectl pkg/cmd/auth/reconcile.go printResults. */
function report(
  call: CommandLine,
  { definition }: Info,
  {
    object,
    operation,
    protected: isProtected,
    missingSubjects = [],
    extraSubjects = [],
    missingRules = [],
    extraRules = [],
  }: Reconciled,
  dryRun: DryRun,
): void {
  const { out, flags } = call
  printTyped(call, definition, typed(definition, object), 'reconciled', dryRun)
  if (operation === 'none') return
  const caveat = isProtected
    ? ', but object opted out (rbac.authorization.kubernetes.io/autoupdate: false)'
    : ''
  const write = (title: string, lines: readonly string[]): void => {
    if (lines.length === 0) return
    out.errorLine(`\t${title}:`)
    for (const line of lines) out.errorLine(`\t\t${line}`)
  }
  out.errorLine(`\treconciliation required ${operation}${caveat}`)
  write('missing subjects added', missingSubjects.map(goSubject))
  if (flags.bool('remove-extra-subjects')) write('extra subjects removed', extraSubjects.map(goSubject))
  write('missing rules added', missingRules.map(goRule))
  if (flags.bool('remove-extra-permissions')) write('extra rules removed', extraRules.map(goRule))
}

const goSubject = ({ kind, apiGroup = '', name, namespace = '' }: Subject): string =>
  `{Kind:${kind} APIGroup:${apiGroup} Name:${name} Namespace:${namespace}}`

/** Formats a rule as Go's `%+v` does. */
function goRule({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): string {
  const list = (values: readonly string[]): string => `[${values.join(' ')}]`
  return (
    `{Verbs:${list(verbs)} APIGroups:${list(apiGroups)} Resources:${list(resources)} ` +
    `ResourceNames:${list(resourceNames)} NonResourceURLs:${list(nonResourceURLs)}}`
  )
}
