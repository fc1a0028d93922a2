import { hintOf } from '../../lang/text/nearest.js'
import { NotFoundError } from '../../client/not-found.js'
import { accountsLessons } from './catalog/accounts.js'
import { applicationLessons } from './catalog/applications.js'
import { settingLessons } from './catalog/settings.js'
import { admissionLessons } from './catalog/admission.js'
import { backupLessons } from './catalog/backup.js'
import { clusterLessons } from './catalog/cluster-parts.js'
import { isolationLessons } from './catalog/isolation.js'
import { hardenedAccessLessons } from './catalog/hardened-access.js'
import { hardenedServerLessons } from './catalog/hardened-server.js'
import { hardenedPodLessons } from './catalog/hardened-pods.js'
import { checkDrawn } from './inputs.js'
import type { Lesson, LessonSource } from './lesson.js'
import { maintenanceLessons } from './catalog/maintenance.js'
import { networkLessons } from './catalog/network.js'
import { capacityLessons } from './catalog/capacity.js'
import { deliveryLessons } from './catalog/delivery.js'
import { hardenedRightLessons } from './catalog/hardened-rights.js'
import { clusterNetworkLessons } from './catalog/cluster-network.js'
import { clusterFaultLessons } from './catalog/cluster-faults.js'
import { placementLessons } from './catalog/placement.js'
import { clusterTaskLessons } from './catalog/cluster-tasks.js'
import { incidentLessons } from './catalog/incidents.js'
import { rbacLessons } from './catalog/rbac.js'
import { securityContextLessons } from './catalog/security-context.js'
import { upgradeLessons } from './catalog/upgrade.js'
import { failingPodLessons } from './catalog/failing-pods.js'
import { startingPodLessons } from './catalog/starting-pods.js'
import { jobLessons } from './catalog/jobs.js'
import { wordpressLessons } from './catalog/wordpress.js'

const SOURCES: readonly LessonSource[] = [
  ...maintenanceLessons,
  ...upgradeLessons,
  ...backupLessons,
  ...accountsLessons,
  ...rbacLessons,
  ...securityContextLessons,
  ...networkLessons,
  ...isolationLessons,
  ...hardenedAccessLessons,
  ...hardenedServerLessons,
  ...hardenedPodLessons,
  ...hardenedRightLessons,
  ...applicationLessons,
  ...settingLessons,
  ...admissionLessons,
  ...failingPodLessons,
  ...startingPodLessons,
  ...deliveryLessons,
  ...jobLessons,
  ...clusterLessons,
  ...clusterFaultLessons,
  ...clusterNetworkLessons,
  ...placementLessons,
  ...capacityLessons,
  ...clusterTaskLessons,
  ...incidentLessons,
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
    const ids = SOURCES.map((source) => source.id)
    const say = hintOf(id, ids, 'LESSONS has all of them')
    throw new NotFoundError(`there is no lesson ${id}; ${say}`)
  }
  return seed === 0 ? written : (SOURCES[at] as LessonSource).drawn(seed)
}
