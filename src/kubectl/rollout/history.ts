import { quote } from '../../lang/go/quote.js'
import type { ControllerRevision, DaemonSet, Deployment, StatefulSet } from '../../api/apps/generated.js'
import type { PodTemplateSpec } from '../../api/core/generated.js'
import type { KindDefinition, KubeObject } from '../../api/kind/definition.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { formatSelector } from '../../api/selectors/labels.js'
import type { CommandLine } from '../call/call.js'
import { writePodTemplate } from '../describe/pod.js'
import { replicaSetsOf } from '../describe/workloads.js'
import { DescriptionWriter } from '../describe/writer.js'
import type { DryRun } from '../call/dry-run.js'
import { dryRunOf } from '../call/dry-run.js'
import { KubectlError, isFailure, throwCollected } from '../call/errors.js'
import { groupResource, kindName, resourceNameOf } from '../args/kinds.js'
import { printTyped } from '../print/object.js'
import { DESCRIPTION, TabWriter } from '../../lang/text/tabwriter.js'
import type { Info } from '../args/resource-args.js'
import { keyOf, typed } from '../args/resource-args.js'
import { workloadsOf } from './workloads.js'

const REVISION = 'deployment.kubernetes.io/revision'
const CAUSE = 'kubernetes.io/change-cause'

/** One revision of a workload. */
export interface Revision {
  readonly number: number
  readonly cause: string
  readonly template: PodTemplateSpec
  /** The ReplicaSet or ControllerRevision that stores the revision. */
  readonly keeper: KubeObject
}

/** `kubectl rollout history`. Source: kubectl pkg/polymorphichelpers/history.go. */
export function rolloutHistory(call: CommandLine): void {
  const wanted = call.flags.int('revision')
  if (wanted < 0) throw new KubectlError(`revision must be a positive integer: ${wanted}`)
  const format = call.flags.string('output')
  for (const info of workloadsOf(call)) {
    const revisions = revisionsOf(call, info)
    const one = revisions.find(({ number }) => number === wanted)
    if (wanted > 0 && one === undefined) throw new KubectlError(`unable to find the specified revision`)
    if (format !== '') {
      for (const revision of one === undefined ? revisions : [one]) {
        const { definition, object } = revisionObject(call, info, revision)
        printTyped(call, definition, typed(definition, object), '', 'none')
      }
      continue
    }
    const text = one === undefined ? tableOf(revisions) : revisionText(one)
    call.out.line(
      `${kindName(info.definition)}/${info.name} ` +
        `${one === undefined ? '' : `with revision #${wanted}`}\n${text}`,
    )
  }
}

/** What a revision is as an object: a ReplicaSet, or the workload with the revision's template. */
function revisionObject(
  { env: { scheme } }: CommandLine,
  { definition, object }: Info,
  { keeper, template }: Revision,
): Pick<Info, 'definition' | 'object'> {
  if (definition.kind !== 'Deployment') {
    // a StatefulSet keeps its template in the same place
    const workload = object as DaemonSet
    const past: DaemonSet = { ...workload, spec: { ...workload.spec, template } }
    return { definition, object: past }
  }
  const kept = scheme.byName('replicasets.apps')
  if (kept === undefined) throw new KubectlError('the server doesn\'t have a resource type "replicasets"')
  return { definition: kept, object: keeper }
}

function tableOf(revisions: readonly Revision[]): string {
  if (revisions.length === 0) return 'No rollout history found.'
  const rows = revisions.map(({ number, cause }) => `${number}\t${cause === '' ? '<none>' : cause}\n`)
  return new TabWriter(DESCRIPTION).format(`REVISION\tCHANGE-CAUSE\n${rows.join('')}`)
}

function revisionText({ template, cause }: Revision): string {
  const out = new DescriptionWriter()
  const annotations =
    cause === '' ? template.metadata.annotations : { ...template.metadata.annotations, [CAUSE]: cause }
  writePodTemplate(
    out,
    annotations === undefined ? template : { ...template, metadata: { ...template.metadata, annotations } },
  )
  return out.unaligned()
}

/** The revisions of a workload, oldest first. Throws KubectlError for kinds without revisions. */
function revisionsOf(
  { client }: CommandLine,
  { definition, object, namespace = '' }: Info,
): readonly Revision[] {
  switch (groupResource(definition)) {
    case 'deployments.apps': {
      const found = replicaSetsOf(client, object as Deployment).all.flatMap((set): Revision[] => {
        const { annotations = {} } = set.metadata
        const { template } = set.spec
        return annotations[REVISION] === undefined || template === undefined
          ? []
          : [
              {
                number: Number(annotations[REVISION]),
                cause: annotations[CAUSE] ?? '',
                template,
                keeper: set,
              },
            ]
      })
      return found.toSorted((a, b) => a.number - b.number)
    }
    case 'daemonsets.apps':
    case 'statefulsets.apps': {
      const { spec, metadata } = object as DaemonSet | StatefulSet
      const { items } = client.list('controllerrevisions', {
        namespace,
        labelSelector: formatSelector(spec.selector),
      })
      return items
        .filter((one) => one.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid))
        .map((one): Revision => ({
          number: one.revision,
          cause: one.metadata.annotations?.[CAUSE] ?? '',
          template: templateOf(one, spec.template),
          keeper: one,
        }))
        .toSorted((a, b) => a.number - b.number)
    }
    default:
      throw withoutRevisions(definition, 'history', 'history viewer')
  }
}

/** Kinds that have pods and no revisions. Source: kubectl pkg/apps/kind_visitor.go Accept. */
const VISITED: ReadonlySet<string> = new Set([
  'jobs.batch',
  'cronjobs.batch',
  'pods',
  'replicasets.apps',
  'replicationcontrollers',
])

function withoutRevisions(definition: KindDefinition, what: string, doer: string): KubectlError {
  const { group, kind } = definition
  const text = JSON.stringify(group === '' ? kind : `${kind}.${group}`)
  return new KubectlError(
    VISITED.has(groupResource(definition))
      ? `no ${doer} has been implemented for ${text}`
      : `error retrieving ${what} for ${text}, no visitor method exists for {${group} ${kind}}`,
  )
}

/** The template that a ControllerRevision stores as a patch. */
function templateOf({ data }: ControllerRevision, present: PodTemplateSpec): PodTemplateSpec {
  const kept = (
    data as
      | { readonly spec?: { readonly template?: PodTemplateSpec & { readonly $patch?: string } } }
      | undefined
  )?.spec?.template
  if (kept === undefined) return present
  const { $patch: _, ...template } = kept
  return template
}

/** Annotations of a Deployment that a rollback keeps. Source: polymorphichelpers annotationsToSkip. */
const KEPT: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
])
const HASH = 'pod-template-hash'

/** `kubectl rollout undo TYPE/NAME [--to-revision=N]`. Source: kubectl pkg/polymorphichelpers/rollback.go. */
export function rolloutUndo(call: CommandLine): void {
  const wanted = call.flags.int('to-revision')
  const dryRun = dryRunOf(call)
  const errors: Error[] = []
  for (const info of workloadsOf(call)) {
    try {
      const { object, text } = undo(call, info, wanted, dryRun)
      printTyped(call, info.definition, object, text, dryRun)
    } catch (error) {
      if (!isFailure(error)) throw error
      errors.push(error)
    }
  }
  throwCollected(errors)
}

interface Undone {
  readonly object: KubeObject
  readonly text: string
}

function undo(call: CommandLine, info: Info, wanted: number, dryRun: DryRun): Undone {
  const group = groupResource(info.definition)
  if (group !== 'deployments.apps' && group !== 'daemonsets.apps' && group !== 'statefulsets.apps') {
    throw withoutRevisions(info.definition, 'rollbacker', 'rollbacker')
  }
  const isDeployment = group === 'deployments.apps'
  const { spec } = info.object as Deployment
  if (isDeployment && spec.paused === true) {
    throw new KubectlError(
      "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
    )
  }
  const revisions = revisionsOf(call, info)
  const revision = chosen(
    revisions,
    wanted,
    isDeployment
      ? `no rollout history found for deployment ${quote(info.name)}`
      : 'no last revision to roll back to',
  )
  const template = withoutHash(revision.template)
  if (dryRun === 'client') return { object: info.object, text: podTemplateText(revision.template) }
  if (semanticEqual(template, withoutHash(spec.template))) {
    return {
      object: info.object,
      text:
        'skipped rollback (current template already matches revision ' +
        `${isDeployment ? wanted : revision.number})`,
    }
  }
  const annotations = isDeployment ? annotationsFor(info, revision) : undefined
  const body = [
    { op: 'replace', path: '/spec/template', value: template },
    ...(annotations === undefined
      ? []
      : [{ op: 'replace', path: '/metadata/annotations', value: annotations }]),
  ]
  const result = rollingBack(revision.number, () =>
    call.client.patch(
      resourceNameOf(info.definition),
      keyOf(info),
      { type: 'json', body },
      { dryRun: dryRun === 'server', fieldManager: 'kubectl-rollout' },
    ),
  )
  return { object: typed(info.definition, result), text: 'rolled back' }
}

function chosen(revisions: readonly Revision[], wanted: number, none: string): Revision {
  if (wanted === 0) {
    const previous = revisions.at(-2)
    if (previous === undefined) throw new KubectlError(none)
    return previous
  }
  const found = revisions.find(({ number }) => number === wanted)
  if (found === undefined) throw new KubectlError(`unable to find specified revision ${wanted} in history`)
  return found
}

function rollingBack<T>(revision: number, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw isFailure(error)
      ? new KubectlError(`failed restoring revision ${revision}: ${error.message}`)
      : error
  }
}

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [HASH]: _, ...labels } = template.metadata?.labels ?? {}
  return { ...template, metadata: { ...template.metadata, labels } }
}

function annotationsFor({ object }: Info, { keeper }: Revision): Readonly<Record<string, string>> {
  const entries = Object.entries(keeper.metadata.annotations ?? {}).filter(([key]) => !KEPT.has(key))
  return {
    ...Object.fromEntries(Object.entries(object.metadata.annotations ?? {}).filter(([key]) => KEPT.has(key))),
    ...Object.fromEntries(entries),
  }
}

function podTemplateText(template: PodTemplateSpec): string {
  const out = new DescriptionWriter()
  writePodTemplate(out, template)
  return out.unaligned()
}
