import type { KubeObject } from '../definition.js'
import type { ResourceList } from './resource-list.js'
import type { ResourceQuota } from '../core/generated.js'

/** One condition of a quota's scopes: what `scopes: [X]` and a term of `scopeSelector` have in common. */
export interface ScopeTerm {
  readonly scopeName: string
  /** `Exists`, `DoesNotExist`, `In`, `NotIn`. */
  readonly operator: string
  readonly values?: readonly string[]
}

/**
 * Counts what objects of one resource use of a quota. Source: apiserver pkg/quota/v1/interfaces.go Evaluator.
 */
export interface QuotaEvaluator {
  /** Whether a write of that kind may change the usage. */
  readonly handles: (operation: string, subresource: string) => boolean
  /** Which of a quota's resource names it counts. */
  readonly matching: (names: readonly string[]) => readonly string[]
  /** Whether the object is in the scope; a scope that it does not know matches nothing. */
  readonly inScope: (term: ScopeTerm, object: KubeObject) => boolean
  /**
   * What is missing in the object that a quota on those names asks for: `must specify limits.cpu for: c`;
   * undefined when nothing is.
   */
  readonly missing?: (names: readonly string[], object: KubeObject) => string | undefined
  /** What the object uses at that time (virtual ms). */
  readonly usage: (object: KubeObject, now: number) => ResourceList
}

/** A quota's scopes and the terms of its scope selector, in one form. */
function scopeTerms({ spec }: ResourceQuota): readonly ScopeTerm[] {
  const scopes = (spec.scopes ?? []).map((scopeName): ScopeTerm => ({ scopeName, operator: 'Exists' }))
  return [...scopes, ...(spec.scopeSelector?.matchExpressions ?? [])]
}

/** Whether an object counts for a quota: it is in all of its scopes. Source: generic.Matches. */
export function quotaMatches(quota: ResourceQuota, evaluator: QuotaEvaluator, object: KubeObject): boolean {
  return scopeTerms(quota).every((term) => evaluator.inScope(term, object))
}
