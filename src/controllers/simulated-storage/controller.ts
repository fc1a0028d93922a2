import type { KubeObject } from '../../api/definition.js'
import type { VolumeAttachment } from '../../api/storage/generated.js'
import { PROVISIONED_BY } from '../../api/storage/provisioners.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/event-recorder.js'
import { keyOf } from '../../client/object-index.js'
import { hasFinalizer, withFinalizer, withoutFinalizer } from '../shared/finalizers.js'
import { LazyInformer } from '../shared/lazy-informer.js'
import { reconcileQueue } from '../shared/queue.js'
import type { SimulatedStorageOptions, StorageContext } from './context.js'
import { BY_VOLUME, STORAGE_IDENTITY, STORAGE_TIMINGS, forget, handles, isDone } from './context.js'
import { provision, provisionerOf, unprovision } from './provision.js'
import { resize, wantsMore } from './resize.js'

/**
 * The storage around the cluster: what CSI drivers and other external provisioners do. It makes and deletes
 * the volumes of classes, attaches them to nodes, and makes them larger. Any provisioner that a class names
 * is taken to be running, unless options say which are; `without` it claims wait, as in a cluster where
 * nobody has installed a provisioner.
 */
export function createSimulatedStorage(options: SimulatedStorageOptions = {}): Component {
  return { name: 'simulated-storage', identity: STORAGE_IDENTITY, setup: (host) => setUp(host, options) }
}

const WORK = { claim: 'claim/', resize: 'resize/', volume: 'volume/', attachment: 'attachment/' } as const

function setUp(host: ComponentHost, options: SimulatedStorageOptions): void {
  const claims = host.informer('persistentvolumeclaims')
  const attachments = new LazyInformer(
    host.state('attachments', () => false),
    () =>
      host
        .informer('volumeattachments', {
          indexers: { [BY_VOLUME]: ({ spec }) => [spec.source.persistentVolumeName ?? ''] },
        })
        .onChange(({ type, object }) => {
          volumes.need()
          if (type !== 'DELETED') queue.add(WORK.attachment + keyOf(object))
          else queue.add(WORK.volume + (object.spec.source.persistentVolumeName ?? ''))
        }),
  )
  const due = host.state('due', () => new Map<string, number>())
  const volumes = new LazyInformer(
    host.state('volumes', () => false),
    () =>
      host.informer('persistentvolumes').onChange(({ type, object }) => {
        if (type !== 'DELETED' && object.metadata.annotations?.[PROVISIONED_BY] !== undefined)
          queue.add(WORK.volume + keyOf(object))
      }),
  )
  const recorders = new Map<string, EventRecorder>()
  const context: StorageContext = {
    host,
    options,
    timings: { ...STORAGE_TIMINGS, ...options.timings },
    claims,
    attachments,
    volumes,
    due,
    later: (key, ms, timerClass = 'work') => queue.addAfter(key, ms, { class: timerClass }),
    recorderOf: (component, on) => {
      const id = `${component} ${on ?? ''}`
      const known =
        recorders.get(id) ?? host.recorder(on === undefined ? { component } : { component, host: on })
      recorders.set(id, known)
      return known
    },
  }
  const queue = reconcileQueue(host, [claims, attachments, volumes], (key) => work(context, key))
  claims.onChange(({ type, object }) => {
    if (type === 'DELETED') return
    if ((object.spec.volumeName ?? '') !== '') attachments.need()
    if (provisionerOf(object) !== undefined && (object.spec.volumeName ?? '') === '')
      queue.add(WORK.claim + keyOf(object))
    if (wantsMore(object)) queue.add(WORK.resize + keyOf(object))
  })
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
 * Attaches and detaches what VolumeAttachments ask for. Source: kubernetes-csi/external-attacher
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
  if (attachment.status.attached) return
  const held = hasFinalizer(attachment, finalizer)
    ? attachment
    : client.update('volumeattachments', withFinalizer(attachment, finalizer))
  if (!isDone(context, work, timings.attach)) return
  ignoreNotFound(() =>
    client.updateStatus('volumeattachments', { ...held, status: { ...held.status, attached: true } }),
  )
  forget(context, work)
}
