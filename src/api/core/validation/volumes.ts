import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.js'
import { dnsLabelFaults } from '../../names.js'
import { isKnown } from '../../schema/share.js'
import type {
  DownwardAPIVolumeFile,
  HostPathVolumeSource,
  KeyToPath,
  NFSVolumeSource,
  ProjectedVolumeSource,
  Volume,
} from '../generated.js'
import { validateFieldRef, validateResourceRef } from './env.js'

/** Volume sources in the order of upstream's checks. */
const sources = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'azureFile',
  'configMap',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
] as const
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

/** Validates the volumes of a pod. Source: pkg/apis/core/validation ValidateVolumes. */
export function validateVolumes(volumes: readonly Volume[], path: string, errors: FieldError[]): void {
  const names = new Set<string>()
  volumes.forEach((volume, index) => {
    const at = `${path}[${index}]`
    validateSource(volume, at, errors)
    if (volume.name === '') errors.push(required(`${at}.name`))
    else
      for (const fault of dnsLabelFaults(volume.name)) errors.push(invalid(`${at}.name`, volume.name, fault))
    if (names.has(volume.name)) errors.push(duplicate(`${at}.name`, volume.name))
    names.add(volume.name)
  })
}

function validateSource(volume: Volume, path: string, errors: FieldError[]): void {
  const given = Object.keys(volume)
  let found = false
  // fast path: nearly all volumes have a name and one source, which need no search in upstream's order
  for (const name of given.length <= 2 ? given.filter(isSource) : sources) {
    if (volume[name] === undefined) continue
    if (found) errors.push(forbidden(`${path}.${name}`, 'may not specify more than 1 volume type'))
    else if (!isKnown(volume[name])) validateOne(volume, name, `${path}.${name}`, errors)
    found = true
  }
  if (!found) errors.push(required(path, 'must specify a volume type'))
}

const known: ReadonlySet<string> = new Set(sources)
const isSource = (name: string): name is (typeof sources)[number] => known.has(name)

function validateOne(
  volume: Volume,
  name: (typeof sources)[number],
  path: string,
  errors: FieldError[],
): void {
  switch (name) {
    case 'emptyDir': {
      if (volume.emptyDir?.sizeLimit?.startsWith('-')) {
        errors.push(forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity'))
      }
      return
    }
    case 'hostPath':
      return validateHostPath(volume.hostPath as HostPathVolumeSource, path, errors)
    case 'secret':
      return validateFileVolume(volume.secret ?? {}, volume.secret?.secretName, 'secretName', path, errors)
    case 'configMap':
      return validateFileVolume(volume.configMap ?? {}, volume.configMap?.name, 'name', path, errors)
    case 'persistentVolumeClaim': {
      if (volume.persistentVolumeClaim?.claimName === '') errors.push(required(`${path}.claimName`))
      return
    }
    case 'nfs':
      return validateNfs(volume.nfs as NFSVolumeSource, path, errors)
    case 'downwardAPI': {
      validateMode(volume.downwardAPI?.defaultMode, `${path}.defaultMode`, errors)
      validateDownwardItems(volume.downwardAPI?.items ?? [], path, errors)
      return
    }
    case 'projected':
      return validateProjected(volume.projected ?? {}, path, errors)
    case 'csi': {
      if (volume.csi?.driver === '') errors.push(required(`${path}.driver`))
      return
    }
    default:
      return // the rest is stored as it comes: the simulator mounts nothing
  }
}

/** Source: validateNFSVolumeSource. */
export function validateNfs(
  { server, path: exported }: NFSVolumeSource,
  path: string,
  errors: FieldError[],
): void {
  if (server === '') errors.push(required(`${path}.server`))
  if (exported === '') errors.push(required(`${path}.path`))
  else if (!exported.startsWith('/'))
    errors.push(invalid(`${path}.path`, exported, 'must be an absolute path'))
}

/** Source: validateHostPathVolumeSource. */
export function validateHostPath(
  { path: hostPath, type = '' }: HostPathVolumeSource,
  path: string,
  errors: FieldError[],
): void {
  if (hostPath === '') {
    errors.push(required(`${path}.path`))
    return
  }
  if (hostPath.split('/').includes('..'))
    errors.push(invalid(`${path}.path`, hostPath, "must not contain '..'"))
  if (!hostPathTypes.includes(type)) errors.push(notSupported(`${path}.type`, type, hostPathTypes))
}

interface FileVolume {
  readonly defaultMode?: number
  readonly items?: readonly KeyToPath[]
}

function validateFileVolume(
  volume: FileVolume,
  name: string | undefined,
  nameField: string,
  path: string,
  errors: FieldError[],
): void {
  if ((name ?? '') === '') errors.push(required(`${path}.${nameField}`))
  validateMode(volume.defaultMode, `${path}.defaultMode`, errors)
  volume.items?.forEach((item, index) => validateKeyToPath(item, `${path}.items[${index}]`, errors))
}

function validateMode(mode: number | undefined, path: string, errors: FieldError[]): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) {
    errors.push(invalid(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive'))
  }
}

function validateKeyToPath({ key, path: target, mode }: KeyToPath, path: string, errors: FieldError[]): void {
  if (key === '') errors.push(required(`${path}.key`))
  if (target === '') errors.push(required(`${path}.path`))
  else validateLocalPath(target, `${path}.path`, errors, true)
  if (mode !== undefined && (mode < 0 || mode > 0o777)) {
    errors.push(invalid(`${path}.mode`, mode, 'must be a number between 0 and 0777 (octal), both inclusive'))
  }
}

/**
 * Validates a path within a volume: relative, and not leading out of it. `reserved` also forbids a leading
 * `..`.
 */
export function validateLocalPath(
  target: string,
  path: string,
  errors: FieldError[],
  reserved = false,
): void {
  if (target.startsWith('/')) errors.push(invalid(path, target, 'must be a relative path'))
  const steps = target.split('/')
  if (steps.includes('..')) errors.push(invalid(path, target, "must not contain '..'"))
  else if (reserved && steps[0]?.startsWith('..') === true)
    errors.push(invalid(path, target, "must not start with '..'"))
}

function validateDownwardItems(
  items: readonly DownwardAPIVolumeFile[],
  path: string,
  errors: FieldError[],
): void {
  for (const { path: target, fieldRef, resourceFieldRef, mode } of items) {
    if (target === '') errors.push(required(`${path}.path`))
    else validateLocalPath(target, `${path}.path`, errors, true)
    if (fieldRef !== undefined) {
      validateFieldRef(fieldRef, 'volume', `${path}.fieldRef`, errors)
      if (resourceFieldRef !== undefined) {
        errors.push(
          invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'),
        )
      }
    } else if (resourceFieldRef !== undefined) {
      validateResourceRef(resourceFieldRef, 'volume', `${path}.resourceFieldRef`, errors)
    } else {
      errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'))
    }
    validateMode(mode, `${path}.mode`, errors)
  }
}

function validateProjected(
  { defaultMode, sources: given }: Partial<ProjectedVolumeSource>,
  path: string,
  errors: FieldError[],
): void {
  validateMode(defaultMode, `${path}.defaultMode`, errors)
  given?.forEach((source, index) => {
    const at = `${path}.sources[${index}]`
    const { secret, configMap, downwardAPI, serviceAccountToken } = source
    const count = Object.keys(source).length
    if (count > 1) errors.push(forbidden(at, 'may not specify more than 1 volume type per source'))
    if (count === 0) errors.push(required(at, 'must specify a volume type'))
    if (secret !== undefined)
      validateFileVolume({ items: secret.items ?? [] }, secret.name, 'name', `${at}.secret`, errors)
    if (configMap !== undefined) {
      validateFileVolume({ items: configMap.items ?? [] }, configMap.name, 'name', `${at}.configMap`, errors)
    }
    if (downwardAPI !== undefined) validateDownwardItems(downwardAPI.items ?? [], `${at}.downwardAPI`, errors)
    if (serviceAccountToken !== undefined) {
      const { expirationSeconds = 0, path: target } = serviceAccountToken
      const field = `${at}.serviceAccountToken`
      if (expirationSeconds < 600) {
        errors.push(
          invalid(
            `${field}.expirationSeconds`,
            expirationSeconds,
            'may not specify a duration less than 10 minutes',
          ),
        )
      } else if (expirationSeconds > 2 ** 32)
        errors.push(
          invalid(
            `${field}.expirationSeconds`,
            expirationSeconds,
            'may not specify a duration larger than 2^32 seconds',
          ),
        )
      if (target === '') errors.push(required(`${field}.path`))
      else validateLocalPath(target, `${field}.path`, errors, true)
    }
  })
}
