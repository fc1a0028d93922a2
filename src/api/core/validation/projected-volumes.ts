import { forbidden, invalid, required, type FieldError } from '../../field-error.js'
import type { DownwardAPIVolumeFile, KeyToPath, ProjectedVolumeSource } from '../generated.js'
import { validateFieldRef, validateResourceRef } from './env.js'
import { validateNoBacksteps } from './volume-sources.js'

interface FileVolume {
  readonly defaultMode?: number
  readonly items?: readonly KeyToPath[]
}

/**
 * Validates a volume of files from an object. Source: validateSecretVolumeSource,
 * validateConfigMapVolumeSource.
 */
export function validateFileVolume(
  { defaultMode, items }: FileVolume,
  name: string | undefined,
  nameField: string,
  path: string,
  errors: FieldError[],
): void {
  if ((name ?? '') === '') errors.push(required(`${path}.${nameField}`))
  validateMode(defaultMode, `${path}.defaultMode`, errors)
  items?.forEach((item, index) => validateKeyToPath(item, `${path}.items[${index}]`, errors))
}

/** Validates the mode of a file. */
export function validateMode(mode: number | undefined, path: string, errors: FieldError[]): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) {
    errors.push(invalid(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive'))
  }
}

function validateKeyToPath({ key, path: target, mode }: KeyToPath, path: string, errors: FieldError[]): void {
  if (key === '') errors.push(required(`${path}.key`))
  if (target === '') errors.push(required(`${path}.path`))
  validateLocalPath(target, `${path}.path`, errors, true)
  validateMode(mode, `${path}.mode`, errors)
}

/**
 * Validates a path within a volume: relative, and not leading out of it. `reserved` also forbids a leading
 * `..`. Source: validateLocalDescendingPath, ValidateLocalNonReservedPath.
 */
export function validateLocalPath(
  target: string,
  path: string,
  errors: FieldError[],
  reserved = false,
): void {
  if (target.startsWith('/')) errors.push(invalid(path, target, 'must be a relative path'))
  validateNoBacksteps(target, path, errors)
  if (reserved && target.startsWith('..') && !target.startsWith('../'))
    errors.push(invalid(path, target, "must not start with '..'"))
}

/**
 * Validates the files of a downward API volume; upstream omits their index. Source:
 * validateDownwardAPIVolumeFile.
 */
export function validateDownwardItems(
  items: readonly DownwardAPIVolumeFile[],
  path: string,
  errors: FieldError[],
): void {
  for (const item of items) validateDownwardFile(item, path, errors)
}

function validateDownwardFile(
  { path: target, fieldRef, resourceFieldRef, mode }: DownwardAPIVolumeFile,
  path: string,
  errors: FieldError[],
): void {
  if (target === '') errors.push(required(`${path}.path`))
  validateLocalPath(target, `${path}.path`, errors, true)
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

/** Validates a projected volume. Source: validateProjectedVolumeSource. */
export function validateProjected(
  { defaultMode, sources = [] }: Partial<ProjectedVolumeSource>,
  path: string,
  errors: FieldError[],
): void {
  validateMode(defaultMode, `${path}.defaultMode`, errors)
  const paths = new Set<string>()
  const claim = (target: string, shown: string): void => {
    if (target === '') return
    if (paths.has(target)) errors.push(invalid(path, shown, 'conflicting duplicate paths'))
    paths.add(target)
  }
  sources?.forEach(({ secret, configMap, downwardAPI, serviceAccountToken, clusterTrustBundle }, index) => {
    const at = `${path}.sources[${index}]`
    for (const [kind, files] of [
      ['secret', secret],
      ['configMap', configMap],
    ] as const) {
      if (files === undefined) continue
      const { name = '', items = [] } = files
      if (name === '') errors.push(required(`${at}.${kind}.name`))
      items.forEach((item, file) => {
        validateKeyToPath(item, `${at}.${kind}.items[${file}]`, errors)
        claim(item.path, name)
      })
    }
    for (const file of downwardAPI?.items ?? []) {
      validateDownwardFile(file, `${at}.downwardAPI`, errors)
      claim(file.path, file.path)
    }
    if (serviceAccountToken !== undefined)
      validateToken(serviceAccountToken, path, `${at}.serviceAccountToken`, errors)
    const given = [secret, configMap, downwardAPI, serviceAccountToken, clusterTrustBundle]
    if (given.filter((source) => source !== undefined).length > 1)
      errors.push(forbidden(at, 'may not specify more than 1 volume type per source'))
  })
}

/** Upstream reports faults of the token's path at the volume. */
function validateToken(
  { expirationSeconds = 0, path: target }: { readonly expirationSeconds?: number; readonly path: string },
  volume: string,
  path: string,
  errors: FieldError[],
): void {
  const refuse = (text: string): void => {
    errors.push(invalid(`${path}.expirationSeconds`, expirationSeconds, text))
  }
  if (expirationSeconds < 600) refuse('may not specify a duration less than 10 minutes')
  if (expirationSeconds > 2 ** 32) refuse('may not specify a duration larger than 2^32 seconds')
  if (target === '') errors.push(required(`${volume}.path`))
  else validateLocalPath(target, `${volume}.path`, errors, true)
}
