import type { KindDefinition } from '../kind/definition.js'
import { erase, servedAs } from '../kind/served-as.js'
import { cronJobDefinition } from './cron-job.js'
import { jobDefinition } from './job.js'

/** The kinds of batch. */
export const batchDefinitions: readonly KindDefinition[] = [
  erase(cronJobDefinition),
  erase(jobDefinition),
  {
    ...servedAs(cronJobDefinition, 'batch', 'v1beta1'),
    deprecated: { since: 21, removed: 25, use: 'batch/v1 CronJob' },
  },
]
