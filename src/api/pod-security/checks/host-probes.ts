import type { LifecycleHandler, Probe } from '../../core/generated.js'
import {
  containersOf,
  containersText,
  distinct,
  plural,
  quoted,
  type AnyContainer,
  type Check,
} from '../check.js'

const hostsIn = (handler: LifecycleHandler | Probe | undefined): readonly string[] =>
  [handler?.httpGet?.host ?? '', handler?.tcpSocket?.host ?? ''].filter((host) => host !== '')

function hostsOf({
  livenessProbe,
  readinessProbe,
  startupProbe,
  lifecycle,
}: AnyContainer): readonly string[] {
  return [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap(
    hostsIn,
  )
}

/**
 * Probes and hooks reach the pod itself and nothing else. Since v1.34. Source:
 * check_hostProbesAndHostLifecycle.go.
 */
export const hostProbes: Check = (pod, minor) => {
  if (minor < 34) return undefined
  const bad = containersOf(pod).filter((container) => hostsOf(container).length > 0)
  if (bad.length === 0) return undefined
  const hosts = distinct(bad.flatMap(hostsOf))
  const what = plural('probe or lifecycle host', hosts)
  return {
    reason: what,
    detail:
      `${containersText(bad.map(({ name }) => name))} ${bad.length === 1 ? 'uses' : 'use'} ${what} ` +
      `${quoted(hosts)}`,
  }
}
