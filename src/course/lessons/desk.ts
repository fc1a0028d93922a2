import { mergeOptions } from '../../cluster/compose/merge-options.js'
import { LEARNER } from '../learner.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import { hostOf } from '../../host/index.js'
import { checkOpened } from './inputs.js'
import type { Desk, Lesson } from './lesson.js'
import { record } from './records.js'

/** Creates a cluster in a lesson's initial state. */
export async function openDesk(lesson: Lesson): Promise<Desk> {
  checkOpened([lesson])
  const desk = deskOf(
    new SimCluster(mergeOptions({ ...LEARNER, like: 'kubeadm', nodes: 2 }, lesson.options ?? {})),
  )
  await lesson.prepare?.(desk)
  const healthy = desk.cluster.fork()
  await lesson.start(desk)
  record(desk.cluster, { lesson, healthy, begun: desk.cluster.fork() })
  return desk
}

/** Returns the desk of a cluster: with a new terminal on its control plane. */
export const deskOf = (cluster: SimCluster): Desk => ({ cluster, master: hostOf(cluster, 'master') })
