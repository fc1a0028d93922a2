import type { Container, Pod, ResourceRequirements } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/equal.js'

/** What the containers of a pod have been given, by name. */
export type Allocation = Readonly<Record<string, ResourceRequirements>>

interface Allocated {
  readonly pod: Pod
  readonly allocation?: Allocation
}

const NOTHING: ResourceRequirements = {}

/** What the containers of a pod ask for in its spec. */
export function desiredAllocation({ spec }: Pod): Allocation {
  return Object.fromEntries(
    [...(spec.initContainers ?? []), ...spec.containers].map(({ name, resources }) => [
      name,
      resources ?? NOTHING,
    ]),
  )
}

/** Whether two states of a pod ask for different resources. */
export function asksForOther(pod: Pod, before: Pod): boolean {
  if (pod.spec === before.spec) return false
  const differ = (now: readonly Container[] = [], old: readonly Container[] = []): boolean =>
    now.some(
      ({ resources, name }) => !semanticEqual(resources, old.find((one) => one.name === name)?.resources),
    )
  return (
    differ(pod.spec.containers, before.spec.containers) ||
    differ(pod.spec.initContainers, before.spec.initContainers)
  )
}

/** What one container has been given. */
export function allocated(
  { allocation }: Pick<Allocated, 'allocation'>,
  { name, resources }: Container,
): ResourceRequirements {
  return (allocation && Object.hasOwn(allocation, name) ? allocation[name] : resources) ?? NOTHING
}

/**
 * The pod with what it has been given in the place of what it asks for. Source: pkg/kubelet/allocation
 * UpdatePodFromAllocation.
 */
export function allocatedPod(record: Allocated): Pod {
  const { pod, allocation } = record
  if (!allocation) return pod
  const give = (container: Container): Container => ({
    ...container,
    resources: allocated(record, container),
  })
  const { containers, initContainers } = pod.spec
  return {
    ...pod,
    spec: {
      ...pod.spec,
      containers: containers.map(give),
      ...(initContainers ? { initContainers: initContainers.map(give) } : {}),
    },
  }
}
