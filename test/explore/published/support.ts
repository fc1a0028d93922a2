import { expect } from 'vitest'
import { explore } from '../../../src/explore/index.js'
import type { ExplorationResult, ExploreOptions } from '../../../src/explore/index.js'
import type { Component, ComponentHost, PodSpecInput, SimCluster } from '../../../src/index.js'

export const labels: Readonly<Record<string, string>> = { app: 'web' }

/** A pod of nginx, with what a case adds. */
export const podSpec = (more: Partial<PodSpecInput> = {}): PodSpecInput => ({
  containers: [{ name: 'web', image: 'nginx:1' }],
  ...more,
})

/** Creates the Deployment `web`. */
export function createWeb(cluster: SimCluster, replicas: number, spec: PodSpecInput = podSpec()): void {
  cluster.create('deployments', {
    metadata: { name: 'web' },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  })
}

/** Ready replicas of the Deployment `web`. */
export const readyWeb = (cluster: SimCluster): number =>
  cluster.get('deployments', 'web').status.readyReplicas ?? 0

export function expectViolated(result: ExplorationResult, property: string): void {
  expect(result.counterExample?.property).toBe(property)
}

export function expectHolds(cluster: SimCluster, options: ExploreOptions): void {
  const result = explore(cluster, options)
  expect(result.counterExample?.message).toBe(undefined)
  expect(result.verdict).toBe('holds within bounds')
}

/** A controller of its own identity that looks every so many milliseconds. */
export function everySoOften(name: string, ms: number, look: (host: ComponentHost) => void): Component {
  return {
    name,
    identity: { name, groups: ['system:masters'] },
    setup: (host) => {
      const timer = host.handle('look', () => {
        timer.wakeAfter('', ms, { class: 'watchdog' })
        look(host)
      })
      if (timer.dueAt('') === undefined) timer.wakeAfter('', ms, { class: 'watchdog' })
    },
  }
}
