import type { ResourceQuota } from '../core/generated.js'
import type { KubeObject } from '../definition.js'
import type { QuotaEvaluator, ScopeTerm } from './evaluator.js'

/** A quota's scopes and the terms of its scope selector, in one form. */
function scopeTerms({ spec }: ResourceQuota): readonly ScopeTerm[] {
  const scopes = (spec.scopes ?? []).map((scopeName): ScopeTerm => ({ scopeName, operator: 'Exists' }))
  return [...scopes, ...(spec.scopeSelector?.matchExpressions ?? [])]
}

/** Whether an object counts for a quota: it is in all of its scopes. Source: generic.Matches. */
export function quotaMatches(quota: ResourceQuota, evaluator: QuotaEvaluator, object: KubeObject): boolean {
  return scopeTerms(quota).every((term) => evaluator.inScope(term, object))
}
