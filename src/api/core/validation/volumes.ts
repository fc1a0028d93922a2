import { validateTemplateMetadata } from './template-metadata.js'
import { quote } from '../../../lang/go/quote.js'
import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.js'
import { dnsLabelFaults, dnsSubdomainFaults } from '../../validation/names.js'
import { isKnown } from '../../schema/share.js'
import type { CSIVolumeSource, PersistentVolumeClaimTemplate, Volume } from '../generated.js'
import { validatePersistentVolumeClaim } from './persistent-volume-claim.js'
import {
  validateDownwardItems,
  validateFileVolume,
  validateLocalPath,
  validateMode,
  validateProjected,
} from './projected-volumes.js'
import { sourcePath, validateDriverName, validatePortal, validateSharedSource } from './volume-sources.js'

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
  'flexVolume',
  'configMap',
  'azureFile',
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

const pullPolicies = ['Always', 'IfNotPresent', 'Never']

/** Names in the paths of errors about a second source. */
const secondPaths: Readonly<Record<string, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' }

/**
 * Validates the volumes of a pod, or of a template, which has no name. Returns the valid ones by name: those
 * that containers can mount. Source: pkg/apis/core/validation ValidateVolumes.
 */
export function validateVolumes(
  volumes: readonly Volume[],
  podName: string | undefined,
  path: string,
  errors: FieldError[],
): ReadonlyMap<string, Volume> {
  const valid = new Map<string, Volume>()
  volumes.forEach((volume, index) => {
    const at = `${path}[${index}]`
    const before = errors.length
    validateSource(volume, podName, at, errors)
    const { name } = volume
    if (name === '') errors.push(required(`${at}.name`))
    else for (const fault of dnsLabelFaults(name)) errors.push(invalid(`${at}.name`, name, fault))
    if (valid.has(name)) errors.push(duplicate(`${at}.name`, name))
    if (errors.length === before) valid.set(name, volume)
    const claim = volume.persistentVolumeClaim?.claimName
    if (claim !== undefined && podName !== undefined && isOwnClaim(claim, podName, volumes)) {
      const text = 'must not reference a PVC that gets created for an ephemeral volume'
      errors.push(invalid(`${at}.persistentVolumeClaim.claimName`, claim, text))
    }
  })
  return valid
}

/** Whether the claim is made for an ephemeral volume of the pod itself. */
const isOwnClaim = (claim: string, podName: string, volumes: readonly Volume[]): boolean =>
  volumes.some(({ name, ephemeral }) => ephemeral !== undefined && claim === `${podName}-${name}`)

function validateSource(
  volume: Volume,
  podName: string | undefined,
  path: string,
  errors: FieldError[],
): void {
  const given = Object.keys(volume)
  let found = false
  // fast path: nearly all volumes have a name and one source, which need no search in upstream's order
  for (const name of given.length <= 2 ? given.filter(isSource) : sources) {
    const source = volume[name]
    if (source === undefined) continue
    if (found)
      errors.push(
        forbidden(`${path}.${secondPaths[name] ?? name}`, 'may not specify more than 1 volume type'),
      )
    else if (!isKnown(source)) validateOne(volume, name, source, path, errors)
    if (name === 'iscsi') validatePortal(volume.iscsi, volume.name, `${path}.name`, errors)
    if (name === 'ephemeral' && !found) validateClaimName(volume.name, podName, path, errors)
    found = true
  }
  if (!found) errors.push(required(path, 'must specify a volume type'))
}

const known: ReadonlySet<string> = new Set(sources)
const isSource = (name: string): name is (typeof sources)[number] => known.has(name)

function validateOne(
  volume: Volume,
  name: (typeof sources)[number],
  source: object,
  path: string,
  errors: FieldError[],
): void {
  const at = `${path}.${sourcePath(name)}`
  switch (name) {
    case 'emptyDir': {
      if (volume.emptyDir?.sizeLimit?.startsWith('-')) {
        errors.push(forbidden(`${at}.sizeLimit`, 'SizeLimit field must be a valid resource quantity'))
      }
      return
    }
    case 'gitRepo':
      return validateGitRepo(volume.gitRepo?.repository, volume.gitRepo?.directory ?? '', at, errors)
    case 'secret':
      return validateFileVolume(source, volume.secret?.secretName, 'secretName', at, errors)
    case 'configMap':
      return validateFileVolume(source, volume.configMap?.name, 'name', at, errors)
    case 'persistentVolumeClaim': {
      if (volume.persistentVolumeClaim?.claimName === '') errors.push(required(`${at}.claimName`))
      return
    }
    case 'downwardAPI': {
      validateMode(volume.downwardAPI?.defaultMode, `${at}.defaultMode`, errors)
      validateDownwardItems(volume.downwardAPI?.items ?? [], at, errors)
      return
    }
    case 'projected':
      return validateProjected(source, at, errors)
    case 'csi':
      return validateCsi(source as CSIVolumeSource, at, errors)
    case 'ephemeral': {
      const template = volume.ephemeral?.volumeClaimTemplate
      if (template === undefined) errors.push(required(`${at}.volumeClaimTemplate`))
      else validateClaimTemplate(template, `${at}.volumeClaimTemplate`, errors)
      return
    }
    case 'image':
      return validateImage(volume.image?.reference, volume.image?.pullPolicy, at, errors)
    default:
      validateSharedSource(name, source, { at, errors, isPersistent: false })
  }
}

function validateGitRepo(
  repository: string | undefined,
  directory: string,
  path: string,
  errors: FieldError[],
): void {
  if ((repository ?? '') === '') errors.push(required(`${path}.repository`))
  validateLocalPath(directory, `${path}.directory`, errors)
}

function validateImage(
  reference: string | undefined,
  pullPolicy: string | undefined,
  path: string,
  errors: FieldError[],
): void {
  if ((reference ?? '') === '') errors.push(required(`${path}.reference`))
  const policy = pullPolicy ?? ''
  if (policy === '') errors.push(required(`${path}.pullPolicy`))
  else if (!pullPolicies.includes(policy))
    errors.push(notSupported(`${path}.pullPolicy`, policy, pullPolicies))
}

/** The claim of an ephemeral volume has the names of the pod and of the volume. */
function validateClaimName(
  name: string,
  podName: string | undefined,
  path: string,
  errors: FieldError[],
): void {
  if (podName === undefined || name === '') return
  const claim = `${podName}-${name}`
  for (const fault of dnsSubdomainFaults(claim))
    errors.push(invalid(`${path}.name`, name, `PVC name ${quote(claim)}: ${fault}`))
}

/** Source: validateCSIVolumeSource. */
function validateCsi(
  { driver, nodePublishSecretRef }: CSIVolumeSource,
  path: string,
  errors: FieldError[],
): void {
  errors.push(...validateDriverName(driver, `${path}.driver`))
  if (nodePublishSecretRef === undefined) return
  const { name = '' } = nodePublishSecretRef
  if (name === '') errors.push(required(`${path}.nodePublishSecretRef.name`))
  else for (const fault of dnsSubdomainFaults(name)) errors.push(invalid(`${path}.name`, name, fault))
}

/** Source: ValidatePersistentVolumeClaimTemplate. */
function validateClaimTemplate(
  { metadata = {}, spec }: PersistentVolumeClaimTemplate,
  path: string,
  errors: FieldError[],
): void {
  validateTemplateMetadata(metadata, `${path}.metadata`, errors)
  errors.push(...validatePersistentVolumeClaim(spec, `${path}.spec`))
}
