import type { Table } from './functions.js'
import { autoscalerTables } from './tables/autoscaler.js'
import { celTable } from './tables/cel.js'
import { controllerTables } from './tables/controllers.js'
import { patchTables } from './tables/patches.js'
import { podTables } from './tables/pods.js'
import { schedulerTables } from './tables/scheduler.js'
import { textTables } from './tables/texts.js'

/** The tables by the names of their files. */
export const tables: Readonly<Record<string, Table>> = {
  cel: celTable,
  ...textTables,
  ...patchTables,
  ...podTables,
  ...controllerTables,
  ...schedulerTables,
  ...autoscalerTables,
}
