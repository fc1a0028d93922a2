import type { KubeObject } from '../../api/kind/definition.js'
import type { Draft } from '../../api/kind/draft.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import { type RegistryRequest, warn } from './context.js'

/**
 * Removes repeated owner references from what a client wrote (or from what admission made of it), with a
 * warning that names their uids. Source: apiserver pkg/endpoints/handlers/create.go
 * dedupOwnerReferencesAndAddWarning.
 */
export function dropRepeatedOwners(
  call: RegistryRequest,
  { metadata }: Draft<KubeObject>,
  isAdmitted = false,
): void {
  const { ownerReferences: owners = [] } = metadata
  if (owners.length < 2) return
  const kept = new Map<string, OwnerReference>()
  const repeated: string[] = []
  for (const owner of owners as readonly OwnerReference[]) {
    const { apiVersion, kind, name, uid, controller, blockOwnerDeletion } = owner
    const all = JSON.stringify([apiVersion, kind, name, uid, controller, blockOwnerDeletion])
    if (kept.has(all)) repeated.push(uid)
    else kept.set(all, owner)
  }
  if (repeated.length === 0) return
  metadata.ownerReferences = [...kept.values()]
  const when = isAdmitted ? ' after mutating admission happens' : ''
  warn(
    call,
    `.metadata.ownerReferences contains duplicate entries${when}; ` +
      'API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; ' +
      `please fix your requests; duplicate UID(s) observed: ${repeated.join(', ')}`,
  )
}
