import type { KindDefinition } from '../../api/kind/definition.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { CommandLine } from '../call/call.js'
import { propagationOf } from '../objects/cascade.js'
import type { DryRun } from '../call/dry-run.js'
import { KubectlError } from '../call/errors.js'
import { kindOfObject, resourceNameOf } from '../args/kinds.js'
import { logWarning } from '../call/klog.js'
import { lastAppliedOf } from './last-applied.js'
import { printDone } from '../print/object.js'
import { infoOf, keyOf, typed } from '../args/resource-args.js'

/** The kinds that are pruned without `--prune-allowlist`. Source: kubectl pkg/util/prune. */
const DEFAULTS = [
  'v1/ConfigMap',
  'v1/Endpoints',
  'v1/Namespace',
  'v1/PersistentVolumeClaim',
  'v1/PersistentVolume',
  'v1/Pod',
  'v1/ReplicationController',
  'v1/Secret',
  'v1/Service',
  'batch/v1/Job',
  'batch/v1/CronJob',
  'networking.k8s.io/v1/Ingress',
  'apps/v1/DaemonSet',
  'apps/v1/Deployment',
  'apps/v1/ReplicaSet',
  'apps/v1/StatefulSet',
]

/** The objects that this run applied. */
export interface AppliedObjects {
  readonly uids: ReadonlySet<string>
  readonly namespaces: ReadonlySet<string>
}

/** Throws KubectlError if the flags for pruning contradict each other. */
export function checkPruning({ flags }: CommandLine): void {
  if (!flags.bool('prune')) return
  if (!flags.bool('all') && flags.string('selector') === '') {
    throw new KubectlError(
      'all resources selected for prune without explicitly passing --all. To prune all resources, ' +
        'pass the --all flag. ' +
        'If you did not mean to prune all resources, specify a label selector',
    )
  }
  for (const text of flags.strings('prune-allowlist')) typeIn(text)
}

/**
 * Deletes objects that were applied before but not now: they have the annotation and match the selector.
 * Source: kubectl pkg/cmd/apply/prune.go.
 */
export function prune(call: CommandLine, { uids, namespaces }: AppliedObjects, dryRun: DryRun): void {
  const kinds = kindsOf(call)
  const places = kinds.flatMap(
    (definition): { readonly definition: KindDefinition; readonly namespace?: string }[] =>
      definition.namespaced ? [...namespaces].map((namespace) => ({ definition, namespace })) : [],
  )
  const everywhere = kinds.filter(({ namespaced }) => !namespaced).map((definition) => ({ definition }))
  for (const { definition, namespace } of [...places, ...everywhere] as readonly {
    readonly definition: KindDefinition
    readonly namespace?: string
  }[]) {
    const { items } = call.client.list(resourceNameOf(definition), {
      ...(namespace === undefined ? {} : { namespace }),
      ...(call.flags.string('selector') === '' ? {} : { labelSelector: call.flags.string('selector') }),
    })
    for (const item of items) {
      if (lastAppliedOf(item) === undefined || uids.has(item.metadata.uid ?? '')) continue
      const info = infoOf(definition, typed(definition, item))
      const grace = call.flags.int('grace-period')
      if (dryRun !== 'client') {
        ignoreNotFound(() =>
          call.client.delete(resourceNameOf(definition), keyOf(info), {
            propagationPolicy: propagationOf(call),
            ...(grace < 0 ? {} : { gracePeriodSeconds: grace }),
            ...(dryRun === 'server' ? { dryRun: true } : {}),
          }),
        )
      }
      printDone(call, definition, info.object, 'pruned', dryRun)
    }
  }
}

function kindsOf(call: CommandLine): readonly KindDefinition[] {
  const { flags, env } = call
  const asked = flags.strings('prune-allowlist')
  if (asked.length === 0) {
    logWarning(
      call,
      'prune.go:71',
      'Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used ' +
        'with the --namespace flag in a future ' +
        'release. To preserve the current behaviour, list the resources you want to target explicitly ' +
        'in the --prune-allowlist flag.',
    )
  }
  return (asked.length === 0 ? DEFAULTS : asked).map((text) => kindOfObject(env.scheme, typeIn(text)))
}

/** Parses `batch/v1/Job`, `core/v1/Pod` or `v1/Pod`. Throws KubectlError. */
function typeIn(text: string): { readonly apiVersion: string; readonly kind: string } {
  const parts = text.split('/')
  if (parts.length < 2 || parts.length > 3)
    throw new KubectlError(`invalid GroupVersionKind format: ${text}, please follow <group/version/kind>`)
  const kind = parts.pop() ?? ''
  return { apiVersion: parts.join('/').replace(/^(?:core)?\//, ''), kind }
}
