import { quote } from '../../lang/go/quote.js'
import { isPodTerminal } from '../../api/core/conditions.js'
import type { Node, PersistentVolume, Pod } from '../../api/core/generated.js'
import { claimKeysOfPod } from '../../api/core/volumes/pod-claims.js'
import type { CSIDriver, VolumeAttachment } from '../../api/storage/generated.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { Change, Informer } from '../../client/informers/informer.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { Duration } from '../../sim/duration.js'
import { toMillis } from '../../sim/duration.js'
import type { Slice } from '../../sim/modules/module.js'
import type { WorkQueue } from '../../sim/modules/work-queue.js'
import type { Controller, ControllerContext, Handlers } from '../shared/define-controller.js'
import { builtInController } from '../shared/define-controller.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import type { LazyInformer } from '../shared/lazy-informer.js'
import type { AttachableVolume } from './volumes.js'
import {
  attachable,
  attachmentName,
  isHealthy,
  isInUse,
  isOutOfService,
  isOwn,
  multiAttachText,
} from './volumes.js'

/** Options of the attach-detach controller. */
export interface AttachDetachOptions {
  /**
   * How long an unhealthy node may keep a volume before it is force-detached. Default 6 min
   * (maxWaitForUnmountDuration).
   */
  readonly maxWaitForUnmount?: Duration
}

const CLAIM = 'claim'
const VOLUME = 'volume'
const NODE = 'node'

interface AttachState {
  /** Virtual ms since when an attachment is no longer needed, by its name. */
  readonly unwanted: Map<string, number>
  /** Volumes and nodes (`volume/node`) with a reported multi-attach error. */
  readonly refused: Set<string>
  /** Names of attachments with a reported success. */
  readonly attached: Set<string>
}

type Eager = { readonly volumes: 'persistentvolumes' }
type Lazy = {
  readonly pods: 'pods'
  readonly nodes: 'nodes'
  readonly volumeAttachments: 'volumeattachments'
  readonly drivers: 'csidrivers'
}

/**
 * Creates the attach/detach controller, which attaches CSI volumes to the nodes whose pods use them, by
 * creating VolumeAttachments, and detaches them when no pod on the node uses them any more. Only volumes are
 * watched before the first CSI volume appears. Source: pkg/controller/volume/attachdetach.
 */
export function createAttachDetachController(options: AttachDetachOptions = {}): Component {
  return builtInController<Eager, Lazy>({
    name: controllerName('persistentvolume-attach-detach-controller'),
    identity: controllerIdentity('attachdetach-controller'),
    informers: { volumes: { resource: 'persistentvolumes', indexers: { [CLAIM]: claimOf } } },
    lazyInformers: {
      pods: { resource: 'pods', indexers: { [CLAIM]: claimKeysOfPod } },
      nodes: { resource: 'nodes' },
      volumeAttachments: {
        resource: 'volumeattachments',
        indexers: {
          [VOLUME]: volumeOf,
          [NODE]: (attachment) => (isOwn(attachment) ? [attachment.spec.nodeName] : []),
        },
      },
      drivers: { resource: 'csidrivers' },
    },
    setup: (context) => new AttachDetach(context, toMillis(options.maxWaitForUnmount ?? '6m')),
  })
}

class AttachDetach implements Controller<Eager & Lazy> {
  readonly on: Handlers<Eager & Lazy> = {
    pods: (change) => this.#volumesOfPod(change),
    nodes: (change) => this.#volumesOfNode(change),
    volumeAttachments: ({ object }) => volumeOf(object),
    volumes: ({ type, object }) => {
      if (type === 'DELETED' || !object.spec.csi) return []
      for (const lazy of [this.#pods, this.#nodes, this.#attachments, this.#drivers]) lazy.need()
      return [keyOf(object)]
    },
  }
  readonly #host: ComponentHost
  readonly #maxWaitForUnmount: number
  readonly #volumes: Informer<PersistentVolume>
  readonly #pods: LazyInformer<Pod>
  readonly #nodes: LazyInformer<Node>
  readonly #attachments: LazyInformer<VolumeAttachment>
  readonly #drivers: LazyInformer<CSIDriver>
  readonly #state: Slice<AttachState>
  readonly #queue: WorkQueue
  readonly #recorder: EventRecorder

  constructor({ host, informers, queue }: ControllerContext<Eager, Lazy>, maxWaitForUnmount: number) {
    this.#host = host
    this.#maxWaitForUnmount = maxWaitForUnmount
    this.#state = host.state<AttachState>('attachments', () => ({
      unwanted: new Map(),
      refused: new Set(),
      attached: new Set(),
    }))
    this.#recorder = host.recorder({ component: 'attachdetach-controller' })
    this.#volumes = informers.volumes
    this.#pods = informers.pods
    this.#nodes = informers.nodes
    this.#attachments = informers.volumeAttachments
    this.#drivers = informers.drivers
    this.#queue = queue
  }

  #volumesOfPod({ type, object, old }: Change<Pod>): readonly string[] {
    const isUnchanged =
      type === 'MODIFIED' &&
      old !== undefined &&
      object.spec.nodeName === old.spec.nodeName &&
      isPodTerminal(object) === isPodTerminal(old)
    if (isUnchanged) return []
    return claimKeysOfPod(object).flatMap((key) => this.#volumes.byIndex(CLAIM, key).map(keyOf))
  }

  #volumesOfNode({ type, object, old }: Change<Node>): readonly string[] {
    const isUnchanged =
      type === 'MODIFIED' &&
      old !== undefined &&
      object.status.volumesInUse === old.status.volumesInUse &&
      object.spec.taints === old.spec.taints &&
      isHealthy(object) === isHealthy(old)
    if (isUnchanged) return []
    return (this.#attachments.opened?.byIndex(NODE, keyOf(object)) ?? []).flatMap(volumeOf)
  }

  reconcile(name: string): void {
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

  /** Returns the pods that use the volume, by node. */
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
      this.#podEvent(
        pod,
        'Normal',
        'SuccessfulAttachVolume',
        `AttachVolume.Attach succeeded for volume ${quote(csi.name)} `,
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
    const { refused } = this.#state.value
    const key = `${csi.name}/${node}`
    if (!csi.shared && others.length > 0) {
      if (refused.has(key)) return
      refused.add(key)
      const owners = others.flatMap(({ spec }) => users.get(spec.nodeName) ?? [])
      for (const pod of pods) {
        const text =
          `Multi-Attach error for volume ${quote(csi.name)} ` +
          `${multiAttachText(owners, pod.metadata.namespace)}`
        this.#podEvent(pod, 'Warning', 'FailedAttachVolume', text)
      }
      return
    }
    refused.delete(key)
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

  /**
   * Detaches the volume once the node no longer uses it; from an unhealthy node also after
   * {@link AttachDetachOptions.maxWaitForUnmount}. Source: reconciler.go, the first half of reconcile().
   */
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
      const wait = since + this.#maxWaitForUnmount - now
      if (wait > 0) return this.#queue.addAfter(csi.name, wait, { class: 'watchdog' })
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

  /**
   * Updates `status.volumesAttached`, which tells the kubelet what it may mount. Source:
   * node_status_updater.go.
   */
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

  #podEvent(object: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#recorder.event({ object, kind: 'Pod', apiVersion: 'v1' }, type, reason, message)
  }
}

/** Returns the key of the claim that a volume is bound to, if any. */
function claimOf({ spec: { claimRef } }: PersistentVolume): readonly string[] {
  return claimRef === undefined ? [] : [`${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`]
}

/** Returns the volume of an attachment that this controller has made. */
function volumeOf(attachment: VolumeAttachment): readonly string[] {
  const { persistentVolumeName } = attachment.spec.source
  return persistentVolumeName === undefined || !isOwn(attachment) ? [] : [persistentVolumeName]
}
