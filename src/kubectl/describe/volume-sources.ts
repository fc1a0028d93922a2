/**
 * One line of a source: its title, the field that it shows, and what stands for a field that is not there.
 */
type Line = readonly [title: string, field: string, otherwise?: string]

/** What is shown of one kind of volume. */
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
 * Kinds of volumes by their field in a pod or a PersistentVolume. Source: kubectl pkg/describe
 * print...VolumeSource.
 */
export const volumeSources: Readonly<Record<string, SourceTable>> = {
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

/** Those of a PersistentVolume that show more than a pod's. */
export const persistentSources: Readonly<Record<string, SourceTable>> = {
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

/** The lines of a source by its table. */
export function sourceLines(
  { type, lines }: SourceTable,
  source: Readonly<Record<string, unknown>>,
): readonly string[] {
  return [
    `Type:\t${type}`,
    ...lines.map(([title, field, otherwise = '']) => `${title}:\t${goValue(source[field]) ?? otherwise}`),
  ]
}

/** A value as Go's `%v` shows it; undefined for one that is not set. */
function goValue(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return `[${value.join(' ')}]`
  if (typeof value !== 'object') return String(value as string | number | boolean)
  const { name, namespace } = value as { readonly name?: string; readonly namespace?: string }
  if (namespace !== undefined) return `&SecretReference{Name:${name},Namespace:${namespace},}`
  if (name !== undefined) return `&LocalObjectReference{Name:${name},}`
  return `map[${Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => `${key}:${one}`)
    .join(' ')}]`
}
