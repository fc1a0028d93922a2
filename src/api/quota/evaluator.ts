import type { KubeObject } from '../kind/definition.js'
import type { ResourceList } from '../quantity.js'
import type { ResourceQuota } from '../core/generated.js'

/** One condition of a quota's scopes: what `scopes: [X]` and a term of `scopeSelector` have in common. */
export interface ScopeTerm {
  readonly scopeName: string
  /** `Exists`, `DoesNotExist`, `In`, `NotIn`. */
  readonly operator: string
  readonly values?: readonly string[]
}

/**
 * Computes the usage of a quota by objects of one resource. Source: apiserver pkg/quota/v1/interfaces.go
 * Evaluator.
 */
export interface QuotaEvaluator {
  /** Whether such a write can change the usage. */
  readonly handles: (operation: string, subresource: string) => boolean
  /** Returns the resource names of a quota that it counts. */
  readonly matching: (names: readonly string[]) => readonly string[]
  /** Whether the object is in the scope. An unknown scope matches nothing. */
  readonly inScope: (term: ScopeTerm, object: KubeObject) => boolean
  /**
   * Returns what the object must specify under a quota on those names: `must specify limits.cpu for: c`, or
   * undefined.
   */
  readonly missing?: (names: readonly string[], object: KubeObject) => string | undefined
  /** Returns the usage of the object at a time (virtual ms). */
  readonly usage: (object: KubeObject, now: number) => ResourceList
}

/** Returns a quota's scopes and the terms of its scope selector in one form. */
function scopeTerms({ spec }: ResourceQuota): readonly ScopeTerm[] {
  const scopes = (spec.scopes ?? []).map((scopeName): ScopeTerm => ({ scopeName, operator: 'Exists' }))
  return [...scopes, ...(spec.scopeSelector?.matchExpressions ?? [])]
}

/** Whether an object is in all scopes of a quota. Source: generic.Matches. */
export function quotaMatches(quota: ResourceQuota, evaluator: QuotaEvaluator, object: KubeObject): boolean {
  return scopeTerms(quota).every((term) => evaluator.inScope(term, object))
}
