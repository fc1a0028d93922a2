import type { KubeObject } from '../../api/definition.js'
import type { Draft } from '../../api/draft.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import type { RegistryContext } from './context.js'

/**
 * Stamps a draft with the revision that its write will get and freezes it. The store is synchronous, so
 * nothing can come between; real Kubernetes stamps an object each time it decodes it from etcd, which would
 * need a copy for each read.
 */
export function seal({ storage }: Pick<RegistryContext, 'storage'>, draft: Draft<KubeObject>): KubeObject {
  draft.metadata.resourceVersion = String(storage.revision + 1)
  return deepFreeze(draft as KubeObject)
}

/**
 * Freezes what a dry run answers: the object as it would be, with the resourceVersion that it has now, if
 * any.
 */
export function sealDryRun(draft: Draft<KubeObject>, resourceVersion: string | undefined): KubeObject {
  if (resourceVersion === undefined) delete draft.metadata.resourceVersion
  else draft.metadata.resourceVersion = resourceVersion
  return deepFreeze(draft as KubeObject)
}
