import { invalid, notSupported, required, tooLong, type FieldError } from '../../field-error.js'
import { dnsLabelFaults, dnsSubdomainFaults } from '../../validation/names.js'
import type {
  AzureDiskVolumeSource,
  FCVolumeSource,
  FlockerVolumeSource,
  HostPathVolumeSource,
  NFSVolumeSource,
  PersistentVolumeSpec,
  QuobyteVolumeSource,
  Volume,
} from '../generated.js'
import type { JsonMap } from '../../../lang/json/maps.js'

/**
 * Sources that pods and PersistentVolumes have in common. Source: the functions `validate...VolumeSource` and
 * `validate...PersistentVolumeSource` of pkg/apis/core/validation, which differ where the second knows a
 * namespace.
 */
type SharedSource = Exclude<keyof Volume & keyof PersistentVolumeSpec, 'csi'>

interface Given {
  readonly at: string
  readonly errors: FieldError[]
  /** Whether the source is that of a PersistentVolume, which is in no namespace. */
  readonly isPersistent: boolean
}

/** Fields that must not be empty, in the order of upstream's checks. */
const requiredFields: Readonly<Partial<Record<SharedSource, string>>> = {
  gcePersistentDisk: 'pdName',
  awsElasticBlockStore: 'volumeID',
  glusterfs: 'endpoints path',
  rbd: 'monitors image',
  cinder: 'volumeID',
  cephfs: 'monitors',
  flexVolume: 'driver',
  azureFile: 'secretName shareName',
  vsphereVolume: 'volumePath',
  photonPersistentDisk: 'pdID',
  portworxVolume: 'volumeID',
  azureDisk: 'diskName diskURI',
  scaleIO: 'gateway system volumeName',
}

/** What a source needs besides its required fields. */
const furtherChecks: Readonly<Partial<Record<SharedSource, (source: never, given: Given) => void>>> = {
  hostPath: checkHostPath,
  gcePersistentDisk: checkPartition,
  awsElasticBlockStore: checkPartition,
  nfs: checkNfs,
  iscsi: checkIscsi,
  glusterfs: checkEndpointsNamespace,
  flocker: checkFlocker,
  cinder: checkSecret,
  quobyte: checkQuobyte,
  fc: checkFibreChannel,
  flexVolume: checkFlexOptions,
  azureFile: checkSecretNamespace,
  azureDisk: checkAzureDisk,
  storageos: checkStorageOs,
}

/** Upstream names two sources otherwise in the paths of their own faults. */
export const sourcePath = (name: string): string => (name === 'gcePersistentDisk' ? 'persistentDisk' : name)

/** Validates a source of a pod's volume or of a PersistentVolume. */
export function validateSharedSource(name: SharedSource, source: object, given: Given): void {
  const values = source as JsonMap
  for (const field of requiredFields[name]?.split(' ') ?? []) {
    if (isEmpty(values[field])) given.errors.push(required(`${given.at}.${field}`))
  }
  furtherChecks[name]?.(source as never, given)
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === '' || (Array.isArray(value) && value.length === 0)

const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
]

function checkHostPath({ path, type = '' }: HostPathVolumeSource, { at, errors }: Given): void {
  if (path === '') {
    errors.push(required(`${at}.path`))
    return
  }
  validateNoBacksteps(path, `${at}.path`, errors)
  if (!hostPathTypes.includes(type)) errors.push(notSupported(`${at}.type`, type, hostPathTypes))
}

function checkPartition({ partition = 0 }: { readonly partition?: number }, { at, errors }: Given): void {
  if (partition < 0 || partition > 255)
    errors.push(invalid(`${at}.partition`, partition, 'must be between 1 and 255, inclusive'))
}

function checkNfs({ server, path }: NFSVolumeSource, { at, errors }: Given): void {
  if (server === '') errors.push(required(`${at}.server`))
  if (path === '') errors.push(required(`${at}.path`))
  if (!path.startsWith('/')) errors.push(invalid(`${at}.path`, path, 'must be an absolute path'))
}

/** A run of what names have, with a date in it, before a colon and more. */
const IQN = /(?<![A-Za-z0-9.-])(?=[A-Za-z0-9.-]*iqn\.\d{4}-\d{2}\.[A-Za-z0-9.-])[A-Za-z0-9.-]+:[^]/

/**
 * Whether a text matches `iqn\.\d{4}-\d{2}\.([[:alnum:]-.]+)(:[^,;*&$|\s]+)$`, in linear time. Go's `\s` has
 * only blanks of ASCII.
 */
function isQualified(text: string): boolean {
  const end = text.slice(text.search(/[,;*&$|\t\n\f\r ][^,;*&$|\t\n\f\r ]*$/) + 1)
  return IQN.test(end)
}

const initiators: Readonly<Record<string, (text: string) => boolean>> = {
  iqn: isQualified,
  eui: (text) => /^eui.[A-Za-z0-9]{16}$/.test(text),
  naa: (text) => /^naa.[A-Za-z0-9]{32}$/.test(text),
}

interface Iscsi {
  readonly targetPortal: string
  readonly iqn: string
  readonly lun: number
  readonly chapAuthDiscovery?: boolean
  readonly chapAuthSession?: boolean
  readonly secretRef?: { readonly name?: string }
  readonly initiatorName?: string
}

function checkIscsi(source: Iscsi, { at, errors, isPersistent }: Given): void {
  const { targetPortal, iqn, lun, secretRef, initiatorName } = source
  if (targetPortal === '') errors.push(required(`${at}.targetPortal`))
  const checkInitiator = (value: string, field: string): void => {
    const isValid = initiators[value.slice(0, 3)]
    if (isValid?.(value) === true) return
    const starts = isValid === undefined && !isPersistent ? ' starting with iqn, eui, or naa' : ''
    errors.push(invalid(`${at}.${field}`, value, `must be valid format${starts}`))
  }
  if (iqn === '') errors.push(required(`${at}.iqn`))
  else checkInitiator(iqn, 'iqn')
  if (lun < 0 || lun > 255) errors.push(invalid(`${at}.lun`, lun, 'must be between 0 and 255, inclusive'))
  const authenticates = source.chapAuthDiscovery === true || source.chapAuthSession === true
  if (authenticates && secretRef === undefined) errors.push(required(`${at}.secretRef`))
  if (isPersistent && secretRef !== undefined && (secretRef.name ?? '') === '')
    errors.push(required(`${at}.secretRef.name`))
  if (initiatorName !== undefined) checkInitiator(initiatorName, 'initiatorname')
}

/**
 * An iSCSI session has the name of its volume (`name`), and of its portal, if the initiator has one. Source:
 * validateVolumeSource, validatePersistentVolumeSpec.
 */
export function validatePortal(
  iscsi: Pick<Iscsi, 'targetPortal' | 'initiatorName'> | undefined,
  name: string,
  path: string,
  errors: FieldError[],
): void {
  if (iscsi?.initiatorName === undefined || `${name}:${iscsi.targetPortal}`.length <= 64) return
  errors.push(
    invalid(
      path,
      path.endsWith('.name') ? name : iscsi.targetPortal,
      'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if ' +
        'iscsi.initiatorName is specified.',
    ),
  )
}

function checkEndpointsNamespace(
  { endpointsNamespace: namespace }: { readonly endpointsNamespace?: string | null },
  { at, errors }: Given,
): void {
  if (namespace === undefined || namespace === null) return
  const path = `${at}.endpointsNamespace`
  if (namespace === '')
    errors.push(
      invalid(path, namespace, 'if the endpointnamespace is set, it must be a valid namespace name'),
    )
  else for (const fault of dnsLabelFaults(namespace)) errors.push(invalid(path, namespace, fault))
}

function checkFlocker({ datasetName = '', datasetUUID = '' }: FlockerVolumeSource, given: Given): void {
  const { at, errors } = given
  if (datasetName === '' && datasetUUID === '')
    errors.push(required(at, 'one of datasetName and datasetUUID is required'))
  if (datasetName !== '' && datasetUUID !== '')
    errors.push(invalid(at, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'))
  if (datasetName.includes('/'))
    errors.push(invalid(`${at}.datasetName`, datasetName, "must not contain '/'"))
}

interface WithSecret {
  readonly secretRef?: { readonly name?: string; readonly namespace?: string }
}

function checkSecret({ secretRef }: WithSecret, { at, errors, isPersistent }: Given): void {
  if (secretRef === undefined) return
  if ((secretRef.name ?? '') === '') errors.push(required(`${at}.secretRef.name`))
  if (isPersistent && (secretRef.namespace ?? '') === '') errors.push(required(`${at}.secretRef.namespace`))
}

function checkQuobyte({ registry, tenant = '', volume }: QuobyteVolumeSource, { at, errors }: Given): void {
  const pairs = 'must be a host:port pair or multiple pairs separated by commas'
  if (registry === '') errors.push(required(`${at}.registry`, pairs))
  else if (tenant.length >= 65) {
    errors.push(required(`${at}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'))
  } else {
    for (const pair of registry.split(','))
      if (!/^(?:\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/.test(pair))
        errors.push(invalid(`${at}.registry`, registry, pairs))
  }
  if (volume === '') errors.push(required(`${at}.volume`))
}

function checkFibreChannel({ targetWWNs = [], wwids = [], lun }: FCVolumeSource, given: Given): void {
  const { at, errors } = given
  if (targetWWNs.length === 0 && wwids.length === 0)
    errors.push(required(`${at}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both'))
  if (targetWWNs.length > 0 && wwids.length > 0) {
    errors.push(
      invalid(`${at}.targetWWNs`, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'),
    )
  }
  if (targetWWNs.length === 0) return
  if (lun === undefined) errors.push(required(`${at}.lun`, 'lun is required if targetWWNs is specified'))
  else if (lun < 0 || lun > 255)
    errors.push(invalid(`${at}.lun`, lun, 'must be between 0 and 255, inclusive'))
}

function checkFlexOptions(
  { options = {} }: { readonly options?: Readonly<Record<string, string>> },
  { at, errors }: Given,
): void {
  for (const key of Object.keys(options)) {
    const namespace = `.${(key.split('/')[0] as string).toLowerCase()}`
    if (/\.(?:kubernetes|k8s)\.io$/.test(namespace)) {
      errors.push(invalid(`${at}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved'))
    }
  }
}

function checkSecretNamespace(
  { secretNamespace }: { readonly secretNamespace?: string | null },
  { at, errors }: Given,
): void {
  if (secretNamespace === '') errors.push(required(`${at}.secretNamespace`))
}

const cachingModes = ['None', 'ReadOnly', 'ReadWrite']
const diskKinds = ['Dedicated', 'Managed', 'Shared']
const managedUri =
  '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
const blobUri = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'

function checkAzureDisk({ cachingMode, kind, diskURI }: AzureDiskVolumeSource, { at, errors }: Given): void {
  if (cachingMode !== undefined && !cachingModes.includes(cachingMode))
    errors.push(notSupported(`${at}.cachingMode`, cachingMode, cachingModes))
  if (kind === undefined) return
  if (!diskKinds.includes(kind)) errors.push(notSupported(`${at}.kind`, kind, diskKinds))
  const [start, form] = kind === 'Managed' ? ['/subscriptions/', managedUri] : ['https://', blobUri]
  if (!diskURI.startsWith(start)) errors.push(notSupported(`${at}.diskURI`, diskURI, [form]))
}

interface StorageOs extends WithSecret {
  readonly volumeName?: string
  readonly volumeNamespace?: string
}

function checkStorageOs(source: StorageOs, given: Given): void {
  const { at, errors } = given
  const { volumeName = '', volumeNamespace = '' } = source
  if (volumeName === '') errors.push(required(`${at}.volumeName`))
  else
    for (const fault of dnsLabelFaults(volumeName))
      errors.push(invalid(`${at}.volumeName`, volumeName, fault))
  if (volumeNamespace !== '')
    for (const fault of dnsLabelFaults(volumeNamespace))
      errors.push(invalid(`${at}.volumeNamespace`, volumeNamespace, fault))
  checkSecret(source, given)
}

/** Validates the name of a CSI driver. Source: ValidateCSIDriverName. */
export function validateDriverName(name: string, path: string): readonly FieldError[] {
  return [
    ...(name === '' ? [required(path)] : []),
    ...(name.length > 63 ? [tooLong(path, 63)] : []),
    ...dnsSubdomainFaults(name.toLowerCase()).map((fault) => invalid(path, name, fault)),
  ]
}

/** Source: validatePathNoBacksteps. */
export function validateNoBacksteps(target: string, path: string, errors: FieldError[]): void {
  if (target.split('/').includes('..')) errors.push(invalid(path, target, "must not contain '..'"))
}
