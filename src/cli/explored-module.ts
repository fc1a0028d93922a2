import type { SimCluster } from '../cluster/sim-cluster.js'
import { explore } from '../explore/index.js'
import type { ClientExplorationResult, ExplorationResult } from '../explore/index.js'
import type { ExploreClientsOptions, ExploreOptions } from '../explore/index.js'

/**
 * What a module for `simcluster explore` and `simcluster sweep` exports: a cluster at rest, or a function
 * that returns one for a seed, and the options of an exploration.
 */
export type Explored = (ExploreOptions | ExploreClientsOptions) & {
  readonly cluster: SimCluster | ((seed: number) => SimCluster | Promise<SimCluster>)
}

export const isExplored = (exported: unknown): exported is Explored =>
  typeof exported === 'object' && exported !== null && 'cluster' in exported

export const hasClients = (options: object): options is ExploreClientsOptions => 'clients' in options

/** Returns the cluster that an exploration begins with. */
export const rootOf = async ({ cluster }: Explored, seed: number): Promise<SimCluster> =>
  typeof cluster === 'function' ? cluster(seed) : cluster

type Result = ExplorationResult | ClientExplorationResult

/** Explores, with or without clients. */
export const exploreAny = async (
  cluster: SimCluster,
  options: ExploreOptions | ExploreClientsOptions,
): Promise<Result> => (hasClients(options) ? explore(cluster, options) : explore(cluster, options))

/** Returns why an exploration is worth nothing: it says nothing, or its budget was used up. */
export function shortcomingOf({ verdict, reason, coverage }: Result): string | undefined {
  if (verdict === 'vacuous') return `the exploration says nothing: ${reason ?? ''}`
  return verdict === 'budget' ? `the budget was used up: ${coverage.cut ?? ''}` : undefined
}

/**
 * Explores for one seed, which chooses the cluster, if that is a function, and what is random. @throws Error
 * with the story of a counter-example, or with why the exploration says nothing
 */
export async function exploreSeed(
  explored: Explored,
  seed: number,
): Promise<{ readonly runs: number; readonly states: number }> {
  const { cluster: _cluster, ...options } = explored
  const result = await exploreAny(await rootOf(explored, seed), { ...options, seed } as ExploreOptions)
  const wrong = result.story ?? shortcomingOf(result)
  if (wrong !== undefined) throw new Error(`${result.verdict}\n${wrong}`)
  return { runs: result.schedules, states: result.states }
}
