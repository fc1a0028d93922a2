import type { Namespace } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/definition.js'
import type { RequestOptions } from '../request.js'
import type { Resource } from './resource.js'

const ORPHAN = 'orphan'
const FOREGROUND = 'foregroundDeletion'

/**
 * The finalizers that an object must have for a deletion with these options, or undefined if they are right
 * already. An explicit policy overrides what the object has; without one, a finalizer that is there overrides
 * the kind's default. Source: registry/generic/registry/store.go deletionFinalizersForGarbageCollection.
 */
export function finalizersForDeletion(
  resource: Resource,
  object: KubeObject,
  options: RequestOptions,
): readonly string[] | undefined {
  if (resource.kind === 'Event') return undefined
  const present = object.metadata.finalizers ?? []
  const policy = policyOf(resource, present, options)
  const wanted = present.filter((name) => name !== ORPHAN && name !== FOREGROUND)
  if (policy === 'Orphan') wanted.push(ORPHAN)
  if (policy === 'Foreground') wanted.push(FOREGROUND)
  const same = wanted.length === present.length && wanted.every((name) => present.includes(name))
  return same ? undefined : wanted
}

function policyOf(resource: Resource, present: readonly string[], options: RequestOptions): string {
  if (options.orphanDependents !== undefined) return options.orphanDependents ? 'Orphan' : 'Background'
  if (options.propagationPolicy !== undefined) return options.propagationPolicy
  if (present.includes(ORPHAN)) return 'Orphan'
  if (present.includes(FOREGROUND)) return 'Foreground'
  return resource.definition.strategy.defaultPropagation ?? 'Background'
}

/**
 * Whether an update takes away what held a deleted object back: no finalizer is left, and no grace period
 * runs. For namespaces, spec.finalizers count too.
 */
export function shouldDeleteDuringUpdate(resource: Resource, next: KubeObject, old: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = old.metadata
  if (deletionTimestamp === undefined || (deletionGracePeriodSeconds ?? 0) !== 0) return false
  if ((next.metadata.finalizers?.length ?? 0) > 0) return false
  return resource.kind !== 'Namespace' || ((next as Namespace).spec?.finalizers?.length ?? 0) === 0
}
