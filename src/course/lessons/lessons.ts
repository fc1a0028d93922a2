import { nearest } from '../../lang/text/nearest.js'
import { NotFoundError } from '../../client/not-found.js'
import { accountsLessons } from './accounts.js'
import { applicationLessons } from './applications.js'
import { backupLessons } from './backup.js'
import { clusterLessons } from './cluster-parts.js'
import { hardeningLessons } from './hardening.js'
import { checkDrawn } from './inputs.js'
import type { Lesson, LessonSource } from './lesson.js'
import { maintenanceLessons } from './maintenance.js'
import { networkLessons } from './network.js'
import { partsLessons } from './parts.js'
import { rbacLessons } from './rbac.js'
import { securityContextLessons } from './security-context.js'
import { upgradeLessons } from './upgrade.js'
import { workloadLessons } from './workloads.js'
import { wordpressLessons } from './wordpress.js'

const SOURCES: readonly LessonSource[] = [
  ...maintenanceLessons,
  ...upgradeLessons,
  ...backupLessons,
  ...accountsLessons,
  ...rbacLessons,
  ...securityContextLessons,
  ...networkLessons,
  ...hardeningLessons,
  ...applicationLessons,
  ...workloadLessons,
  ...clusterLessons,
  ...partsLessons,
  ...wordpressLessons,
]

/** All lessons as they are written, by subject, in the order of the course's chapters. */
export const LESSONS: readonly Lesson[] = SOURCES.map(({ drawn }) => drawn(0))

/**
 * Draws the names, nodes and places of a lesson. @throws NotFoundError if there is no lesson of that id
 * @example drawLesson('forgotten-cordon', 7).texts.en.title
 */
export function drawLesson(id: string, seed = 0): Lesson {
  checkDrawn([id, seed])
  const at = SOURCES.findIndex((source) => source.id === id)
  const written = LESSONS[at]
  if (written === undefined) {
    const meant = nearest(
      id,
      SOURCES.map((source) => source.id),
    )
    const say = meant === undefined ? 'LESSONS has all of them' : `did you mean ${meant}?`
    throw new NotFoundError(`there is no lesson ${id}; ${say}`)
  }
  return seed === 0 ? written : (SOURCES[at] as LessonSource).drawn(seed)
}
