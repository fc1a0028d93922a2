import type { Deployment } from '../../api/apps/generated.js'
import type { PodTemplateSpec } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/definition.js'
import { semanticEqual } from '../../api/equal.js'
import type { Call } from '../call.js'
import { writePodTemplate } from '../describe/pod.js'
import { DescriptionWriter } from '../describe/writer.js'
import { dryRunOf } from '../dry-run.js'
import type { DryRun } from '../dry-run.js'
import { isFailure, KubectlError, throwCollected } from '../errors.js'
import { groupResource, resourceNameOf } from '../kinds.js'
import { printDone } from '../print/object.js'
import type { Info } from '../resource-args.js'
import { keyOf, typed } from '../resource-args.js'
import type { Revision } from './history.js'
import { revisionsOf } from './history.js'
import { workloadsOf } from './workloads.js'

/**
 * Annotations of a Deployment that a rollback leaves as they are. Source: polymorphichelpers
 * annotationsToSkip.
 */
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
export function rolloutUndo(call: Call): void {
  const wanted = call.flags.int('to-revision')
  const dryRun = dryRunOf(call)
  const errors: Error[] = []
  for (const info of workloadsOf(call)) {
    try {
      const { object, text } = undo(call, info, wanted, dryRun)
      printDone(call, info.definition, object, text, dryRun)
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

function undo(call: Call, info: Info, wanted: number, dryRun: DryRun): Undone {
  const group = groupResource(info.definition)
  if (group !== 'deployments.apps' && group !== 'daemonsets.apps' && group !== 'statefulsets.apps') {
    throw new KubectlError(`no rollbacker has been implemented for ${JSON.stringify(info.definition.kind)}`)
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
      ? `no rollout history found for deployment ${JSON.stringify(info.name)}`
      : 'no last revision to roll back to',
  )
  const template = withoutHash(revision.template)
  if (dryRun === 'client') return { object: info.object, text: templateText(revision.template) }
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

function templateText(template: PodTemplateSpec): string {
  const out = new DescriptionWriter()
  writePodTemplate(out, template)
  return out.unaligned()
}
