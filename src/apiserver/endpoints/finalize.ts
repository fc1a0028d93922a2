import type { Namespace } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { validateFinalizers } from '../../api/core/namespace.js'
import type { Draft } from '../../api/kind/draft.js'
import { conflict, invalid, notFound, STALE } from '../errors.js'
import type { RegistryRequest, RegistryContext } from '../registry/context.js'
import { definitionKind } from '../registry/create.js'
import { decodeBody } from '../registry/decode-body.js'
import { shouldDeleteDuringUpdate } from '../registry/delete.js'
import { setManagers, trackWrite } from '../registry/managed-fields.js'
import { modify, discard, load } from '../registry/stored.js'
import { checkIdentity } from '../registry/update.js'

/**
 * PUT namespaces/NAME/finalize: replaces spec.finalizers; a namespace under deletion without finalizers is
 * removed. Source: pkg/registry/core/namespace/storage FinalizeREST.
 */
export function finalizeNamespace(context: RegistryContext, call: RegistryRequest): KubeObject {
  const { resource, name } = call
  const draft = decodeBody<Namespace>(call, context.resources, call.request.body, definitionKind(resource))
  checkIdentity(call, draft as unknown as Draft<KubeObject>)
  const existing = load(context, resource, undefined, name) as Namespace | undefined
  if (existing === undefined) throw notFound(resource, name)
  const { resourceVersion } = draft.metadata
  if (resourceVersion !== undefined && resourceVersion !== existing.metadata.resourceVersion) {
    throw conflict(resource, name, STALE)
  }
  const errors = validateFinalizers(draft as Namespace)
  if (errors.length > 0) throw invalid(resource, name, errors)
  const finalizers = draft.spec.finalizers ?? []
  const next = { ...existing, spec: { ...existing.spec, finalizers } }
  if (!call.dryRun && shouldDeleteDuringUpdate(resource, next, existing)) {
    discard(context, resource, existing)
    return existing
  }
  const tracked = { ...draft, metadata: { ...draft.metadata } } as unknown as Draft<KubeObject>
  trackWrite(context, call, tracked, existing)
  return modify<Namespace>(context, call, resource, existing, (namespace) => {
    const { finalizers: _, ...spec } = namespace.spec
    namespace.spec = finalizers.length === 0 ? spec : { ...spec, finalizers }
    setManagers(namespace as unknown as Draft<KubeObject>, tracked.metadata.managedFields ?? [])
  })
}
