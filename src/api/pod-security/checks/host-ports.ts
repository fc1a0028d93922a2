import { containersOf, containersText, distinct, plural, type AnyContainer, type Check } from '../check.js'

const hostPortsOf = ({ ports = [] }: AnyContainer): readonly string[] =>
  ports.flatMap(({ hostPort = 0 }) => (hostPort === 0 ? [] : [String(hostPort)]))

/** No ports of the host. Source: check_hostPorts.go. */
export const hostPorts: Check = (pod) => {
  const bad = containersOf(pod).filter((container) => hostPortsOf(container).length > 0)
  if (bad.length === 0) return undefined
  const ports = distinct(bad.flatMap(hostPortsOf))
  const who = containersText(bad.map(({ name }) => name))
  return {
    reason: plural('hostPort', ports),
    detail: `${who} ${bad.length === 1 ? 'uses' : 'use'} ${plural('hostPort', ports)} ${ports.join(', ')}`,
  }
}
