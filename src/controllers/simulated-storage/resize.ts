import { quote } from '../../lang/go/quote.js'
import { isPodTerminal } from '../../api/core/conditions.js'
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/core/generated.js'
import { claimsOfPod } from '../../api/core/volumes/pod-claims.js'
import { compareQuantities, parseQuantity } from '../../api/quantity.js'
import { formatTime } from '../../lang/go/time.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { StorageContext } from './context.js'
import { forget, handles, isDone } from './context.js'

type Status = PersistentVolumeClaim['status']

/** Message of the FileSystemResizePending condition. */
const PENDING_MESSAGE = 'Waiting for user to (re-)start a pod to finish file system resize of volume on node.'

const storage = (list: Readonly<Record<string, string>> | undefined): ReturnType<typeof parseQuantity> =>
  parseQuantity(list?.['storage'] ?? '0')

/** Whether a bound claim requests more than its capacity. */
export function needsExpansion({ spec, status }: PersistentVolumeClaim): boolean {
  return (
    status.phase === 'Bound' &&
    compareQuantities(storage(spec.resources.requests), storage(status.capacity)) > 0
  )
}

/**
 * Expands a CSI volume: first the volume, then, once a pod uses it, its file system. Source:
 * kubernetes-csi/external-resizer, and for the file system pkg/volume/util/operationexecutor
 * NodeExpandVolume.
 */
export function resize(context: StorageContext, claim: PersistentVolumeClaim, work: string): void {
  const name = claim.spec.volumeName
  if (!needsExpansion(claim) || name === undefined) return
  const volume = ignoreNotFound(() => context.host.client.get('persistentvolumes', { name }))
  const driver = volume?.spec.csi?.driver
  if (!volume || driver === undefined || !handles(context, driver)) return
  if (compareQuantities(storage(volume.spec.capacity), storage(claim.spec.resources.requests)) < 0)
    expandVolume(context, claim, volume, driver, work)
  else expandFileSystem(context, claim, volume, work)
}

function expandVolume(
  context: StorageContext,
  claim: PersistentVolumeClaim,
  volume: PersistentVolume,
  driver: string,
  work: string,
): void {
  const { client } = context.host
  const recorder = context.recorderOf(`external-resizer ${driver}`)
  const target = { object: claim, kind: 'PersistentVolumeClaim', apiVersion: 'v1' }
  const name = volume.metadata.name as string
  const size = claim.spec.resources.requests?.['storage'] ?? '0'
  const key = `${work} ${size}`
  if (!context.due.value.has(key)) {
    writeStatus(context, claim, {
      ...withCondition(context, claim.status, 'Resizing'),
      ...allocated(size, 'ControllerResizeInProgress'),
    })
    recorder.event(target, 'Normal', 'Resizing', `External resizer is resizing volume ${name}`)
  }
  if (!isDue(context, work, key)) return
  forget(context, key)
  client.update('persistentvolumes', {
    ...volume,
    spec: { ...volume.spec, capacity: { ...volume.spec.capacity, storage: size } },
  })
  if (claim.spec.volumeMode === 'Block') {
    recorder.event(target, 'Normal', 'VolumeResizeSuccessful', 'Resize volume succeeded')
    return finish(context, claim, size)
  }
  recorder.event(target, 'Normal', 'FileSystemResizeRequired', 'Require file system resize of volume on node')
  const pending = withCondition(context, claim.status, 'FileSystemResizePending', PENDING_MESSAGE)
  writeStatus(context, claim, { ...pending, ...allocated(size, 'NodeResizePending') })
}

/**
 * Like {@link isDone}; `key` contains the size, so that a larger request during the operation starts a new
 * one.
 */
function isDue(context: StorageContext, work: string, key: string): boolean {
  return isDone({ ...context, later: (_, ms) => context.later(work, ms) }, key, context.timings.resize)
}

/** Expands the file system, which the kubelet does on the node of a pod that uses the volume. */
function expandFileSystem(
  context: StorageContext,
  claim: PersistentVolumeClaim,
  volume: PersistentVolume,
  work: string,
): void {
  const pod = userOf(context, claim)
  if (!pod || !isDone(context, work, context.timings.resize)) return
  const node = pod.spec.nodeName as string
  const name = quote(volume.metadata.name ?? '')
  const message = `MountVolume.NodeExpandVolume succeeded for volume ${name} ${node}`
  const recorder = context.recorderOf('kubelet', node)
  recorder.event(
    { object: pod, kind: 'Pod', apiVersion: 'v1' },
    'Normal',
    'FileSystemResizeSuccessful',
    message,
  )
  recorder.event(
    { object: claim, kind: 'PersistentVolumeClaim', apiVersion: 'v1' },
    'Normal',
    'FileSystemResizeSuccessful',
    message,
  )
  finish(context, claim, volume.spec.capacity?.['storage'] ?? '0')
  forget(context, work)
}

function userOf(
  { host }: StorageContext,
  { metadata: { namespace = '', name } }: PersistentVolumeClaim,
): Pod | undefined {
  const { items } = host.client.list('pods', { namespace })
  return items.find(
    (pod) =>
      pod.spec.nodeName &&
      !isPodTerminal(pod) &&
      claimsOfPod(pod).some(({ claimName }) => claimName === name),
  )
}

function finish(context: StorageContext, claim: PersistentVolumeClaim, size: string): void {
  const { conditions: _conditions, allocatedResourceStatuses: _statuses, ...status } = claim.status
  writeStatus(context, claim, {
    ...status,
    capacity: { ...status.capacity, storage: size },
    allocatedResources: { storage: size },
  })
}

function allocated(size: string, state: 'ControllerResizeInProgress' | 'NodeResizePending'): Partial<Status> {
  return { allocatedResources: { storage: size }, allocatedResourceStatuses: { storage: state } }
}

function withCondition({ host }: StorageContext, status: Status, type: string, message?: string): Status {
  const condition = {
    type,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: formatTime(host.clock.now()),
    ...(message === undefined ? {} : { message }),
  }
  return { ...status, conditions: [condition] }
}

function writeStatus({ host }: StorageContext, { metadata }: PersistentVolumeClaim, status: Status): void {
  const { client } = host
  const fresh = ignoreNotFound(() => client.get('persistentvolumeclaims', metadata))
  if (fresh) client.updateStatus('persistentvolumeclaims', { ...fresh, status })
}
