import { isPodTerminal } from '../../api/core/conditions.js'
import type { Node, PersistentVolume, Pod } from '../../api/core/generated.js'
import { claimKeysOfPod } from '../../api/core/pod-claims.js'
import type { CSIDriver, VolumeAttachment } from '../../api/storage/generated.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/event-recorder.js'
import type { Informer } from '../../client/informer.js'
import type { Duration } from '../../sim/duration.js'
import { toMillis } from '../../sim/duration.js'
import type { Slice } from '../../sim/module.js'
import type { WorkQueue } from '../../sim/work-queue.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { LazyInformer } from '../shared/lazy-informer.js'
import { reconcileQueue } from '../shared/queue.js'
import type { AttachableVolume } from './volumes.js'
import { attachable, attachmentName, isHealthy, isInUse, isOutOfService, multiAttachText } from './volumes.js'

/** Options of the attach-detach controller. */
export interface AttachDetachOptions {
  /** How long a node that has gone silent may keep a volume. Default 6 min (maxWaitForUnmountDuration). */
  readonly maxWaitForUnmount?: Duration
}

const CLAIM = 'claim'
const VOLUME = 'volume'
const NODE = 'node'

interface AttachState {
  /** Virtual ms since when an attachment is not wanted any more, by its name. */
  readonly unwanted: Map<string, number>
  /** Attachments (volume and node) whose refusal was told. */
  readonly told: Set<string>
  /** Attachments whose success was told. */
  readonly attached: Set<string>
}

/**
 * Attaches CSI volumes to the nodes whose pods use them, by VolumeAttachments, and takes them away from nodes
 * that do not use them any more. All but volumes are watched from the first CSI volume on. Source:
 * pkg/controller/volume/attachdetach.
 */
export function createAttachDetachController(options: AttachDetachOptions = {}): Component {
  return {
    name: controllerName('persistentvolume-attach-detach-controller'),
    identity: controllerIdentity('attachdetach-controller'),
    setup: (host) => new AttachDetach(host, toMillis(options.maxWaitForUnmount ?? '6m')).start(),
  }
}

class AttachDetach {
  readonly #host: ComponentHost
  readonly #patience: number
  readonly #volumes: Informer<PersistentVolume>
  readonly #pods: LazyInformer<Pod>
  readonly #nodes: LazyInformer<Node>
  readonly #attachments: LazyInformer<VolumeAttachment>
  readonly #drivers: LazyInformer<CSIDriver>
  readonly #state: Slice<AttachState>
  readonly #queue: WorkQueue
  readonly #recorder: EventRecorder

  constructor(host: ComponentHost, patience: number) {
    this.#host = host
    this.#patience = patience
    this.#state = host.state<AttachState>('attachments', () => ({
      unwanted: new Map(),
      told: new Set(),
      attached: new Set(),
    }))
    this.#recorder = host.recorder({ component: 'attachdetach-controller' })
    this.#volumes = host.informer('persistentvolumes', { indexers: { [CLAIM]: claimOf } })
    this.#pods = new LazyInformer(
      host.state('pods', () => false),
      () => this.#openPods(),
    )
    this.#nodes = new LazyInformer(
      host.state('nodes', () => false),
      () => this.#openNodes(),
    )
    this.#attachments = new LazyInformer(
      host.state('open', () => false),
      () => this.#openAttachments(),
    )
    this.#drivers = new LazyInformer(
      host.state('drivers', () => false),
      () => host.informer('csidrivers'),
    )
    const informers = [this.#volumes, this.#pods, this.#nodes, this.#attachments, this.#drivers]
    this.#queue = reconcileQueue(host, informers, (name) => this.#sync(name))
  }

  start(): void {
    this.#volumes.onChange(({ type, object }) => {
      if (type === 'DELETED' || !object.spec.csi) return
      for (const lazy of [this.#pods, this.#nodes, this.#attachments, this.#drivers]) lazy.need()
      this.#queue.add(object.metadata.name as string)
    })
  }

  #openPods(): Informer<Pod> {
    return this.#host
      .informer('pods', { indexers: { [CLAIM]: claimKeysOfPod } })
      .onChange(({ type, object, old }) => {
        const moved =
          type !== 'MODIFIED' ||
          !old ||
          object.spec.nodeName !== old.spec.nodeName ||
          isPodTerminal(object) !== isPodTerminal(old)
        if (!moved) return
        for (const key of claimKeysOfPod(object))
          for (const { metadata } of this.#volumes.byIndex(CLAIM, key))
            this.#queue.add(metadata.name as string)
      })
  }

  #openNodes(): Informer<Node> {
    return this.#host.informer('nodes').onChange(({ type, object, old }) => {
      const isNews =
        type !== 'MODIFIED' ||
        !old ||
        object.status.volumesInUse !== old.status.volumesInUse ||
        object.spec.taints !== old.spec.taints ||
        isHealthy(object) !== isHealthy(old)
      if (isNews) this.#wakeNode(object.metadata.name as string)
    })
  }

  #openAttachments(): Informer<VolumeAttachment> {
    const indexers = { [VOLUME]: volumeOf, [NODE]: ({ spec }: VolumeAttachment) => [spec.nodeName] }
    return this.#host.informer('volumeattachments', { indexers }).onChange(({ object }) => {
      for (const name of volumeOf(object)) this.#queue.add(name)
    })
  }

  #wakeNode(node: string): void {
    for (const attachment of this.#attachments.opened?.byIndex(NODE, node) ?? [])
      for (const name of volumeOf(attachment)) this.#queue.add(name)
  }

  #sync(name: string): void {
    const volume = this.#volumes.get(name)
    const csi = volume && attachable(volume)
    const attachments = this.#attachments.opened?.byIndex(VOLUME, name) ?? []
    if (!csi) {
      for (const attachment of attachments) this.#delete(attachment)
      return
    }
    if (this.#drivers.opened?.get(csi.driver)?.spec.attachRequired === false) return
    const users = this.#usersOf(volume)
    for (const attachment of attachments) {
      if (users.has(attachment.spec.nodeName))
        this.#keep(csi, attachment, users.get(attachment.spec.nodeName) ?? [])
      else this.#detach(csi, attachment)
    }
    for (const [node, pods] of users) this.#attach(csi, node, pods, attachments, users)
  }

  /** Pods that use the volume, by node. */
  #usersOf(volume: PersistentVolume): ReadonlyMap<string, readonly Pod[]> {
    const users = new Map<string, Pod[]>()
    for (const key of claimOf(volume))
      for (const pod of this.#pods.opened?.byIndex(CLAIM, key) ?? []) {
        const { nodeName } = pod.spec
        if (!nodeName || isPodTerminal(pod)) continue
        const pods = users.get(nodeName)
        if (pods) pods.push(pod)
        else users.set(nodeName, [pod])
      }
    return users
  }

  #keep(csi: AttachableVolume, { metadata, spec, status }: VolumeAttachment, pods: readonly Pod[]): void {
    const { unwanted, attached } = this.#state.value
    const name = metadata.name as string
    unwanted.delete(name)
    if (metadata.deletionTimestamp !== undefined || !status.attached || attached.has(name)) return
    this.#writeNode(spec.nodeName, csi.unique, true)
    attached.add(name)
    for (const pod of pods)
      this.#tell(
        pod,
        'Normal',
        'SuccessfulAttachVolume',
        `AttachVolume.Attach succeeded for volume ${JSON.stringify(csi.name)} `,
      )
  }

  #attach(
    csi: AttachableVolume,
    node: string,
    pods: readonly Pod[],
    attachments: readonly VolumeAttachment[],
    users: ReadonlyMap<string, readonly Pod[]>,
  ): void {
    if (attachments.some(({ spec }) => spec.nodeName === node)) return
    const others = attachments.filter(({ spec }) => spec.nodeName !== node)
    const { told } = this.#state.value
    const key = `${csi.name}/${node}`
    if (!csi.shared && others.length > 0) {
      if (told.has(key)) return
      told.add(key)
      const owners = others.flatMap(({ spec }) => users.get(spec.nodeName) ?? [])
      for (const pod of pods) {
        const text =
          `Multi-Attach error for volume ${JSON.stringify(csi.name)} ` +
          `${multiAttachText(owners, pod.metadata.namespace)}`
        this.#tell(pod, 'Warning', 'FailedAttachVolume', text)
      }
      return
    }
    told.delete(key)
    const spec = { attacher: csi.driver, nodeName: node, source: { persistentVolumeName: csi.name } }
    try {
      this.#host.client.create('volumeattachments', {
        metadata: { name: attachmentName(csi, node) },
        spec,
        status: { attached: false },
      })
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists')) throw error
    }
  }

  /** Source: reconciler.go, the first half of reconcile(). */
  #detach(csi: AttachableVolume, attachment: VolumeAttachment): void {
    const { metadata, spec } = attachment
    if (metadata.deletionTimestamp !== undefined) return
    const name = metadata.name as string
    const node = this.#nodes.opened?.get(spec.nodeName)
    if (node && isInUse(node, csi) && !isOutOfService(node)) {
      const { unwanted } = this.#state.value
      const now = this.#host.clock.now()
      const since = unwanted.get(name) ?? now
      unwanted.set(name, since)
      const isOverdue = now - since >= this.#patience
      if (!isOverdue)
        return this.#queue.addAfter(csi.name, since + this.#patience - now, { class: 'watchdog' })
      if (isHealthy(node)) return
    }
    if (node) this.#writeNode(spec.nodeName, csi.unique, false)
    this.#delete(attachment)
  }

  #delete({ metadata }: VolumeAttachment): void {
    const { unwanted, attached } = this.#state.value
    const name = metadata.name as string
    unwanted.delete(name)
    attached.delete(name)
    if (metadata.deletionTimestamp === undefined)
      ignoreNotFound(() => this.#host.client.delete('volumeattachments', { name }))
  }

  /** Tells the kubelet what it may mount. Source: statusupdater/node_status_updater.go. */
  #writeNode(name: string, unique: string, attached: boolean): void {
    const { client } = this.#host
    const node = ignoreNotFound(() => client.get('nodes', { name }))
    if (!node) return
    const { volumesAttached = [] } = node.status
    if (volumesAttached.some((volume) => volume.name === unique) === attached) return
    const next = attached
      ? [...volumesAttached, { name: unique, devicePath: '' }]
      : volumesAttached.filter((volume) => volume.name !== unique)
    client.patch(
      'nodes',
      { name },
      { type: 'merge', body: { status: { volumesAttached: next.length === 0 ? null : next } } },
      { subresource: 'status' },
    )
  }

  #tell(object: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#recorder.event({ object, kind: 'Pod', apiVersion: 'v1' }, type, reason, message)
  }
}

/** Key of the claim that a volume is bound to. */
function claimOf({ spec: { claimRef } }: PersistentVolume): readonly string[] {
  return claimRef === undefined ? [] : [`${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`]
}

function volumeOf({ spec }: VolumeAttachment): readonly string[] {
  const { persistentVolumeName } = spec.source
  return persistentVolumeName === undefined ? [] : [persistentVolumeName]
}
