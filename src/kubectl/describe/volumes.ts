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
import type { DescriptionWriter } from './writer.js'
import { pairsOf } from './writer.js'
import { byKey } from '../../lang/text/order.js'

/** Describes the volumes of a pod. Source: kubectl pkg/describe describeVolumes. */
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

/** Describes the source of a PersistentVolume. */
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

/** One line of a source: title, field, and text for a missing field. */
type Line = readonly [title: string, field: string, otherwise?: string]

/** How one kind of volume is described. */
export interface SourceTable {
  readonly type: string
  readonly lines: readonly Line[]
}

const source = (type: string, ...lines: readonly Line[]): SourceTable => ({ type, lines })
const FS: Line = ['FSType', 'fsType']
const READ_ONLY: Line = ['ReadOnly', 'readOnly', 'false']
const PARTITION: Line = ['Partition', 'partition', '0']
const SECRET: Line = ['SecretRef', 'secretRef', 'nil']
const OPTIONAL: Line = ['Optional', 'optional', 'false']

/**
 * Volume kinds by their field in a pod or a PersistentVolume. Source: kubectl pkg/describe
 * print...VolumeSource.
 */
const volumeSources: Readonly<Record<string, SourceTable>> = {
  hostPath: source(
    'HostPath (bare host directory volume)',
    ['Path', 'path'],
    ['HostPathType', 'type', '<none>'],
  ),
  emptyDir: source(
    "EmptyDir (a temporary directory that shares a pod's lifetime)",
    ['Medium', 'medium'],
    ['SizeLimit', 'sizeLimit', '<unset>'],
  ),
  gcePersistentDisk: source(
    'GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)',
    ['PDName', 'pdName'],
    FS,
    PARTITION,
    READ_ONLY,
  ),
  awsElasticBlockStore: source(
    'AWSElasticBlockStore (a Persistent Disk resource in AWS)',
    ['VolumeID', 'volumeID'],
    FS,
    PARTITION,
    READ_ONLY,
  ),
  gitRepo: source(
    'GitRepo (a volume that is pulled from git when the pod is created)',
    ['Repository', 'repository'],
    ['Revision', 'revision'],
  ),
  secret: source('Secret (a volume populated by a Secret)', ['SecretName', 'secretName'], OPTIONAL),
  configMap: source('ConfigMap (a volume populated by a ConfigMap)', ['Name', 'name'], OPTIONAL),
  nfs: source(
    'NFS (an NFS mount that lasts the lifetime of a pod)',
    ['Server', 'server'],
    ['Path', 'path'],
    READ_ONLY,
  ),
  iscsi: source(
    "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
    ['TargetPortal', 'targetPortal'],
    ['IQN', 'iqn'],
    ['Lun', 'lun', '0'],
    ['ISCSIInterface', 'iscsiInterface'],
    FS,
    READ_ONLY,
    ['Portals', 'portals', '[]'],
    ['DiscoveryCHAPAuth', 'chapAuthDiscovery', 'false'],
    ['SessionCHAPAuth', 'chapAuthSession', 'false'],
    SECRET,
    ['InitiatorName', 'initiatorName', '<none>'],
  ),
  glusterfs: source(
    "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
    ['EndpointsName', 'endpoints'],
    ['Path', 'path'],
    READ_ONLY,
  ),
  persistentVolumeClaim: source(
    'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
    ['ClaimName', 'claimName'],
    READ_ONLY,
  ),
  rbd: source(
    "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
    ['CephMonitors', 'monitors', '[]'],
    ['RBDImage', 'image'],
    FS,
    ['RBDPool', 'pool'],
    ['RadosUser', 'user'],
    ['Keyring', 'keyring'],
    SECRET,
    READ_ONLY,
  ),
  quobyte: source(
    "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
    ['Registry', 'registry'],
    ['Volume', 'volume'],
    READ_ONLY,
  ),
  azureDisk: source(
    'AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)',
    ['DiskName', 'diskName'],
    ['DiskURI', 'diskURI'],
    ['Kind', 'kind'],
    FS,
    ['CachingMode', 'cachingMode'],
    READ_ONLY,
  ),
  vsphereVolume: source(
    'vSphereVolume (a Persistent Disk resource in vSphere)',
    ['VolumePath', 'volumePath'],
    FS,
    ['StoragePolicyName', 'storagePolicyName'],
  ),
  cinder: source(
    'Cinder (a Persistent Disk resource in OpenStack)',
    ['VolumeID', 'volumeID'],
    FS,
    READ_ONLY,
    SECRET,
  ),
  photonPersistentDisk: source(
    'PhotonPersistentDisk (a Persistent Disk resource in photon platform)',
    ['PdID', 'pdID'],
    FS,
  ),
  portworxVolume: source('PortworxVolume (a Portworx Volume resource)', ['VolumeID', 'volumeID']),
  scaleIO: source(
    'ScaleIO (a persistent volume backed by a block device in ScaleIO)',
    ['Gateway', 'gateway'],
    ['System', 'system'],
    ['Protection Domain', 'protectionDomain'],
    ['Storage Pool', 'storagePool'],
    ['Storage Mode', 'storageMode'],
    ['VolumeName', 'volumeName'],
    FS,
    READ_ONLY,
  ),
  local: source('LocalVolume (a persistent volume backed by local storage on a node)', ['Path', 'path']),
  cephfs: source(
    "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
    ['Monitors', 'monitors', '[]'],
    ['Path', 'path'],
    ['User', 'user'],
    ['SecretFile', 'secretFile'],
    SECRET,
    READ_ONLY,
  ),
  storageos: source(
    'StorageOS (a StorageOS Persistent Disk resource)',
    ['VolumeName', 'volumeName'],
    ['VolumeNamespace', 'volumeNamespace'],
    FS,
    READ_ONLY,
  ),
  azureFile: source(
    'AzureFile (an Azure File Service mount on the host and bind mount to the pod)',
    ['SecretName', 'secretName'],
    ['ShareName', 'shareName'],
    READ_ONLY,
  ),
  flexVolume: source(
    'FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)',
    ['Driver', 'driver'],
    FS,
    SECRET,
    READ_ONLY,
    ['Options', 'options', 'map[]'],
  ),
  flocker: source(
    'Flocker (a Flocker volume mounted by the Flocker agent)',
    ['DatasetName', 'datasetName'],
    ['DatasetUUID', 'datasetUUID'],
  ),
  image: source(
    'Image (a container image or OCI artifact)',
    ['Reference', 'reference'],
    ['PullPolicy', 'pullPolicy'],
  ),
}

/** Kinds of which a PersistentVolume shows more than a pod does. */
const persistentSources: Readonly<Record<string, SourceTable>> = {
  glusterfs: source(
    "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
    ['EndpointsName', 'endpoints'],
    ['EndpointsNamespace', 'endpointsNamespace', '<unset>'],
    ['Path', 'path'],
    READ_ONLY,
  ),
  azureFile: source(
    'AzureFile (an Azure File Service mount on the host and bind mount to the pod)',
    ['SecretName', 'secretName'],
    ['SecretNamespace', 'secretNamespace'],
    ['ShareName', 'shareName'],
    READ_ONLY,
  ),
}

/** Formats the lines of a source by its table. */
function sourceLines(
  { type, lines }: SourceTable,
  source: Readonly<Record<string, unknown>>,
): readonly string[] {
  return [
    `Type:\t${type}`,
    ...lines.map(([title, field, otherwise = '']) => `${title}:\t${goValue(source[field]) ?? otherwise}`),
  ]
}

/** Formats a value like Go's `%v`; undefined for an unset value. */
function goValue(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return `[${value.join(' ')}]`
  if (typeof value !== 'object') return String(value as string | number | boolean)
  const { name, namespace } = value as { readonly name?: string; readonly namespace?: string }
  if (namespace !== undefined) return `&SecretReference{Name:${name},Namespace:${namespace},}`
  if (name !== undefined) return `&LocalObjectReference{Name:${name},}`
  return `map[${Object.entries(value)
    .sort(byKey)
    .map(([key, one]) => `${key}:${one}`)
    .join(' ')}]`
}
