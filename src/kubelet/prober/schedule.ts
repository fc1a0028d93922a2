import type { Probe } from '../../api/core/generated.js'

/**
 * Virtual ms of the first probe from `from` on: a tick of the probe's own clock, which began at `origin` and
 * has its period, that comes `initialDelaySeconds` or more after the start of the container (whose time the
 * kubelet knows to the second). Source: pkg/kubelet/prober/worker.go run, doProbe.
 */
export function nextProbe(
  { periodSeconds = 10, initialDelaySeconds = 0 }: Partial<Probe>,
  origin: number,
  startedAt: number,
  from: number,
): number {
  const period = periodSeconds * 1000
  const earliest = Math.max(from, Math.floor(startedAt / 1000) * 1000 + initialDelaySeconds * 1000)
  return origin + Math.max(Math.ceil((earliest - origin) / period), 0) * period
}
