import { invalid, notSupported, type FieldError } from '../../field-error.js'
import { exceeding } from '../../quota/resource-list.js'
import type { Pod, PodSpec } from '../generated.js'
import { isPodLevelResource, podRequestList } from '../pods/pod-resources.js'
import { validateResourceName, validateResourceRequirements } from './resources.js'

/** Source: validatePodResourceName. */
function validatePodResourceName(name: string, path: string, errors: FieldError[]): void {
  const before = errors.length
  validateResourceName(name, path, errors)
  if (errors.length === before && !isPodLevelResource(name))
    errors.push(notSupported(path, name, ['cpu', 'hugepages-', 'memory']))
}

/**
 * Validates the resources of a pod as a whole: its requests cover those of its containers, and no container
 * may use more than its limits. Source: pkg/apis/core/validation validatePodResources.
 */
export function validatePodLevelResources(spec: PodSpec, path: string, errors: FieldError[]): void {
  const { resources } = spec
  if (resources === undefined) return
  validateResourceRequirements(resources, `${path}.resources`, errors, validatePodResourceName)
  const { requests = {}, limits = {} } = resources
  const sums = podRequestList({ spec } as Pod, { skipPodLevelResources: true, excludeOverhead: true })
  for (const name of exceeding(sums, requests).toSorted()) {
    const text = `must be greater than or equal to aggregate container requests of ${sums[name] as string}`
    errors.push(invalid(`${path}.resources.requests[${name}]`, requests[name], text))
  }
  spec.containers.forEach(({ resources: own }, at) => {
    const given = own?.limits ?? {}
    for (const name of exceeding(given, limits)) {
      const text = `must be less than or equal to pod limits of ${limits[name] as string}`
      errors.push(invalid(`spec.containers[${at}].resources.limits[${name}]`, given[name], text))
    }
  })
}
