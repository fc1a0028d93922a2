import type { Arbitrary } from 'fast-check'
import type { SimCluster } from '../cluster/sim-cluster.js'
import { checkFastCheck } from './inputs.js'
import { type HistoryArbitraries, historyArbitraries } from './history/arbitraries.js'
import { arbitraryCluster } from './history/arbitrary-cluster.js'
import {
  type NetpolArbitraries,
  type NetpolArbitraryOptions,
  netpolArbitraries,
} from './netpol/arbitraries.js'
import {
  type ObjectArbitraries,
  type ObjectArbitraryOptions,
  objectArbitraries,
} from './objects/arbitraries.js'
import { type FastCheck, type RbacArbitraries, rbacArbitraries } from './rbac/arbitraries.js'
import type { RbacVocabulary } from './rbac/vocabulary.js'

/** Arbitraries for fast-check, see {@link arbitraries}. All shrink, and all values print as code or YAML. */
export interface Arbitraries {
  /** Whole clusters at rest, made by random histories. */
  cluster(): Arbitrary<SimCluster>
  /** Options of clusters, and what happens to them, for `runHistory`. */
  history(): HistoryArbitraries
  /** Objects of a kind, built-in or custom, from the schema that the cluster serves. */
  objects(apiVersion: string, kind: string, options?: ObjectArbitraryOptions): ObjectArbitraries
  /** Worlds of pods and policies, and connections in them, for `simcluster/netpol`. */
  netpol(options?: NetpolArbitraryOptions): NetpolArbitraries
  /** Roles, bindings, users and requests, for `simcluster/rbac`. `words` replace parts of the vocabulary. */
  rbac(words?: Partial<RbacVocabulary>): RbacArbitraries
}

/**
 * Returns arbitraries made with your fast-check, so that this package does not depend on it.
 * @example
 * import * as fc from 'fast-check'
 * const { cluster, history } = arbitraries(fc).history()
 * fc.assert(
 *   fc.property(cluster, history, (options, actions) => {
 *     runHistory(new SimCluster(options), actions)
 *   }),
 * )
 * @throws InputError if `fc` is not fast-check
 */
export function arbitraries(fc: FastCheck): Arbitraries {
  checkFastCheck([fc])
  return {
    cluster: () => arbitraryCluster(fc),
    history: () => historyArbitraries(fc),
    objects: (apiVersion, kind, options) => objectArbitraries(fc, apiVersion, kind, options),
    netpol: (options) => netpolArbitraries(fc, options),
    rbac: (words) => rbacArbitraries(fc, words),
  }
}
