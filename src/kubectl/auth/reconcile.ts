import { semanticEqual } from '../../api/equal.js'
import type { KubeObject } from '../../api/definition.js'
import type { PolicyRule, Subject } from '../../api/rbac/generated.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { CommandLine } from '../call.js'
import { dryRunOf } from '../dry-run.js'
import type { DryRun } from '../dry-run.js'
import { KubectlError, throwCollected } from '../errors.js'
import { resourceNameOf } from '../kinds.js'
import { readManifests } from '../manifests.js'
import { brokenDown } from '../policy-rules.js'
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
  if (call.args.length > 0) throw new KubectlError('no arguments are allowed')
  if (!call.flags.has('filename')) throw new KubectlError('must specify one of -f and -k')
  const dryRun = dryRunOf(call)
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
  const options = { dryRun: dryRun === 'server', fieldManager: 'kubectl-auth' }
  if (existing === undefined) {
    const created = dryRun === 'client' ? wanted : client.create(resource, wanted as never, options)
    printDone(call, definition, typed(definition, created as KubeObject), 'reconciled', dryRun)
    report(call, 'reconciliation required create', missingOf(undefined, wanted))
    return
  }
  const merged = mergedWith(existing, wanted, {
    rules: flags.bool('remove-extra-permissions'),
    subjects: flags.bool('remove-extra-subjects'),
  })
  const changes = !semanticEqual(merged, existing) && existing.metadata.annotations?.[PROTECTED] !== 'false'
  const result = changes && dryRun !== 'client' ? client.update(resource, merged as never, options) : merged
  printDone(call, definition, typed(definition, result as KubeObject), 'reconciled', dryRun)
  if (changes) report(call, 'reconciliation required update', missingOf(existing, wanted))
}

interface Missing {
  readonly rules: readonly PolicyRule[]
  readonly subjects: readonly Subject[]
}

function missingOf(existing: AccessObject | undefined, { rules = [], subjects = [] }: AccessObject): Missing {
  const keyOfSubject = ({ kind, apiGroup = '', namespace = '', name }: Subject): string =>
    JSON.stringify([kind, apiGroup, namespace, name])
  const held = new Set((existing?.rules ?? []).flatMap(brokenDown).map((rule) => JSON.stringify(rule)))
  const bound = new Set((existing?.subjects ?? []).map(keyOfSubject))
  return {
    rules: rules.filter((rule) => brokenDown(rule).some((part) => !held.has(JSON.stringify(part)))),
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

function report({ out, flags }: CommandLine, operation: string, { rules, subjects }: Missing): void {
  if (flags.string('output') !== '') return
  out.errorLine(`\t${operation}`)
  if (rules.length > 0) {
    out.errorLine('\tmissing rules added:')
    for (const rule of rules) out.errorLine(`\t\t${goRule(rule)}`)
  }
  if (subjects.length > 0) {
    out.errorLine('\tmissing subjects added:')
    for (const { kind, apiGroup = '', name, namespace = '' } of subjects)
      out.errorLine(`\t\t{Kind:${kind} APIGroup:${apiGroup} Name:${name} Namespace:${namespace}}`)
  }
}

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
