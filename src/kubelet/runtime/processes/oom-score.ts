import { firstNamed } from '../../../lang/bounds/named.js'
import type { Container, Pod } from '../../../api/core/generated.js'
import { computeQosClass } from '../../../api/core/pods/qos.js'
import { quantityValue } from '../../../api/quantity.js'
import { isCritical } from '../../node/critical.js'

const GUARANTEED = -997
const BEST_EFFORT = 1000

/** Bytes of memory that a container, or the pod as a whole, requests. */
const requestOf = ({ resources }: Pick<Container, 'resources'>): number =>
  quantityValue(resources?.requests?.['memory'] ?? '0')

/**
 * Returns how the kernel of a node with so many bytes of memory changes the score of a container's processes
 * when it looks for one to kill. Source: pkg/kubelet/qos/policy.go GetContainerOOMScoreAdjust.
 */
export function oomScoreAdjust(pod: Pod, name: string, memory: number): number {
  const { containers, initContainers = [], resources } = pod.spec
  const quality = computeQosClass(pod)
  if (isCritical(pod) || quality === 'Guaranteed') return GUARANTEED
  if (quality === 'BestEffort') return BEST_EFFORT
  const sidecar = firstNamed(initContainers, name)
  const container = firstNamed(containers, name) ?? sidecar
  let request = container === undefined ? 0 : requestOf(container)
  const ofPod = quantityValue(resources?.requests?.['memory'] ?? '0')
  if (ofPod > 0) {
    // what the containers leave of the pod's request is shared evenly
    const all = [...containers, ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always')]
    const left = ofPod - all.reduce((sum, one) => sum + requestOf(one), 0)
    request += Math.max(0, left) / Math.max(1, all.length)
  }
  const score = (share: number): number => Math.trunc(1000 - (1000 * share) / memory)
  let adjust = score(request)
  // a sidecar is no more likely to be killed than the containers that it serves
  if (sidecar?.restartPolicy === 'Always' && containers.length > 0)
    adjust = Math.min(adjust, score(Math.min(...containers.map(requestOf))))
  if (adjust < 1000 + GUARANTEED) return 1000 + GUARANTEED
  return adjust === BEST_EFFORT ? adjust - 1 : adjust
}
