import { semanticEqual } from '../../api/equal.js'
import type { KubeObject } from '../../api/definition.js'
import type { PolicyRule, Subject } from '../../api/rbac/generated.js'
import { ignoreNotFound } from '../../client/api-error.js'
import { missingRights } from '../../rbac/covers.js'
import type { CommandLine } from '../call.js'
import { dryRunOf } from '../dry-run.js'
import type { DryRun } from '../dry-run.js'
import { KubectlError, throwCollected } from '../errors.js'
import { resourceNameOf } from '../kinds.js'
import { readManifests } from '../manifests.js'
import { printDone } from '../print/object.js'
import type { Info } from '../resource-args.js'
import { keyOf, typed } from '../resource-args.js'

type AccessObject = KubeObject & {
  readonly rules?: readonly PolicyRule[]
  readonly subjects?: readonly Subject[]
  readonly roleRef?: object
}

const KINDS: ReadonlySet<string> = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'])
const PROTECTED = 'rbac.authorization.kubernetes.io/autoupdate'

/**
 * `kubectl auth reconcile -f`: adds missing rules to roles and missing subjects to bindings. Source: kubectl
 * pkg/cmd/auth/reconcile.go.
 */
export function reconcile(call: CommandLine): void {
  if (!call.flags.has('filename')) throw new KubectlError('must specify one of -f and -k')
  if (call.args.length > 0) throw new KubectlError('no arguments are allowed')
  const dryRun = dryRunOf(call)
  if (dryRun === 'server')
    throw new KubectlError('--dry-run=server for command reconcile is not supported yet')
  const { infos, errors } = readManifests(call)
  throwCollected(errors)
  for (const info of infos) {
    if (info.definition.group !== 'rbac.authorization.k8s.io' || !KINDS.has(info.definition.kind)) continue
    reconcileOne(call, info, dryRun)
  }
}

function reconcileOne(call: CommandLine, info: Info, dryRun: DryRun): void {
  const { client, flags } = call
  const { definition } = info
  const resource = resourceNameOf(definition)
  const wanted = info.object as AccessObject
  const existing = ignoreNotFound(() => client.get(resource, keyOf(info))) as AccessObject | undefined
  const options = { fieldManager: 'kubectl-auth' }
  const removes = {
    rules: flags.bool('remove-extra-permissions'),
    subjects: flags.bool('remove-extra-subjects'),
  }
  const confirmed = dryRun === 'none' && existing?.metadata.annotations?.[PROTECTED] !== 'false'
  const print = (result: AccessObject): void =>
    printDone(call, definition, typed(definition, result as KubeObject), 'reconciled', dryRun)
  if (existing === undefined || !sameRole(existing, wanted)) {
    const uid = existing?.metadata.uid
    if (confirmed && uid !== undefined) client.delete(resource, keyOf(info), { preconditions: { uid } })
    print(confirmed ? (client.create(resource, wanted as never, options) as AccessObject) : wanted)
    if (existing === undefined) report(call, 'create', missingOf(undefined, wanted))
    else report(call, 'recreate', NOTHING)
    return
  }
  const merged = mergedWith(existing, wanted, removes)
  const changes = !semanticEqual(merged, existing)
  print(changes && confirmed ? (client.update(resource, merged as never, options) as AccessObject) : merged)
  if (!changes) return
  const extra = missingOf(wanted, existing)
  report(call, 'update', missingOf(existing, wanted), {
    rules: removes.rules ? extra.rules : [],
    subjects: removes.subjects ? extra.subjects : [],
  })
}

/** Whether bindings refer to the same role; a binding with another one must be made anew. */
const sameRole = ({ roleRef: a }: AccessObject, { roleRef: b }: AccessObject): boolean => semanticEqual(a, b)

interface Missing {
  readonly rules: readonly PolicyRule[]
  readonly subjects: readonly Subject[]
}

function missingOf(existing: AccessObject | undefined, { rules = [], subjects = [] }: AccessObject): Missing {
  const keyOfSubject = ({ kind, apiGroup = '', namespace = '', name }: Subject): string =>
    JSON.stringify([kind, apiGroup, namespace, name])
  const bound = new Set((existing?.subjects ?? []).map(keyOfSubject))
  return {
    rules: existing === undefined ? rules : missingRights(existing.rules ?? [], rules),
    subjects: subjects.filter((one) => !bound.has(keyOfSubject(one))),
  }
}

function mergedWith(
  existing: AccessObject,
  wanted: AccessObject,
  removes: { readonly rules: boolean; readonly subjects: boolean },
): AccessObject {
  const { rules, subjects } = missingOf(existing, wanted)
  const extra = missingOf(wanted, existing)
  const keptRules =
    removes.rules && extra.rules.length > 0 ? wanted.rules : [...(existing.rules ?? []), ...rules]
  const keptSubjects =
    removes.subjects && extra.subjects.length > 0
      ? wanted.subjects
      : [...(existing.subjects ?? []), ...subjects]
  const { labels = {}, annotations = {} } = wanted.metadata
  return {
    ...existing,
    metadata: {
      ...existing.metadata,
      ...(Object.keys(labels).length === 0 ? {} : { labels: { ...labels, ...existing.metadata.labels } }),
      ...(Object.keys(annotations).length === 0
        ? {}
        : { annotations: { ...annotations, ...existing.metadata.annotations } }),
    },
    ...(existing.rules === undefined && rules.length === 0 ? {} : { rules: keptRules ?? [] }),
    ...(existing.subjects === undefined && subjects.length === 0 ? {} : { subjects: keptSubjects ?? [] }),
  }
}

const NOTHING: Missing = { rules: [], subjects: [] }

/** Source: kubectl pkg/cmd/auth/reconcile.go printResults. */
function report({ out }: CommandLine, operation: string, missing: Missing, extra: Missing = NOTHING): void {
  const write = (title: string, lines: readonly string[]): void => {
    if (lines.length === 0) return
    out.errorLine(`\t${title}:`)
    for (const line of lines) out.errorLine(`\t\t${line}`)
  }
  out.errorLine(`\treconciliation required ${operation}`)
  write('missing subjects added', missing.subjects.map(goSubject))
  write('extra subjects removed', extra.subjects.map(goSubject))
  write('missing rules added', missing.rules.map(goRule))
  write('extra rules removed', extra.rules.map(goRule))
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
