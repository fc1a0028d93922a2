import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'
import { explore as exploreCluster, replay } from '../../../src/explore/index.js'
import type {
  CounterExample,
  ExplorationResult,
  ExploreOptions,
  ReplayOptions,
} from '../../../src/explore/index.js'
import { Coverage } from '../../../src/explore/properties/coverage.js'
import { played } from '../../../src/explore/search/repeat.js'
import { scopeFor } from '../../../src/explore/replays.js'
import { finished } from '../../../src/explore/search/run.js'
import type { Component, ComponentHost, SimCluster } from '../../../src/index.js'
import type { PodSpecInput } from '../../../src/types.js'

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

/** Where counter-examples are kept for test/package/replays.test.ts: .cache/counter-examples. */
const kept = new URL('../../../.cache/counter-examples/', import.meta.url)

/** Replays instead of exploring, if this is set: globalThis of replaying.ts. */
interface Replaying {
  readonly counterExampleReplayed?: (options: ReplayOptions, found: URL) => void
}

/**
 * Explores. A counter-example is data: replayed from JSON it ends with its trace hash, and without any one of
 * its choices the property holds.
 */
export function explore(cluster: SimCluster, options: ExploreOptions): ExplorationResult {
  const { components, images } = cluster.internals.options
  const needed: ReplayOptions = {
    ...options,
    ...(components === undefined ? {} : { components }),
    ...(images === undefined ? {} : { images }),
  }
  const name = createHash('sha256')
    .update(cluster.state.traceHash() + JSON.stringify(options))
    .digest('hex')
  const file = new URL(`${name}.json`, kept)
  const { counterExampleReplayed: replayed } = globalThis as Replaying
  if (replayed !== undefined) {
    replayed(needed, file)
    const coverage = new Coverage().result({}, undefined)
    return { verdict: 'sampled', warnings: [], schedules: 0, states: 0, coverage, replay: () => cluster }
  }
  const result = exploreCluster(cluster, options)
  const text = JSON.stringify(result.counterExample)
  if (text === undefined) return result
  const found = JSON.parse(text) as CounterExample
  expect(replay(found, needed).state.traceHash()).toBe(found.traceHash)
  for (const choice of found.choices) {
    const choices = found.choices.filter((other) => other !== choice)
    const { failure } = finished(played(scopeFor(found, needed), { choices }))
    expect(failure?.property).not.toBe(found.property)
  }
  mkdirSync(kept, { recursive: true })
  writeFileSync(file, text)
  return result
}

export function expectViolated(result: ExplorationResult, property: string): void {
  expect(result.counterExample?.property).toBe(property)
}

export function expectHolds(cluster: SimCluster, options: ExploreOptions): void {
  const result = explore(cluster, options)
  expect(result.counterExample?.message).toBe(undefined)
  expect(result.verdict).toBe('holds')
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
