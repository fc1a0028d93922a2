import { forbidden, invalid, notFound, notSupported, required, type FieldError } from '../../field-error.js'
import type { Container, EphemeralContainer, Volume, VolumeMount } from '../generated.js'
import { validateLocalPath } from './projected-volumes.js'

/** The valid volumes of a pod by name. */
export type MountableVolumes = ReadonlyMap<string, Volume>

type Mounting = Pick<Container | EphemeralContainer, 'volumeMounts' | 'volumeDevices' | 'securityContext'>

const propagations = ['Bidirectional', 'HostToContainer', 'None']
const recursions = ['Disabled', 'Enabled', 'IfPossible']

/** Validates the mounts of a container. Source: pkg/apis/core/validation ValidateVolumeMounts. */
export function validateVolumeMounts(
  container: Mounting,
  volumes: MountableVolumes,
  path: string,
  errors: FieldError[],
): void {
  const { volumeMounts = [], volumeDevices = [] } = container
  const places = new Set<string>()
  const devices = new Set(volumeDevices.map((device) => device.name))
  const devicePaths = new Set(volumeDevices.map(({ devicePath }) => devicePath))
  volumeMounts.forEach((mount, index) => {
    const at = `${path}[${index}]`
    const { name, mountPath, subPath, subPathExpr } = mount
    const volume = volumes.get(name)
    if (name === '') errors.push(required(`${at}.name`))
    if (volume === undefined) errors.push(notFound(`${at}.name`, name))
    if (mountPath === '') errors.push(required(`${at}.mountPath`))
    if (places.has(mountPath)) errors.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'))
    places.add(mountPath)
    if (devices.has(name)) errors.push(invalid(`${at}.name`, name, 'must not already exist in volumeDevices'))
    if (devicePaths.has(mountPath))
      errors.push(invalid(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'))
    if (volume?.image !== undefined) {
      for (const [field, value] of [
        ['subPath', subPath],
        ['subPathExpr', subPathExpr],
      ] as const)
        if (value !== undefined)
          errors.push(invalid(`${at}.${field}`, value, 'not allowed in image volume sources'))
    }
    // upstream omits the index in the following paths
    if (subPath !== undefined) validateLocalPath(subPath, `${path}.subPath`, errors)
    if (subPathExpr !== undefined) {
      if (subPath !== undefined)
        errors.push(
          invalid(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'),
        )
      validateLocalPath(subPathExpr, `${path}.subPathExpr`, errors)
    }
    validatePropagation(mount.mountPropagation, container, `${path}.mountPropagation`, errors)
    validateRecursion(mount, `${path}.recursiveReadOnly`, errors)
  })
}

/** Source: validateMountPropagation. */
function validatePropagation(
  propagation: string | undefined,
  { securityContext }: Mounting,
  path: string,
  errors: FieldError[],
): void {
  if (propagation === undefined) return
  if (!propagations.includes(propagation)) errors.push(notSupported(path, propagation, propagations))
  if (propagation === 'Bidirectional' && securityContext?.privileged !== true) {
    errors.push(forbidden(path, 'Bidirectional mount propagation is available only to privileged containers'))
  }
}

/** Source: validateMountRecursiveReadOnly. */
function validateRecursion(
  { recursiveReadOnly: recursion, readOnly, mountPropagation }: VolumeMount,
  path: string,
  errors: FieldError[],
): void {
  if (recursion === undefined || recursion === 'Disabled') return
  if (!recursions.includes(recursion)) {
    errors.push(notSupported(path, recursion, recursions))
    return
  }
  if (readOnly !== true) errors.push(forbidden(path, 'may only be specified when readOnly is true'))
  if ((mountPropagation ?? 'None') !== 'None')
    errors.push(forbidden(path, 'may only be specified when mountPropagation is None or not specified'))
}

/** Validates the block devices of a container. Source: ValidateVolumeDevices. */
export function validateVolumeDevices(
  { volumeMounts = [], volumeDevices = [] }: Mounting,
  volumes: MountableVolumes,
  path: string,
  errors: FieldError[],
): void {
  const names = new Set<string>()
  const paths = new Set<string>()
  const mounts = new Set(volumeMounts.map((mount) => mount.name))
  const mountPaths = new Set(volumeMounts.map(({ mountPath }) => mountPath))
  volumeDevices.forEach(({ name, devicePath }, index) => {
    const at = `${path}[${index}]`
    const volume = volumes.get(name)
    if (name === '') errors.push(required(`${at}.name`))
    if (names.has(name)) errors.push(invalid(`${at}.name`, name, 'must be unique'))
    if (volume === undefined) errors.push(notFound(`${at}.name`, name))
    else if (volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined) {
      const text = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'
      errors.push(invalid(`${at}.name`, name, text))
    }
    if (devicePath === '') errors.push(required(`${at}.devicePath`))
    if (paths.has(devicePath)) errors.push(invalid(`${at}.devicePath`, devicePath, 'must be unique'))
    if (devicePath.split('/').includes('..'))
      errors.push(invalid(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')"))
    else paths.add(devicePath)
    if (mounts.has(name)) errors.push(invalid(`${at}.name`, name, 'must not already exist in volumeMounts'))
    if (mountPaths.has(devicePath))
      errors.push(invalid(`${at}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts'))
    if (name !== '') names.add(name)
  })
}
