import type { SimCluster } from '../cluster/sim-cluster.js'
import type { Programs } from './clients/programs.js'
import { Coverage } from './properties/coverage.js'
import type { ExploreOptions } from './options.js'
import { StateHasher } from './execution/state-hash.js'

/** What all runs of an exploration share. */
export interface ExploreScope {
  /** The cluster before the first action. */
  readonly root: SimCluster
  readonly options: ExploreOptions
  /** Names of the components under test. */
  readonly underTest: readonly string[]
  /** Components that keep state where copies do not see it: each run begins with a start of theirs. */
  readonly anew: readonly string[]
  /** Whether actions that may come at any time wait, though no choice lets the user act. Default false. */
  readonly waits?: boolean
  readonly coverage: Coverage
  readonly hasher: StateHasher
  /** The clients, if there are any. */
  readonly programs?: Programs | undefined
}

/** Returns the scope of an exploration of `root`. */
export function scopeOf(root: SimCluster, options: ExploreOptions, programs?: Programs): ExploreScope {
  const { components = [] } = root.internals.options
  const own = [...components.map(({ name }) => name), ...(programs?.names ?? [])]
  return {
    root,
    options,
    underTest: options.underTest ?? own,
    anew: [],
    coverage: new Coverage(),
    hasher: new StateHasher(root),
    programs,
  }
}

/** Whether a request of a component is a point at which something may come in between. */
export function isWatched({ options, underTest }: ExploreScope, component: string): boolean {
  return (options.preempt ?? 0) > 0 || underTest.includes(component)
}

/** Whether a component has one of the names, or is part of a process with one. Without names: always. */
export function isOf(component: string, names: readonly string[] | undefined): boolean {
  return names === undefined || names.some((name) => component === name || component.startsWith(`${name}/`))
}
