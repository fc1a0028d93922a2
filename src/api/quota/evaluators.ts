import type { QuotaEvaluator } from './evaluator.js'
import { claimEvaluator } from './claims.js'
import { podEvaluator } from './pods.js'
import { serviceEvaluator } from './services.js'

/** Core resources that may also be limited by their bare name. */
const LEGACY_NAMES = new Set(['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets'])

/**
 * Counts objects and nothing else: `count/deployments.apps`. Source: pkg/quota/v1/generic/evaluator.go
 * objectCountEvaluator.
 */
function objectCount(group: string, resource: string): QuotaEvaluator {
  const count = `count/${group === '' ? resource : `${resource}.${group}`}`
  const names = group === '' && LEGACY_NAMES.has(resource) ? [resource, count] : [count]
  return {
    handles: (operation, subresource) => operation === 'CREATE' && subresource === '',
    matching: (asked) => asked.filter((name) => names.includes(name)),
    inScope: () => false,
    usage: () => Object.fromEntries(names.map((name) => [name, '1'])),
  }
}

const counts = new Map<string, QuotaEvaluator>()

/** What counts objects of a resource (group '' is core). */
export function quotaEvaluator(group: string, resource: string): QuotaEvaluator {
  if (group === '') {
    switch (resource) {
      case 'pods':
        return podEvaluator
      case 'services':
        return serviceEvaluator
      case 'persistentvolumeclaims':
        return claimEvaluator
      default:
        break
    }
  }
  const key = `${group}/${resource}`
  let found = counts.get(key)
  if (found === undefined) counts.set(key, (found = objectCount(group, resource)))
  return found
}
