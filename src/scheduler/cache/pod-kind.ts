import type { Toleration } from '../../api/core/generated.js'
import type { PodInfo } from './pod-info.js'

/** Returns a text that is equal for pods which node-local plugins cannot distinguish, see NodeLocalPlugin. */
export function podKind({ requests, nonZeroMilliCpu, nonZeroMemory, hostPorts, pod }: PodInfo): string {
  const { milliCpu, memory, ephemeralStorage, scalars } = requests
  const { nodeName = '', nodeSelector, tolerations, affinity } = pod.spec
  const kind =
    `${milliCpu} ${memory} ${ephemeralStorage} ${nonZeroMilliCpu} ${nonZeroMemory} ` +
    `${nodeName}${textOf(tolerations)}`
  const nodeAffinity = affinity?.nodeAffinity
  if (scalars.length + hostPorts.length === 0 && !nodeSelector && !nodeAffinity) return kind
  return `${kind} ${JSON.stringify([scalars, hostPorts, nodeSelector ?? 0, nodeAffinity ?? 0])}`
}

/**
 * Concatenates the tolerations. Every pod has at least two, and JSON would take longer than everything else.
 */
function textOf(tolerations: readonly Toleration[] = []): string {
  let text = ''
  for (const { key = '', operator = '', value = '', effect = '' } of tolerations)
    text += ` ${key}\0${operator}\0${value}\0${effect}`
  return text
}
