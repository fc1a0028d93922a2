import { invalid, notSupported, required, tooLong, type FieldError } from '../../field-error.js'
import {
  configKeyFaults,
  dnsLabelFaults,
  dnsSubdomainFaults,
  envNameFaults,
  qualifiedNameFaults,
  subdomainName,
} from '../../validation/names.js'
import { parseQuantity } from '../../quantity.js'
import type {
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  FileKeySelector,
  ObjectFieldSelector,
  ResourceFieldSelector,
} from '../generated.js'

import { validateNoBacksteps } from './volume-sources.js'

/** Field paths of the pod conversion, and those that env variables and volumes may use. */
const knownPaths = new Set([
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.serviceAccountName',
  'spec.schedulerName',
  'status.phase',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
])
const envPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
const volumePaths = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
]
const resourcePaths = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]

/** Where the downward API is used: env variables and volumes allow different fields. */
export type DownwardUse = 'env' | 'volume'

/** Validates a reference to a field of the pod. Source: validateObjectFieldSelector. */
export function validateFieldRef(
  reference: ObjectFieldSelector,
  use: DownwardUse,
  path: string,
  errors: FieldError[],
): void {
  const { fieldPath } = reference
  if ((reference.apiVersion ?? '') === '') {
    errors.push(required(`${path}.apiVersion`))
    return
  }
  if (fieldPath === '') {
    errors.push(required(`${path}.fieldPath`))
    return
  }
  const refuse = (why: string): void => {
    errors.push(invalid(`${path}.fieldPath`, fieldPath, `error converting fieldPath: ${why}`))
  }
  const { apiVersion } = reference
  if (apiVersion !== 'v1') return refuse(`unsupported pod version: ${apiVersion as string}`)
  const subscript = /^((?:(?!\[').)+)\['(.*)'\]$/s.exec(fieldPath)
  if (subscript !== null) {
    const [, field = '', key = ''] = subscript
    if (!/^metadata\.(?:labels|annotations)$/.test(field))
      return refuse(`field label does not support subscript: ${fieldPath}`)
    return validateSubscript(field, key, path, errors)
  }
  const canonical = fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath
  const allowed = use === 'env' ? envPaths : volumePaths
  if (!knownPaths.has(canonical)) refuse(`field label not supported: ${fieldPath}`)
  else if (!allowed.includes(canonical)) {
    errors.push(notSupported(`${path}.fieldPath`, canonical, allowed))
  }
}

function validateSubscript(field: string, key: string, path: string, errors: FieldError[]): void {
  const faults = qualifiedNameFaults(field === 'metadata.annotations' ? key.toLowerCase() : key)
  for (const fault of faults) errors.push(invalid(path, key, fault))
}

/** Validates a reference to a container's resources. Source: validateContainerResourceFieldSelector. */
export function validateResourceRef(
  reference: ResourceFieldSelector,
  use: DownwardUse,
  path: string,
  errors: FieldError[],
): void {
  validateDivisor(reference, path, errors)
  if (use === 'volume' && (reference.containerName ?? '') === '')
    errors.push(required(`${path}.containerName`))
  else if (reference.resource === '') errors.push(required(`${path}.resource`))
  else if (
    !resourcePaths.includes(reference.resource) &&
    !/^(limits|requests)\.hugepages-/.test(reference.resource)
  ) {
    errors.push(notSupported(`${path}.resource`, reference.resource, resourcePaths))
  }
}

const binaryDivisors = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']

/** The divisors of a resource, and how texts name it. */
function divisorsOf(resource: string): readonly [divisors: readonly string[], name: string] | undefined {
  const [, name = ''] =
    /^(?:limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.*)$/.exec(resource) ?? []
  if (name === 'cpu') return [['1m', '1'], name]
  if (name === 'ephemeral-storage') return [binaryDivisors, 'local ephemeral storage']
  if (name !== '') return [binaryDivisors, name.startsWith('hugepages-') ? 'hugepages' : name]
  return undefined
}

/** Source: validateContainerResourceDivisor. */
function validateDivisor(
  { resource, divisor }: ResourceFieldSelector,
  path: string,
  errors: FieldError[],
): void {
  const known = divisorsOf(resource)
  if (known === undefined || parseQuantity(divisor).nanos === 0n) return
  const [divisors, name] = known
  if (divisors.includes(divisor)) return
  const list = name === 'cpu' ? '1m and 1' : divisors.join(', ')
  const text = `only divisor's values ${list} are supported with the ${name} resource`
  errors.push(invalid(`${path}.divisor`, resource, text))
}

/** Validates the environment variables of a container. Source: pkg/apis/core/validation ValidateEnv. */
export function validateEnv(variables: readonly EnvVar[], path: string, errors: FieldError[]): void {
  variables.forEach((variable, index) => {
    const at = `${path}[${index}]`
    if (variable.name === '') errors.push(required(`${at}.name`))
    else
      for (const fault of envNameFaults(variable.name))
        errors.push(invalid(`${at}.name`, variable.name, fault))
    if (variable.valueFrom !== undefined)
      validateValueFrom(variable.valueFrom, variable.value ?? '', `${at}.valueFrom`, errors)
  })
}

function validateValueFrom(source: EnvVarSource, value: string, path: string, errors: FieldError[]): void {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source
  if (fieldRef !== undefined) validateFieldRef(fieldRef, 'env', `${path}.fieldRef`, errors)
  if (resourceFieldRef !== undefined)
    validateResourceRef(resourceFieldRef, 'env', `${path}.resourceFieldRef`, errors)
  for (const [name, reference] of [
    ['configMapKeyRef', configMapKeyRef],
    ['secretKeyRef', secretKeyRef],
  ] as const) {
    if (reference === undefined) continue
    for (const fault of dnsSubdomainFaults(reference.name ?? ''))
      errors.push(invalid(`${path}.${name}.name`, reference.name ?? '', fault))
    if (reference.key === '') errors.push(required(`${path}.${name}.key`))
    else
      for (const fault of configKeyFaults(reference.key))
        errors.push(invalid(`${path}.${name}.key`, reference.key, fault))
  }
  if (fileKeyRef !== undefined) validateFileKeyRef(fileKeyRef, `${path}.fileKeyRef`, errors)
  const sources = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(
    (one) => one !== undefined,
  ).length
  if (sources === 0) {
    // v1.35 also names `fileKeyRef`
    const all = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'
    errors.push(invalid(path, '', `must specify one of: ${all}`))
  }
  if (value !== '') {
    if (sources > 0) errors.push(invalid(path, '', 'may not be specified when `value` is not empty'))
  } else if (sources > 1) {
    errors.push(invalid(path, '', 'may not have more than one field specified at a time'))
  }
}

/** Most characters of a key in a file of variables. */
const longestFileKey = 128

/** Validates a variable from a file of a volume. Source: KEP-3721; pkg/apis/core FileKeySelector. */
function validateFileKeyRef(
  { volumeName, path: file, key }: FileKeySelector,
  path: string,
  errors: FieldError[],
): void {
  if (volumeName === '') errors.push(required(`${path}.volumeName`))
  else
    for (const fault of dnsLabelFaults(volumeName))
      errors.push(invalid(`${path}.volumeName`, volumeName, fault))
  if (file === '') errors.push(required(`${path}.path`))
  else {
    if (file.startsWith('/')) errors.push(invalid(`${path}.path`, file, 'must be a relative path'))
    validateNoBacksteps(file, `${path}.path`, errors)
    if (file.startsWith('..') && !file.startsWith('../'))
      errors.push(invalid(`${path}.path`, file, "must not start with '..'"))
  }
  if (key === '') errors.push(required(`${path}.key`))
  else if (key.length > longestFileKey) errors.push(tooLong(`${path}.key`, longestFileKey))
  else for (const fault of envNameFaults(key)) errors.push(invalid(`${path}.key`, key, fault))
}

/** Validates sources of whole environments. Source: ValidateEnvFrom. */
export function validateEnvFrom(sources: readonly EnvFromSource[], path: string, errors: FieldError[]): void {
  sources.forEach(({ prefix, configMapRef, secretRef }, index) => {
    const at = `${path}[${index}]`
    if (prefix !== undefined)
      for (const fault of envNameFaults(prefix)) errors.push(invalid(`${at}.prefix`, prefix, fault))
    const given = [
      ['configMapRef', configMapRef],
      ['secretRef', secretRef],
    ] as const
    for (const [name, reference] of given) {
      if (reference === undefined) continue
      if ((reference.name ?? '') === '') errors.push(required(`${at}.${name}.name`))
      else
        for (const fault of subdomainName(reference.name ?? '', true)) {
          errors.push(invalid(`${at}.${name}.name`, reference.name, fault))
        }
    }
    const sourcesGiven = given.filter(([, reference]) => reference !== undefined).length
    if (sourcesGiven === 0)
      errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'))
    else if (sourcesGiven > 1)
      errors.push(invalid(path, '', 'may not have more than one field specified at a time'))
  })
}
