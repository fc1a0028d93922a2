import type { Minor } from '../../../api/releases.js'
import { sha256 } from '../../../sim/sha256.js'
import type { Resource } from '../../registry/resources.js'

/**
 * Kinds that the real server keeps in another version than this one does: `group/Kind`, its version, first
 * minor without that.
 */
const KEPT_AS: Readonly<Record<string, readonly [version: string, until?: Minor]>> = {
  'apiextensions.k8s.io/CustomResourceDefinition': ['v1beta1'],
  'storage.k8s.io/VolumeAttributesClass': ['v1beta1', 35],
  'resource.k8s.io/DeviceClass': ['v1beta2', 35],
  'resource.k8s.io/ResourceClaim': ['v1beta2', 35],
  'resource.k8s.io/ResourceClaimTemplate': ['v1beta2', 35],
  'resource.k8s.io/ResourceSlice': ['v1beta2', 35],
}

/**
 * storageVersionHash of a resource: changes when etcd keeps it in another version. Undefined for what is not
 * kept. Source: apiserver pkg/endpoints/discovery/storageversionhash.go.
 */
export function storageVersionHash({ definition, kind, group }: Resource, minor: Minor): string | undefined {
  if (!definition.verbs.includes('create') || !definition.verbs.includes('list')) return undefined
  const stored = kind === 'Event' ? { group: '', version: 'v1' } : (definition.stored ?? definition)
  const exception = Object.hasOwn(KEPT_AS, `${group}/${kind}`) ? KEPT_AS[`${group}/${kind}`] : undefined
  const version =
    exception !== undefined && minor < (exception[1] ?? Infinity) ? exception[0] : stored.version
  const digest = sha256(new TextEncoder().encode(`${stored.group}/${version}/${kind}`))
  return btoa(String.fromCharCode(...digest.slice(0, 8)))
}
