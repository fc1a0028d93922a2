import type { ControllerRevision, DaemonSet, Deployment, StatefulSet } from '../../api/apps/generated.js'
import type { PodTemplateSpec } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/definition.js'
import { formatSelector } from '../../api/labels.js'
import type { Call } from '../call.js'
import { writePodTemplate } from '../describe/pod.js'
import { replicaSetsOf } from '../describe/workloads.js'
import { DescriptionWriter } from '../describe/writer.js'
import { KubectlError } from '../errors.js'
import { groupResource, kindName } from '../kinds.js'
import { printValue, withoutManagedFields } from '../print/object.js'
import { DESCRIPTION, TabWriter } from '../print/tabwriter.js'
import type { Info } from '../resource-args.js'
import { workloadsOf } from './workloads.js'

const REVISION = 'deployment.kubernetes.io/revision'
const CAUSE = 'kubernetes.io/change-cause'

/** One revision of a workload. */
export interface Revision {
  readonly number: number
  readonly cause: string
  readonly template: PodTemplateSpec
  /** The ReplicaSet or ControllerRevision that keeps it. */
  readonly keeper: KubeObject
}

/** `kubectl rollout history`. Source: kubectl pkg/polymorphichelpers/history.go. */
export function rolloutHistory(call: Call): void {
  const wanted = call.flags.int('revision')
  if (wanted < 0) throw new KubectlError(`revision must be a positive integer: ${wanted}`)
  const format = call.flags.string('output')
  for (const info of workloadsOf(call)) {
    const revisions = revisionsOf(call, info)
    const one = revisions.find(({ number }) => number === wanted)
    if (wanted > 0 && one === undefined) throw new KubectlError(`unable to find the specified revision`)
    if (format !== '') {
      for (const { keeper, number } of revisions)
        if (wanted === 0 || number === wanted)
          call.out.write(printValue(withoutManagedFields(keeper), format))
      continue
    }
    const text = one === undefined ? tableOf(revisions) : templateText(one)
    call.out.line(
      `${kindName(info.definition)}/${info.name} ` +
        `${one === undefined ? '' : `with revision #${wanted}`}\n${text}`,
    )
  }
}

function tableOf(revisions: readonly Revision[]): string {
  if (revisions.length === 0) return 'No rollout history found.'
  const rows = revisions.map(({ number, cause }) => `${number}\t${cause === '' ? '<none>' : cause}\n`)
  return new TabWriter(DESCRIPTION).format(`REVISION\tCHANGE-CAUSE\n${rows.join('')}`)
}

function templateText({ template, cause }: Revision): string {
  const out = new DescriptionWriter()
  const annotations =
    cause === '' ? template.metadata.annotations : { ...template.metadata.annotations, [CAUSE]: cause }
  writePodTemplate(
    out,
    annotations === undefined ? template : { ...template, metadata: { ...template.metadata, annotations } },
  )
  return out.unaligned()
}

/** The revisions of a workload, oldest first. Throws KubectlError for kinds that have none. */
export function revisionsOf(
  { client }: Call,
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
      throw new KubectlError(`no history viewer has been implemented for ${JSON.stringify(definition.kind)}`)
  }
}

/** The template that a ControllerRevision keeps as a patch. */
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
