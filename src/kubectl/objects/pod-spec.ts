import type { Container, PodSpec } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { KubectlError } from '../call/errors.js'
import type { Info } from '../args/resource-args.js'

/** Path of the pod spec in each kind that has one. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  Deployment: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
}

/**
 * Returns the object with another pod spec. Throws KubectlError for a kind without one. Source:
 * polymorphichelpers.UpdatePodSpecForObject.
 */
export function withPodSpec(
  { definition, object }: Pick<Info, 'definition' | 'object'>,
  change: (spec: PodSpec) => PodSpec,
): KubeObject {
  const place = Object.hasOwn(PLACES, definition.kind) ? PLACES[definition.kind] : undefined
  if (place === undefined)
    throw new KubectlError(
      `the object is not a pod or does not have a pod template: *${definition.version}.${definition.kind}`,
    )
  return changeAt(object, place, change as (value: unknown) => unknown) as KubeObject
}

/** Returns the pod spec of an object. Throws KubectlError for a kind without one. */
export function podSpecOf(info: Pick<Info, 'definition' | 'object'>): PodSpec {
  let found: PodSpec | undefined
  withPodSpec(info, (spec) => (found = spec))
  return found as PodSpec
}

function changeAt(
  value: unknown,
  [first, ...rest]: readonly string[],
  change: (value: unknown) => unknown,
): unknown {
  if (first === undefined) return change(value)
  const fields = (value ?? {}) as Readonly<Record<string, unknown>>
  return { ...fields, [first]: changeAt(fields[first], rest, change) }
}

/** Applies `change` to the containers and init containers of a pod spec. */
export function withContainers(spec: PodSpec, change: (container: Container) => Container): PodSpec {
  return {
    ...spec,
    containers: spec.containers.map(change),
    ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(change) }),
  }
}

/** Whether a container's name matches a pattern with `*` as wildcard. Source: set selectString. */
export function matchesName(name: string, pattern: string): boolean {
  if (!pattern.includes('*')) return name === pattern
  const parts = pattern.split('*')
  const [first = '', last = ''] = [parts[0], parts.at(-1)]
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= name.length - last.length
}
