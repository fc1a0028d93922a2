import type { PersistentVolumeClaim } from '../core/generated.js'
import type { KubeObject } from '../definition.js'
import type { QuotaEvaluator } from './evaluator.js'
import { matchesValue } from './pods.js'
import type { ResourceList } from './resource-list.js'

const CLASS_SUFFIX = '.storageclass.storage.k8s.io/'
const LEGACY_CLASS = 'volume.beta.kubernetes.io/storage-class'
const COUNTED = ['count/persistentvolumeclaims', 'persistentvolumeclaims', 'requests.storage']

const isCounted = (name: string): boolean =>
  COUNTED.includes(name) ||
  name.endsWith(`${CLASS_SUFFIX}requests.storage`) ||
  name.endsWith(`${CLASS_SUFFIX}persistentvolumeclaims`)

function usage(object: KubeObject): ResourceList {
  const { metadata, spec, status } = object as PersistentVolumeClaim
  const storageClass = metadata.annotations?.[LEGACY_CLASS] ?? spec.storageClassName ?? ''
  const asked = status.allocatedResources?.['storage'] ?? spec.resources?.requests?.['storage']
  const used: Record<string, string> = { 'count/persistentvolumeclaims': '1', persistentvolumeclaims: '1' }
  if (storageClass !== '') used[`${storageClass}${CLASS_SUFFIX}persistentvolumeclaims`] = '1'
  if (asked === undefined) return used
  used['requests.storage'] = asked
  if (storageClass !== '') used[`${storageClass}${CLASS_SUFFIX}requests.storage`] = asked
  return used
}

/**
 * Counts claims and the storage they ask for. Source:
 * pkg/quota/v1/evaluator/core/persistent_volume_claims.go.
 */
export const claimEvaluator: QuotaEvaluator = {
  handles: (operation, subresource) =>
    subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'),
  matching: (names) => names.filter(isCounted),
  inScope: ({ scopeName, operator, values = [] }, object) =>
    scopeName === 'VolumeAttributesClass' &&
    matchesValue((object as PersistentVolumeClaim).spec.volumeAttributesClassName, operator, values),
  usage,
}
