import { forbidden, notSupported, required, type FieldError } from '../../field-error.js'

/** Access modes of volumes, sorted as errors list them. */
const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const volumeModes = ['Block', 'Filesystem']

/** Short names of access modes, in the order of Tables. */
const shortNames: readonly (readonly [mode: string, text: string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
]

/**
 * Validates the access modes of a volume or claim. `missing` is the detail of the error if there are none.
 */
export function validateAccessModes(
  modes: readonly string[],
  missing: string,
  path: string,
  errors: FieldError[],
): void {
  if (modes.length === 0) errors.push(required(path, missing))
  checkAccessModes(modes, path, errors)
}

/** Each mode must be known, and ReadWriteOncePod cannot be combined. */
export function checkAccessModes(modes: readonly string[], path: string, errors: FieldError[]): void {
  for (const mode of modes)
    if (!accessModes.includes(mode)) errors.push(notSupported(path, mode, accessModes))
  if (modes.includes('ReadWriteOncePod') && modes.some((mode) => mode !== 'ReadWriteOncePod')) {
    errors.push(forbidden(path, 'may not use ReadWriteOncePod with other access modes'))
  }
}

/** `Filesystem` or `Block`. */
export function validateVolumeMode(mode: string | undefined, path: string, errors: FieldError[]): void {
  if (mode !== undefined && !volumeModes.includes(mode)) errors.push(notSupported(path, mode, volumeModes))
}

/** `RWO,RWX`. Source: pkg/apis/core/v1/helper GetAccessModesAsString. */
export function accessModesText(modes: readonly string[] | undefined): string {
  return shortNames
    .filter(([mode]) => modes?.includes(mode) === true)
    .map(([, text]) => text)
    .join(',')
}

/** Returns the storage class of a volume or claim: the old annotation, else the field. */
export function storageClassText(
  metadata: { readonly annotations?: Readonly<Record<string, string>> },
  field: string | undefined,
): string {
  return metadata.annotations?.[betaStorageClass] ?? field ?? ''
}

/** The old annotation for the storage class, from before there was a field. */
export const betaStorageClass = 'volume.beta.kubernetes.io/storage-class'
