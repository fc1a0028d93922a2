import * as z from 'zod/mini'
import { callable, flag, implementing, inputCheck, shaped, text } from '../../api/checked-input.js'
import { InputError } from '../../lang/input-error.js'
import { EXTENSION_POINTS } from '../configuration.js'
import type { ClusterEventKind } from './cluster-event.js'
import type { Plugin } from './plugin.js'

const method = <K extends keyof Plugin>(): z.ZodMiniType<Plugin[K] | undefined> =>
  z.optional(callable<NonNullable<Plugin[K]>>())

const EVENTS: Readonly<Record<ClusterEventKind, true>> = {
  'Node/Add': true,
  'Node/Delete': true,
  'Node/UpdateAllocatable': true,
  'Node/UpdateLabel': true,
  'Node/UpdateTaint': true,
  'Node/UpdateCondition': true,
  'AssignedPod/Add': true,
  'AssignedPod/UpdateLabel': true,
  'AssignedPod/UpdateScaleDown': true,
  'AssignedPod/Delete': true,
  'Pod/UpdateLabel': true,
  'Pod/UpdateToleration': true,
  'Pod/UpdateScaleDown': true,
  'Pod/UpdateSchedulingGatesEliminated': true,
  'Pod/UpdateGeneratedResourceClaim': true,
  'Pod/Update': true,
  'PersistentVolumeClaim/Add': true,
  'PersistentVolumeClaim/Update': true,
  'PersistentVolume/Add': true,
  'PersistentVolume/Update': true,
  'StorageClass/Add': true,
  'StorageClass/Update': true,
  'CSINode/Add': true,
  'CSINode/Update': true,
  'CSIStorageCapacity/Add': true,
  'CSIStorageCapacity/Update': true,
  'CSIDriver/Update': true,
  'VolumeAttachment/Delete': true,
  'ResourceClaim/Add': true,
  'ResourceClaim/Update': true,
  'ResourceSlice/Add': true,
  'ResourceSlice/Update': true,
  'DeviceClass/Add': true,
  'DeviceClass/Update': true,
}

/** The hints of events: a pod that waits for an event with a misspelt name would wait for ever. */
function eventsSchema(): z.ZodMiniType<Plugin['eventsToRegister']> {
  const hint = z.optional(z.union([z.literal('queue'), callable()]))
  return shaped<Plugin['eventsToRegister']>(
    z.optional(z.strictObject(Object.fromEntries(Object.keys(EVENTS).map((kind) => [kind, hint])))),
  )
}

/** The schema of a plugin of a user: a name and extension points. */
export const pluginSchema = (): z.ZodMiniType<Plugin> =>
  implementing<Plugin>({
    name: text,
    preEnqueue: method<'preEnqueue'>(),
    less: method<'less'>(),
    preFilter: method<'preFilter'>(),
    addPod: method<'addPod'>(),
    removePod: method<'removePod'>(),
    filter: method<'filter'>(),
    postFilter: method<'postFilter'>(),
    preScore: method<'preScore'>(),
    score: method<'score'>(),
    normalizeScore: method<'normalizeScore'>(),
    scoresAlike: method<'scoresAlike'>(),
    reserve: method<'reserve'>(),
    unreserve: method<'unreserve'>(),
    permit: method<'permit'>(),
    preBind: method<'preBind'>(),
    continuePreBind: method<'continuePreBind'>(),
    bind: method<'bind'>(),
    postBind: method<'postBind'>(),
    eventsToRegister: eventsSchema(),
    isNodeLocal: flag as z.ZodMiniType<true | undefined>,
  })

const checkMembers = inputCheck(
  'a plugin of the scheduler',
  "{ name: 'no-gpu', filter: (pod, node) => undefined }",
  pluginSchema,
)

/** Checks a plugin of a user, which a factory may have made. @throws InputError */
export function checkPlugin(plugin: Plugin): void {
  checkMembers(plugin)
  const points = Object.values(EXTENSION_POINTS)
  if (points.some((point) => plugin[point] !== undefined)) return
  throw new InputError(
    `the scheduler plugin ${plugin.name} does nothing: it has no extension point; ` +
      `there are: ${points.join(', ')}`,
  )
}
