import type { KubeObject } from '../../api/kind/definition.js'
import type { VolumeAttachment } from '../../api/storage/generated.js'
import { PROVISIONED_BY } from '../../api/storage/provisioners.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import { keyOf } from '../../client/informers/object-index.js'
import { builtInController } from '../shared/define-controller.js'
import { hasFinalizer, withFinalizer, withoutFinalizer } from '../shared/finalizers.js'
import type { SimulatedStorageOptions, StorageContext } from './context.js'
import { BY_VOLUME, STORAGE_IDENTITY, STORAGE_TIMINGS, forget, handles, isDone } from './context.js'
import { provision, provisionerOf, unprovision } from './provision.js'
import { needsExpansion, resize } from './resize.js'

/**
 * Creates the simulated storage: it does the work of CSI drivers and other external provisioners, which is to
 * create, delete, attach and expand the volumes of storage classes. Every provisioner that a class names is
 * simulated, unless options name some. A cluster without this component behaves as one without provisioners:
 * claims stay pending.
 */
export function createSimulatedStorage(options: SimulatedStorageOptions = {}): Component {
  const volumeOf = ({ spec }: VolumeAttachment): string => spec.source.persistentVolumeName ?? ''
  return builtInController({
    name: 'simulated-storage',
    identity: STORAGE_IDENTITY,
    informers: { claims: { resource: 'persistentvolumeclaims' } },
    lazyInformers: {
      attachments: {
        resource: 'volumeattachments',
        indexers: { [BY_VOLUME]: (attachment) => [volumeOf(attachment)] },
      },
      volumes: { resource: 'persistentvolumes' },
    },
    setup: ({ host, informers: { claims, attachments, volumes }, queue }) => {
      const context: StorageContext = {
        host,
        options,
        timings: { ...STORAGE_TIMINGS, ...options.timings },
        claims,
        attachments,
        volumes,
        due: host.state('due', () => new Map<string, number>()),
        later: (key, ms, timerClass = 'work') => queue.addAfter(key, ms, { class: timerClass }),
        recorderOf: recorders(host),
      }
      return {
        on: {
          attachments: ({ type, object }) => {
            volumes.need()
            return [type === 'DELETED' ? WORK.volume + volumeOf(object) : WORK.attachment + keyOf(object)]
          },
          volumes: ({ type, object }) =>
            type !== 'DELETED' && object.metadata.annotations?.[PROVISIONED_BY] !== undefined
              ? [WORK.volume + keyOf(object)]
              : [],
          claims: ({ type, object }) => {
            if (type === 'DELETED') return []
            const isBound = (object.spec.volumeName ?? '') !== ''
            if (isBound) attachments.need()
            const needsVolume = !isBound && provisionerOf(object) !== undefined
            return [
              ...(needsVolume ? [WORK.claim + keyOf(object)] : []),
              ...(needsExpansion(object) ? [WORK.resize + keyOf(object)] : []),
            ]
          },
        },
        reconcile: (key) => work(context, key),
      }
    },
  })
}

/** Prefixes of the queue's keys; an object's key follows. */
const WORK = { claim: 'claim/', resize: 'resize/', volume: 'volume/', attachment: 'attachment/' } as const

/** Keeps one recorder for each event source, because a recorder counts what it has recorded. */
function recorders(host: ComponentHost): StorageContext['recorderOf'] {
  const known = new Map<string, EventRecorder>()
  return (component, on) => {
    const id = `${component} ${on ?? ''}`
    const recorder =
      known.get(id) ?? host.recorder(on === undefined ? { component } : { component, host: on })
    known.set(id, recorder)
    return recorder
  }
}

function work(context: StorageContext, key: string): void {
  const name = key.slice(key.indexOf('/') + 1)
  const found = <T extends KubeObject>(
    object: T | undefined,
    act: (context: StorageContext, object: T, key: string) => void,
  ): void => {
    if (object) act(context, object, key)
    else context.due.value.delete(key)
  }
  if (key.startsWith(WORK.claim)) found(context.claims.get(name), provision)
  else if (key.startsWith(WORK.resize)) found(context.claims.get(name), resize)
  else if (key.startsWith(WORK.volume)) found(context.volumes.opened?.get(name), unprovision)
  else found(context.attachments.opened?.get(name), attach)
}

/**
 * Attaches or detaches a volume as the VolumeAttachment requests. Source: kubernetes-csi/external-attacher
 * csi_handler.go.
 */
function attach(context: StorageContext, attachment: VolumeAttachment, work: string): void {
  const { attacher } = attachment.spec
  if (!handles(context, attacher)) return
  const { client } = context.host
  const { timings } = context
  const finalizer = `external-attacher/${attacher.replaceAll('.', '-')}`
  if (attachment.metadata.deletionTimestamp !== undefined) {
    if (!hasFinalizer(attachment, finalizer) || !isDone(context, work, timings.detach)) return
    ignoreNotFound(() => client.update('volumeattachments', withoutFinalizer(attachment, finalizer)))
    return forget(context, work)
  }
  if (attachment.status.attached || !hasVolume(context, attachment)) return
  const held = hasFinalizer(attachment, finalizer)
    ? attachment
    : client.update('volumeattachments', withFinalizer(attachment, finalizer))
  if (!isDone(context, work, timings.attach)) return
  ignoreNotFound(() =>
    client.updateStatus('volumeattachments', { ...held, status: { ...held.status, attached: true } }),
  )
  forget(context, work)
}

/** The attacher checks what it can before its finalizer could block a deletion. Source: csiAttach. */
function hasVolume({ host: { client } }: StorageContext, { spec: { source } }: VolumeAttachment): boolean {
  const name = source.persistentVolumeName
  if (name === undefined) return true
  try {
    client.get('persistentvolumes', { name })
    return true
  } catch (error) {
    if (isApiError(error, 'NotFound')) return false
    throw error
  }
}
