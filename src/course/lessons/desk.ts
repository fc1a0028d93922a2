import { mergeOptions } from '../../cluster/compose/merge-options.js'
import type { ClusterOptions } from '../../cluster/compose/options.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import { hostOf } from '../../host/index.js'
import { LEARNER } from '../learner.js'
import { distract } from './distract.js'
import { Draw } from './draw.js'
import { checkOpened, checkSeeded } from './inputs.js'
import type { Desk, Lesson } from './lesson.js'
import { drawLesson } from './lessons.js'
import { record } from './records.js'

/** A lesson in progress. */
export interface OpenLesson extends Desk {
  readonly lesson: Lesson
}

/**
 * Opens a lesson by its id. `seed` draws its names, nodes, the place of its fault, and what is around it.
 * @default 0, the lesson as it is written
 * @throws NotFoundError if there is no lesson of that id
 * @example const { lesson, cluster } = await openLesson('forgotten-cordon', { seed: 7 })
 */
export async function openLesson(id: string, options: { readonly seed?: number } = {}): Promise<OpenLesson> {
  checkSeeded([id, options])
  const lesson = drawLesson(id, options.seed ?? 0)
  return { lesson, ...(await openDesk(lesson)) }
}

/**
 * Creates a cluster in a lesson's initial state.
 * @example const desk = await openDesk(drawLesson('forgotten-cordon'))
 */
export async function openDesk(lesson: Lesson): Promise<Desk> {
  checkOpened([lesson])
  const { id, seed = 0, options = {} } = lesson
  const usual: ClusterOptions = { ...LEARNER, like: 'kubeadm', nodes: 2, ...(seed === 0 ? {} : { seed }) }
  const desk = deskOf(new SimCluster(mergeOptions(usual, options)))
  if (seed !== 0) distract(desk, new Draw(`around ${id}`, seed))
  await lesson.prepare?.(desk)
  const healthy = desk.cluster.fork()
  await lesson.start(desk)
  record(desk.cluster, { lesson, healthy, begun: desk.cluster.fork() })
  return desk
}

/** Returns the desk of a cluster: with a new terminal on its control plane. */
export const deskOf = (cluster: SimCluster): Desk => ({ cluster, master: hostOf(cluster, 'master') })
