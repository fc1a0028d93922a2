import { accessModesText, storageClassText } from '../../api/core/volumes/access-modes.js'
import type { NodeSelectorRequirement, PersistentVolume } from '../../api/core/generated.js'
import { formatLabels } from '../../api/selectors/labels.js'
import type { CSINode, StorageClass, VolumeAttributesClass } from '../../api/storage/generated.js'
import type { DescribeContext } from './describer.js'
import { boolText, phaseText, writeHead, writeObjectEvents } from './describer.js'
import { longTime, writeAnnotations, writeLabels } from './writer.js'
import { writePersistentSource } from './volumes.js'
import type { DescriptionWriter } from './writer.js'

/** `kubectl describe persistentvolume`. Source: kubectl pkg/describe describePersistentVolume. */
export function describeVolume(
  out: DescriptionWriter,
  volume: PersistentVolume,
  context: DescribeContext,
): void {
  const { metadata, spec, status } = volume
  out.line(0, `Name:\t${metadata.name ?? ''}`)
  writeLabels(out, 'Labels', metadata.labels)
  writeAnnotations(out, metadata.annotations)
  out.line(0, `Finalizers:\t[${(metadata.finalizers ?? []).join(' ')}]`)
  out.line(0, `StorageClass:\t${storageClassText(metadata, spec.storageClassName)}`)
  out.line(0, `Status:\t${phaseText(metadata, status.phase, context)}`)
  const { claimRef } = spec
  out.line(0, `Claim:\t${claimRef === undefined ? '' : `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`}`)
  out.line(0, `Reclaim Policy:\t${spec.persistentVolumeReclaimPolicy ?? ''}`)
  out.line(0, `Access Modes:\t${accessModesText(spec.accessModes)}`)
  if (spec.volumeMode !== undefined) out.line(0, `VolumeMode:\t${spec.volumeMode}`)
  out.line(0, `Capacity:\t${spec.capacity?.['storage'] ?? '0'}`)
  writeNodeAffinity(out, volume)
  out.line(0, `Message:\t${status.message ?? ''}`)
  out.line(0, 'Source:')
  writePersistentSource(out, spec)
  writeObjectEvents(out, volume, context)
}

function writeNodeAffinity(out: DescriptionWriter, { spec }: PersistentVolume): void {
  const required = spec.nodeAffinity?.required
  out.line(0, `Node Affinity:\t${required === undefined ? '<none>' : ''}`)
  if (required === undefined) return
  const terms = required.nodeSelectorTerms
  out.line(1, `Required Terms:\t${terms.length === 0 ? '<none>' : ''}`)
  for (const [at, { matchExpressions = [] }] of terms.entries())
    writeTerm(out, 2, at, matchExpressions.map(requirementText))
}

/** Writes the requirements of a term, one a line. */
function writeTerm(
  out: DescriptionWriter,
  level: number,
  at: number,
  [first = '<none>', ...rest]: readonly string[],
): void {
  out.line(level, `Term ${at}:\t${first}`)
  for (const line of rest) out.line(level, `\t${line}`)
}

const requirementText = ({ key, operator, values = [] }: NodeSelectorRequirement): string =>
  `${key} ${operator.toLowerCase()}${values.length === 0 ? '' : ` [${values.join(', ')}]`}`

const DEFAULTS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
]

/** `kubectl describe storageclass`. Source: kubectl pkg/describe describeStorageClass. */
export function describeStorageClass(
  out: DescriptionWriter,
  one: StorageClass,
  context: DescribeContext,
): void {
  const { metadata, mountOptions = [], allowedTopologies } = one
  out.line(0, `Name:\t${metadata.name ?? ''}`)
  out.line(
    0,
    `IsDefaultClass:\t${DEFAULTS.some((key) => metadata.annotations?.[key] === 'true') ? 'Yes' : 'No'}`,
  )
  out.line(0, `Annotations:\t${formatLabels(metadata.annotations)}`)
  out.line(0, `Provisioner:\t${one.provisioner}`)
  out.line(0, `Parameters:\t${formatLabels(one.parameters)}`)
  out.line(0, `AllowVolumeExpansion:\t${boolText(one.allowVolumeExpansion)}`)
  out.line(0, mountOptions.length === 0 ? 'MountOptions:\t<none>' : 'MountOptions:')
  for (const option of mountOptions) out.line(1, option)
  if (one.reclaimPolicy !== undefined) out.line(0, `ReclaimPolicy:\t${one.reclaimPolicy}`)
  if (one.volumeBindingMode !== undefined) out.line(0, `VolumeBindingMode:\t${one.volumeBindingMode}`)
  if (allowedTopologies !== undefined) {
    out.line(0, `AllowedTopologies:\t${allowedTopologies.length === 0 ? '<none>' : ''}`)
    for (const [at, { matchLabelExpressions = [] }] of allowedTopologies.entries()) {
      writeTerm(
        out,
        1,
        at,
        matchLabelExpressions.map(
          ({ key, values }) => `${key} in${values.length === 0 ? '' : ` [${values.join(', ')}]`}`,
        ),
      )
    }
  }
  writeObjectEvents(out, one, context)
}

/** `kubectl describe volumeattributesclass`. Source: kubectl pkg/describe describeVolumeAttributesClass. */
export function describeAttributesClass(
  out: DescriptionWriter,
  one: VolumeAttributesClass,
  context: DescribeContext,
): void {
  out.line(0, `Name:\t${one.metadata.name ?? ''}`)
  out.line(0, `Annotations:\t${formatLabels(one.metadata.annotations)}`)
  out.line(0, `DriverName:\t${one.driverName}`)
  out.line(0, `Parameters:\t${formatLabels(one.parameters)}`)
  writeObjectEvents(out, one, context)
}

/** `kubectl describe csinode`. Source: kubectl pkg/describe describeCSINode. */
export function describeCSINode(out: DescriptionWriter, node: CSINode, context: DescribeContext): void {
  writeHead(out, node)
  out.line(0, `CreationTimestamp:\t${longTime(node.metadata.creationTimestamp)}`)
  out.line(0, 'Spec:')
  const { drivers } = node.spec
  if (drivers !== undefined && drivers !== null) out.line(1, 'Drivers:')
  for (const { name, nodeID, allocatable, topologyKeys } of drivers ?? []) {
    out.line(2, `${name}:`)
    out.line(3, `Node ID:\t${nodeID}`)
    if (allocatable?.count !== undefined) {
      out.line(3, 'Allocatables:')
      out.line(4, `Count:\t${allocatable.count}`)
    }
    if (topologyKeys !== undefined && topologyKeys !== null)
      out.line(3, `Topology Keys:\t[${topologyKeys.join(' ')}]`)
  }
  writeObjectEvents(out, node, context)
}
