import { firstNamed } from '../../lang/bounds/named.js'
import type { Container, Pod, ResourceRequirements } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'

/** Allocated resources of a pod's containers, by name. */
export type Allocation = Readonly<Record<string, ResourceRequirements>>

interface Allocated {
  readonly pod: Pod
  readonly allocation?: Allocation | undefined
}

const NOTHING: ResourceRequirements = {}

/** Resources that a pod's spec requests for its containers. */
export function desiredAllocation({ spec }: Pod): Allocation {
  return Object.fromEntries(
    [...(spec.initContainers ?? []), ...spec.containers].map(({ name, resources }) => [
      name,
      resources ?? NOTHING,
    ]),
  )
}

/** Whether two versions of a pod request different resources. */
export function requestsDiffer(pod: Pod, before: Pod): boolean {
  if (pod.spec === before.spec) return false
  const differ = (now: readonly Container[] = [], old: readonly Container[] = []): boolean =>
    now.some(({ resources, name }) => !semanticEqual(resources, firstNamed(old, name)?.resources))
  return (
    differ(pod.spec.containers, before.spec.containers) ||
    differ(pod.spec.initContainers, before.spec.initContainers)
  )
}

/** Allocated resources of one container. */
export function allocated(
  { allocation }: Pick<Allocated, 'allocation'>,
  { name, resources }: Container,
): ResourceRequirements {
  return (allocation && Object.hasOwn(allocation, name) ? allocation[name] : resources) ?? NOTHING
}

/**
 * The pod with its allocated resources instead of the requested ones. Source: pkg/kubelet/allocation
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
