import type { PersistentVolumeClaim, PersistentVolumeClaimSpec, Pod } from '../../api/core/generated.js'
import { accessModesText, storageClassText } from '../../api/core/volumes/access-modes.js'
import type { ObjectMeta } from '../../api/meta/generated.js'
import type { DescribeContext } from './describer.js'
import { phaseText, sortedEntries, writeObjectEvents } from './describer.js'
import { annotationTexts, longTime, pairsOf, writeList } from './writer.js'
import type { DescriptionWriter } from './writer.js'

/** Lines that a claim and a claim template share. Source: kubectl pkg/describe printPersistentVolumeClaim. */
export function claimLines({
  metadata,
  spec,
}: {
  readonly metadata: ObjectMeta
  readonly spec: PersistentVolumeClaimSpec
}): readonly string[] {
  return [
    `StorageClass:\t${storageClassText(metadata, spec.storageClassName)}`,
    ...volumeLines({ metadata, spec }),
    'Capacity:\t',
    'Access Modes:\t',
    ...sourceLines(spec),
  ]
}

function volumeLines({
  metadata,
  spec,
}: {
  readonly metadata: ObjectMeta
  readonly spec: PersistentVolumeClaimSpec
}): readonly string[] {
  return [
    `Volume:\t${spec.volumeName ?? ''}`,
    ...listed('Labels', pairsOf(metadata.labels)),
    ...listed('Annotations', annotationTexts(metadata.annotations)),
  ]
}

const listed = (title: string, [first = '<none>', ...rest]: readonly string[]): readonly string[] => [
  `${title}:\t${first}`,
  ...rest.map((line) => `\t${line}`),
]

function sourceLines({ volumeMode, dataSource }: PersistentVolumeClaimSpec): readonly string[] {
  return [
    ...(volumeMode === undefined ? [] : [`VolumeMode:\t${volumeMode}`]),
    ...(dataSource === undefined
      ? []
      : [
          'DataSource:',
          ...((dataSource.apiGroup ?? null) === null ? [] : [`  APIGroup:\t${dataSource.apiGroup}`]),
          `  Kind:\t${dataSource.kind}`,
          `  Name:\t${dataSource.name}`,
        ]),
  ]
}

/** `kubectl describe pvc`. Source: kubectl pkg/describe describePersistentVolumeClaim. */
export function describeClaim(
  out: DescriptionWriter,
  claim: PersistentVolumeClaim,
  context: DescribeContext,
): void {
  const { metadata, spec, status } = claim
  const isBound = (spec.volumeName ?? '') !== ''
  out.line(0, `Name:\t${metadata.name ?? ''}`)
  out.line(0, `Namespace:\t${metadata.namespace ?? ''}`)
  out.line(0, `StorageClass:\t${storageClassText(metadata, spec.storageClassName)}`)
  out.line(0, `Status:\t${phaseText(metadata, status.phase, context)}`)
  for (const line of volumeLines(claim)) out.line(0, line)
  out.line(0, `Finalizers:\t[${(metadata.finalizers ?? []).join(' ')}]`)
  out.line(0, `Capacity:\t${isBound ? (status.capacity?.['storage'] ?? '0') : ''}`)
  out.line(0, `Access Modes:\t${isBound ? accessModesText(status.accessModes) : ''}`)
  for (const line of sourceLines(spec)) out.line(0, line)
  writeList(
    out,
    'Used By',
    podsUsing(claim, context)
      .map((pod) => pod.metadata.name ?? '')
      .sort(),
  )
  writeConditions(out, claim)
  writeObjectEvents(out, claim, context)
}

function podsUsing({ metadata }: PersistentVolumeClaim, { client }: DescribeContext): readonly Pod[] {
  const { items } = client.list('pods', { namespace: metadata.namespace ?? '' })
  const owners = new Set(
    (metadata.ownerReferences ?? []).filter(({ kind }) => kind === 'Pod').map(({ uid }) => uid),
  )
  return items.filter(
    (pod) =>
      owners.has(pod.metadata.uid ?? '') ||
      (pod.spec.volumes ?? []).some((volume) => volume.persistentVolumeClaim?.claimName === metadata.name),
  )
}

function writeConditions(
  out: DescriptionWriter,
  { status: { conditions = [] } }: PersistentVolumeClaim,
): void {
  if (conditions.length === 0) return
  out.line(0, 'Conditions:')
  out.line(1, 'Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage')
  out.line(1, '----\t------\t-----------------\t------------------\t------\t-------')
  for (const { type, status, lastProbeTime, lastTransitionTime, reason = '', message = '' } of conditions) {
    out.line(
      1,
      `${type} \t${status} \t${longTime(lastProbeTime)} \t${longTime(lastTransitionTime)} \t${reason} ` +
        `\t${message}`,
    )
  }
}

/**
 * Describes the claims that a StatefulSet makes for each pod. Source: kubectl pkg/describe
 * describeVolumeClaimTemplates.
 */
export function writeClaimTemplates(
  out: DescriptionWriter,
  templates: readonly PersistentVolumeClaim[] = [],
): void {
  if (templates.length === 0) {
    out.line(0, 'Volume Claims:\t<none>')
    return
  }
  out.line(0, 'Volume Claims:')
  for (const { metadata, spec } of templates) {
    out.line(1, `Name:\t${metadata.name ?? ''}`)
    out.line(1, `StorageClass:\t${storageClassText(metadata, spec.storageClassName)}`)
    for (const [title, map] of [
      ['Labels', metadata.labels],
      ['Annotations', metadata.annotations],
    ] as const) {
      const [first = '<none>', ...rest] = sortedEntries(map).map(([key, value]) => `${key}=${value}`)
      out.line(1, `${title}:\t${first}`)
      for (const line of rest) out.line(1, `\t${line}`)
    }
    out.line(1, `Capacity:\t${spec.resources.requests?.['storage'] ?? '<default>'}`)
    out.line(1, `Access Modes:\t[${(spec.accessModes ?? []).join(' ')}]`)
  }
}
