import type { ComponentHealth } from '../../apiserver/server-dependencies.js'
import { belongsTo } from './components.js'

/** Name in ComponentStatus, process, and port of its health endpoint. */
const probed = [
  { name: 'scheduler', process: 'kube-scheduler', port: 10259 },
  { name: 'controller-manager', process: 'kube-controller-manager', port: 10257 },
] as const

/**
 * Returns the health of the control plane's processes, given the names of the running components. A process
 * is healthy while any part of it runs.
 */
export function componentHealth(running: readonly string[]): readonly ComponentHealth[] {
  const asked = probed.map(({ name, process, port }): ComponentHealth => {
    const healthy = running.some((component) => belongsTo(component, process))
    const address = `127.0.0.1:${port}`
    return {
      name,
      healthy,
      message: healthy
        ? 'ok'
        : `Get "https://${address}/healthz": dial tcp ${address}: connect: connection refused`,
    }
  })
  return [...asked, { name: 'etcd-0', healthy: true, message: 'ok' }]
}
