import type { KubeObject } from '../../api/definition.js'
import type { Draft } from '../../api/draft.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import { sameJson } from '../../api/patch/same-json.js'
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
  const kept: OwnerReference[] = []
  const repeated: string[] = []
  for (const owner of owners as readonly OwnerReference[]) {
    if (kept.some((known) => known.uid === owner.uid && sameJson(known, owner))) repeated.push(owner.uid)
    else kept.push(owner)
  }
  if (repeated.length === 0) return
  metadata.ownerReferences = kept
  const when = isAdmitted ? ' after mutating admission happens' : ''
  warn(
    call,
    `.metadata.ownerReferences contains duplicate entries${when}; ` +
      'API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; ' +
      `please fix your requests; duplicate UID(s) observed: ${repeated.join(', ')}`,
  )
}
