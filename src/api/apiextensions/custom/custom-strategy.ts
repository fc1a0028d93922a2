import { quote } from '../../../lang/go/quote.js'
import type { KubeObject, Strategy } from '../../kind/definition.js'
import { semanticEqual } from '../../kind/equal.js'
import { qualifiedNameFaults } from '../../validation/names.js'

/** Source: apiextensions pkg/registry/customresource/strategy.go and status_strategy.go. */
export function strategyOf(hasStatus: boolean): Strategy<KubeObject> {
  const setStatus = (object: object, status: unknown): void => {
    const draft = object as { status?: unknown }
    if (status === undefined) delete draft.status
    else draft.status = status
  }
  return {
    allowUnconditionalUpdate: false,
    warnings: finalizerWarnings,
    generationChanged: (next, old) => !sameApart(next, old, hasStatus),
    ...(hasStatus
      ? {
          prepareForCreate: (draft) => setStatus(draft, undefined),
          prepareForUpdate: (draft, old) => setStatus(draft, statusIn(old)),
          prepareForStatusUpdate: (draft, old) => {
            const status = statusIn(draft)
            const { resourceVersion } = draft.metadata
            for (const name of Object.keys(draft)) delete (draft as unknown as Record<string, unknown>)[name]
            Object.assign(draft, old, {
              metadata: { ...old.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
            })
            setStatus(draft, status)
          },
        }
      : {}),
  }
}

const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

/** Source: apiextensions pkg/registry/customresource/validator.go validateKubeFinalizerName. */
function finalizerWarnings(next: KubeObject, old: KubeObject | undefined): readonly string[] {
  const added = (next.metadata.finalizers ?? []).filter(
    (name) => old?.metadata.finalizers?.includes(name) !== true,
  )
  return [...new Set(added)].sort().flatMap((name) => {
    const start = `metadata.finalizers: ${quote(name)}: `
    const faults = qualifiedNameFaults(name).map((fault) => start + fault)
    if (name.includes('/') || STANDARD_FINALIZERS.has(name)) return faults
    const path = name.includes('.') ? ' including a path (/)' : ''
    return [
      ...faults,
      `${start}prefer a domain-qualified finalizer name${path} to avoid accidental conflicts with other ` +
        'finalizer writers',
    ]
  })
}

/** Returns the status of a custom resource. */
export const statusIn = (object: object): unknown => (object as { readonly status?: unknown }).status

function sameApart(next: KubeObject, old: KubeObject, hasStatus: boolean): boolean {
  const [a, b] = [next, old].map((object) => {
    const { metadata: _metadata, ...rest } = object as KubeObject & { readonly status?: unknown }
    if (!hasStatus) return rest
    const { status: _status, ...others } = rest
    return others
  })
  return semanticEqual(a, b)
}
