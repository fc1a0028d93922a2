import type { Invariant } from '../invariant.js'
import { budgetsKept } from './budgets-kept.js'
import { cachesEqualStore } from './caches-equal-store.js'
import { claimsAndVolumes } from './claims-and-volumes.js'
import { daemonsEverywhere } from './daemons-everywhere.js'
import { endedJobsLetGo } from './ended-jobs-let-go.js'
import { endpointsAsPods } from './endpoints-as-pods.js'
import { membersInPlace } from './members-in-place.js'
import { noOrphans } from './no-orphans.js'
import { noOvercommit } from './no-overcommit.js'
import { podsBoundOnce } from './pods-bound-once.js'
import { replicasAsWanted } from './replicas-as-wanted.js'
import { revisionsInOrder } from './revisions-in-order.js'
import { uniquePodIps } from './unique-pod-ips.js'

/** The invariants of every cluster. */
export const invariants: readonly Invariant[] = [
  podsBoundOnce,
  revisionsInOrder,
  cachesEqualStore,
  noOrphans,
  noOvercommit,
  uniquePodIps,
  replicasAsWanted,
  daemonsEverywhere,
  membersInPlace,
  endedJobsLetGo,
  budgetsKept,
  endpointsAsPods,
  claimsAndVolumes,
]
