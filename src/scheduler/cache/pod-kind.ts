import type { PodInfo } from './pod-info.js'

/** Text that is equal for pods between which node-local plugins cannot tell, see NodeLocalPlugin. */
export function podKind({ requests, nonZeroMilliCpu, nonZeroMemory, hostPorts, pod }: PodInfo): string {
  const { milliCpu, memory, ephemeralStorage, scalars } = requests
  const { nodeName = '', nodeSelector, tolerations, affinity } = pod.spec
  const amounts = `${milliCpu} ${memory} ${ephemeralStorage} ${nonZeroMilliCpu} ${nonZeroMemory} ${nodeName}`
  const rest = [
    scalars.length > 0 ? scalars : 0, hostPorts.length > 0 ? hostPorts : 0, nodeSelector ?? 0, tolerations ?? 0, affinity?.nodeAffinity ?? 0,
  ]
  return `${amounts} ${JSON.stringify(rest)}`
}
