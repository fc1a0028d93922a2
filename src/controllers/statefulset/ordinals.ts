import type { StatefulSet } from '../../api/apps/generated.js'
import type { Pod } from '../../api/core/generated.js'

const MEMBER_NAME = /^(.*)-(\d+)$/s
const MAX_INT32 = 2 ** 31 - 1

/** The set's name and the ordinal that a pod's name consists of. */
type Identity = readonly [parent: string, ordinal: number]

/** Every sync asks for those of all pods, which are frozen. */
const known = new WeakMap<Pod, Identity>()

/**
 * The set's name and the ordinal that the name of a pod consists of; ordinal -1 if it is none. Source:
 * getParentNameAndOrdinal.
 */
export function parentAndOrdinal(pod: Pod): Identity {
  let identity = known.get(pod)
  if (!identity) known.set(pod, (identity = readIdentity(pod)))
  return identity
}

function readIdentity({ metadata: { name = '' } }: Pod): Identity {
  const match = MEMBER_NAME.exec(name)
  if (!match) return ['', -1]
  const ordinal = Number(match[2])
  return [match[1] ?? '', ordinal <= MAX_INT32 ? ordinal : -1]
}

/** The pod's ordinal, -1 if its name has none. */
export function ordinalOf(pod: Pod): number {
  return parentAndOrdinal(pod)[1]
}

/** Whether the pod's name is one that the set gives. Source: isMemberOf. */
export function isMemberOf(set: StatefulSet, pod: Pod): boolean {
  return parentAndOrdinal(pod)[0] === set.metadata.name
}

/** Name of the set's pod with that ordinal. */
export function podName(set: StatefulSet, ordinal: number): string {
  return `${set.metadata.name ?? ''}-${ordinal}`
}

/** The lowest ordinal: spec.ordinals.start, 0 by default. */
export function startOrdinal({ spec }: StatefulSet): number {
  return spec.ordinals?.start ?? 0
}

/** The ordinal after the highest one. */
export function endOrdinal(set: StatefulSet): number {
  return startOrdinal(set) + (set.spec.replicas ?? 1)
}

/** Whether the set wants a pod of this pod's ordinal. Source: podInOrdinalRange. */
export function isInRange(set: StatefulSet, pod: Pod): boolean {
  const ordinal = ordinalOf(pod)
  return ordinal >= startOrdinal(set) && ordinal < endOrdinal(set)
}
