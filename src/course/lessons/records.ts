import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { ClusterChange, Lesson, Promised } from './lesson.js'
import { usualPromises } from './promises.js'

/** When something happened. */
export interface RecordedMoment {
  /** Virtual ms since the epoch. */
  readonly time: number
  /** etcd's revision, which tells two moments of one instant apart. */
  readonly revision: number
}

/** What is known of a cluster that a lesson has begun on. */
export interface LessonRecord {
  readonly lesson: Lesson
  readonly healthy: SimCluster
  readonly begun: SimCluster
  /** Those of the lesson, and those that all make. */
  readonly promises: readonly Promised[]
  /** The promises that were broken, and when it happened first. */
  readonly broken: ReadonlyMap<Promised, RecordedMoment>
}

const records = new WeakMap<SimCluster, LessonRecord>()

/** Returns what is known of a lesson's cluster or of a copy of it, undefined for any other cluster. */
export const recordOf = (cluster: SimCluster): LessonRecord | undefined => records.get(cluster)

/** Watches the promises of a lesson on a cluster from now on, and on each copy of it. */
export function record(cluster: SimCluster, given: Omit<LessonRecord, 'broken' | 'promises'>): void {
  const { lesson, begun } = given
  const promises = [...(lesson.promises ?? []), ...usualPromises(lesson, begun)]
  watch(cluster, { ...given, promises }, new Map())
}

function watch(
  cluster: SimCluster,
  begun: Omit<LessonRecord, 'broken'>,
  past: ReadonlyMap<Promised, RecordedMoment>,
): void {
  // a cluster that was rewound has not broken yet what it broke later
  const { revision } = cluster.internals.etcd
  const now = cluster.now()
  // a restored etcd has an older revision, but time goes on
  const isPast = (moment: RecordedMoment): boolean =>
    moment.time < now || (moment.time === now && moment.revision <= revision)
  const broken = new Map([...past].filter(([, moment]) => isPast(moment)))
  const isWatched = records.has(cluster)
  records.set(cluster, { ...begun, broken })
  if (!isWatched) {
    cluster.onCopy((copy) => watch(copy, begun, records.get(cluster)?.broken ?? broken))
    const { promises } = begun
    if (promises.length > 0) cluster.on('change', (change) => look(cluster, promises, change))
  }
}

function look(cluster: SimCluster, promises: readonly Promised[], change: ClusterChange): void {
  const broken = records.get(cluster)?.broken as Map<Promised, RecordedMoment> | undefined
  for (const promise of promises)
    if (broken !== undefined && !broken.has(promise) && !promise.holds(cluster, change))
      broken.set(promise, { time: cluster.now(), revision: cluster.internals.etcd.revision })
}
