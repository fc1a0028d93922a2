import { nodeMaintenance } from './1-node-maintenance.js'
import { versionUpgrade } from './2-version-upgrade.js'
import { backup } from './3-backup.js'
import { accounts } from './4-accounts.js'
import { rbac } from './5-rbac.js'
import { securityContext } from './6-security-context.js'
import { networkPolicy } from './7-network-policy.js'
import { troubleshooting } from './8-troubleshooting.js'
import { wordpress } from './9-wordpress.js'
import type { Chapter } from './terminal.js'

/** The course, in its order. */
export const CHAPTERS: readonly Chapter[] = [
  nodeMaintenance,
  versionUpgrade,
  backup,
  accounts,
  rbac,
  securityContext,
  networkPolicy,
  troubleshooting,
  wordpress,
]
