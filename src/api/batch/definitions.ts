import type { KindDefinition } from '../kind/definition.js'
import { served, servedAs } from '../kind/served-as.js'
import { cronJobDefinition } from './cron-job.js'
import { jobDefinition } from './job.js'

/** The kinds of batch. */
export const batchDefinitions: readonly KindDefinition[] = [
  served(cronJobDefinition, { since: 21 }),
  served(jobDefinition),
  served(servedAs(cronJobDefinition, 'batch', 'v1beta1'), {
    until: 25,
    deprecated: { since: 21, use: 'batch/v1 CronJob' },
  }),
]
