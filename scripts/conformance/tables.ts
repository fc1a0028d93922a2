import type { Table } from './table.js'
import { applyTables } from './tables/apply.js'
import { autoscalerTables } from './tables/autoscaler.js'
import { celTable } from './tables/cel.js'
import { controllerTables } from './tables/controllers.js'
import { admissionTables } from './tables/limit-range.js'
import { patchTables } from './tables/patches.js'
import { podTables } from './tables/pods.js'
import { schedulerTables } from './tables/scheduler.js'
import { textTables } from './tables/texts.js'
import { workloadTables } from './tables/workloads.js'

/** The tables by the names of their files. */
export const tables: Readonly<Record<string, Table>> = {
  cel: celTable,
  ...textTables,
  ...patchTables,
  ...podTables,
  ...controllerTables,
  ...schedulerTables,
  ...autoscalerTables,
  ...workloadTables,
  ...admissionTables,
  ...applyTables,
}
