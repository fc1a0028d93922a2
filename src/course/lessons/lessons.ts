import { accountsLessons } from './accounts.js'
import { applicationLessons } from './applications.js'
import { backupLessons } from './backup.js'
import { clusterLessons } from './cluster-parts.js'
import type { Lesson } from './lesson.js'
import { maintenanceLessons } from './maintenance.js'
import { networkLessons } from './network.js'
import { rbacLessons } from './rbac.js'
import { securityContextLessons } from './security-context.js'
import { upgradeLessons } from './upgrade.js'
import { wordpressLessons } from './wordpress.js'

/** All lessons, in the order of the course's chapters. */
export const LESSONS: readonly Lesson[] = [
  ...maintenanceLessons,
  ...upgradeLessons,
  ...backupLessons,
  ...accountsLessons,
  ...rbacLessons,
  ...securityContextLessons,
  ...networkLessons,
  ...applicationLessons,
  ...clusterLessons,
  ...wordpressLessons,
]
