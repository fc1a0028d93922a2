import type {
  CSIPersistentVolumeSource,
  CSIVolumeSource,
  DownwardAPIVolumeSource,
  FCVolumeSource,
  PersistentVolumeSpec,
  Volume,
  VolumeProjection,
} from '../../api/core/generated.js'
import { claimLines } from './claims.js'
import { persistentSources, sourceLines, volumeSources } from './volume-sources.js'
import type { DescriptionWriter } from './writer.js'
import { pairsOf } from './writer.js'

/** The volumes of a pod. Source: kubectl pkg/describe describeVolumes. */
export function writeVolumes(out: DescriptionWriter, volumes: readonly Volume[], indent: string = ''): void {
  if (volumes.length === 0) {
    out.line(0, `${indent}Volumes:\t<none>`)
    return
  }
  out.line(0, `${indent}Volumes:`)
  for (const volume of volumes) {
    out.line(1, `${indent === '' ? '' : ' '}${volume.name}:`)
    const lines = linesOf(volume)
    if (lines === undefined) out.line(1, '<unknown>')
    else for (const line of lines) out.line(2, line)
  }
}

/** What a PersistentVolume is. */
export function writePersistentSource(out: DescriptionWriter, spec: PersistentVolumeSpec): void {
  const lines = linesOf(spec, persistentSources)
  if (lines === undefined) out.line(1, '<unknown>')
  else for (const line of lines) out.line(2, line)
}

function linesOf(of: object, first: typeof volumeSources = {}): readonly string[] | undefined {
  const { ephemeral, downwardAPI, projected, csi, fc } = of as Partial<Volume>
  if (ephemeral !== undefined) return ephemeralLines(ephemeral)
  if (downwardAPI !== undefined) return downwardLines(downwardAPI)
  if (csi !== undefined) return csiLines(csi)
  if (fc !== undefined) return fibreLines(fc)
  if (projected !== undefined) {
    return [
      'Type:\tProjected (a volume that contains injected data from multiple sources)',
      ...(projected.sources ?? []).flatMap(projectionLines),
    ]
  }
  for (const [field, value] of Object.entries(of)) {
    const table = Object.hasOwn(volumeSources, field) ? (first[field] ?? volumeSources[field]) : undefined
    if (table !== undefined && typeof value === 'object' && value !== null)
      return sourceLines(table, value as Readonly<Record<string, unknown>>)
  }
  return undefined
}

function ephemeralLines({
  volumeClaimTemplate: template,
}: NonNullable<Volume['ephemeral']>): readonly string[] {
  const type =
    'Type:\tEphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)'
  return template === undefined
    ? [type]
    : [type, ...claimLines({ metadata: template.metadata ?? {}, spec: template.spec })]
}

const downwardLines = ({ items = [] }: DownwardAPIVolumeSource): readonly string[] => [
  'Type:\tDownwardAPI (a volume populated by information about the pod)',
  'Items:',
  ...items.map(
    ({ fieldRef, resourceFieldRef, path }) =>
      `  ${fieldRef?.fieldPath ?? resourceFieldRef?.resource ?? ''} -> ${path}`,
  ),
]

function csiLines(csi: CSIVolumeSource | CSIPersistentVolumeSource): readonly string[] {
  const [first = '<none>', ...rest] = pairsOf(csi.volumeAttributes).map((line) =>
    line.length > 140 ? `${line.slice(0, 140)}...` : line,
  )
  return [
    'Type:\tCSI (a Container Storage Interface (CSI) volume source)',
    `Driver:\t${csi.driver}`,
    `FSType:\t${csi.fsType ?? ''}`,
    ...('volumeHandle' in csi ? [`VolumeHandle:\t${csi.volumeHandle}`] : []),
    `ReadOnly:\t${csi.readOnly ?? false}`,
    `VolumeAttributes:\t${first}`,
    ...rest.map((line) => `\t${line}`),
  ]
}

const fibreLines = ({
  targetWWNs = [],
  lun,
  fsType = '',
  readOnly = false,
}: FCVolumeSource): readonly string[] => [
  'Type:\tFC (a Fibre Channel disk)',
  `TargetWWNs:\t${targetWWNs.join(', ')}`,
  `LUN:\t${lun ?? '<none>'}`,
  `FSType:\t${fsType}`,
  `ReadOnly:\t${readOnly}`,
]

function projectionLines({
  secret,
  downwardAPI,
  configMap,
  serviceAccountToken: token,
}: VolumeProjection): readonly string[] {
  if (secret !== undefined)
    return [`SecretName:\t${secret.name ?? ''}`, `Optional:\t${secret.optional ?? false}`]
  if (downwardAPI !== undefined) return ['DownwardAPI:\ttrue']
  if (configMap !== undefined)
    return [`ConfigMapName:\t${configMap.name ?? ''}`, `Optional:\t${configMap.optional ?? false}`]
  return token === undefined ? [] : [`TokenExpirationSeconds:\t${token.expirationSeconds ?? 0}`]
}
