import type { KubeObject } from '../../api/definition.js'
import type { Draft } from '../../api/draft.js'
import type { Call, RegistryContext } from './context.js'
import type { Resource } from './resource.js'
import { sameJson } from '../../api/patch/same-json.js'
import { save } from './stored.js'
import { seal, sealDryRun } from './seal.js'

/**
 * Writes a changed version of a stored object past strategy and validation, as the special endpoints do.
 * `change` makes the new version from a shallow copy with a metadata of its own; deeper parts are frozen and
 * must be replaced, not written to.
 */
export function modify<T extends KubeObject>(
  context: Pick<RegistryContext, 'storage'>,
  { dryRun }: Pick<Call, 'dryRun'>,
  resource: Resource,
  existing: T,
  change: (draft: Draft<T>) => void,
): T {
  const draft = { ...existing, metadata: { ...existing.metadata } } as Draft<T>
  change(draft)
  if (dryRun) return sealDryRun(draft as unknown as Draft<KubeObject>, existing.metadata.resourceVersion) as T
  if (sameJson(draft, existing)) return existing
  const sealed = seal(context, draft as unknown as Draft<KubeObject>)
  save(context, resource, sealed, existing)
  return sealed as T
}
