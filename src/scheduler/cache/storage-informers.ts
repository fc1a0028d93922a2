import type { PersistentVolume, PersistentVolumeClaim } from '../../api/core/generated.js'
import { classOfVolume } from '../../api/core/volumes/volume-matching.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
} from '../../api/storage/generated.js'
import type { ComponentHost } from '../../client/component.js'
import type { Change, Informer } from '../../client/informers/informer.js'
import { Written } from '../../client/written.js'
import type { Slice } from '../../sim/modules/module.js'
import type { ClusterEvent, StorageEventKind } from '../framework/cluster-event.js'
import type { StorageView } from './storage-view.js'

interface Opened {
  readonly volumes: Informer<PersistentVolume>
  readonly classes: Informer<StorageClass>
  readonly csiNodes: Informer<CSINode>
  readonly csiDrivers: Informer<CSIDriver>
  readonly capacities: Informer<CSIStorageCapacity> | undefined
  readonly attachments: Informer<VolumeAttachment>
}

/** What {@link StorageInformers} needs. */
export interface StorageInformerDependencies {
  readonly host: ComponentHost
  /** Whether a claim, or a pod with claims, has been seen; from then on all informers are open. */
  readonly needed: Slice<boolean>
  /** The scheduler's own writes that its informers have not seen yet. */
  readonly written: {
    readonly volumes: Slice<Map<string, PersistentVolume>>
    readonly claims: Slice<Map<string, PersistentVolumeClaim>>
  }
  readonly podsUsing: (claimKey: string) => readonly string[]
  /** Called with every change that may help pods. */
  readonly onEvent: (event: ClusterEvent) => void
  /** Called after a change of claims or volumes. */
  readonly onBindingChange: () => void
  /** Whether the server has CSIStorageCapacity objects. */
  readonly hasCapacities: boolean
}

const CLASS = 'class'
const NODE = 'node'

/**
 * The informers of the volume plugins. The one for claims is always open; the others are opened when the
 * first claim appears, before any pod can use it, so that a cluster without volumes pays nothing for them.
 */
export class StorageInformers implements StorageView {
  readonly #dependencies: StorageInformerDependencies
  readonly #volumes: Written<PersistentVolume>
  readonly #claims: Written<PersistentVolumeClaim>
  readonly #claimInformer: Informer<PersistentVolumeClaim>
  #opened: Opened | undefined

  constructor(dependencies: StorageInformerDependencies) {
    this.#dependencies = dependencies
    this.#volumes = new Written(dependencies.written.volumes)
    this.#claims = new Written(dependencies.written.claims)
    this.#claimInformer = dependencies.host.informer('persistentvolumeclaims')
    this.#emit('PersistentVolumeClaim', this.#claimInformer, (change) => {
      this.need()
      this.#claims.observe(change)
      dependencies.onBindingChange()
    })
    if (dependencies.needed.value) this.#opened = this.#open()
  }

  /** Opens all informers that are not open yet. */
  need(): void {
    if (this.#opened) return
    this.#dependencies.needed.value = true
    this.#opened = this.#open()
  }

  /** Whether the open informers have seen the store. */
  get synced(): boolean {
    if (!this.#claimInformer.synced) return false
    if (!this.#opened) return true
    const { volumes, classes, csiNodes, csiDrivers, capacities, attachments } = this.#opened
    return [volumes, classes, csiNodes, csiDrivers, capacities, attachments].every(
      (informer) => informer?.synced !== false,
    )
  }

  claim(key: string): PersistentVolumeClaim | undefined {
    return this.#claims.latest(this.#claimInformer.get(key))
  }

  volume(name: string): PersistentVolume | undefined {
    return this.#volumes.latest(this.#opened?.volumes.get(name))
  }

  volumesOfClass(name: string): readonly PersistentVolume[] {
    return this.#volumes.latestOf(this.#opened?.volumes.byIndex(CLASS, name) ?? [])
  }

  storageClass(name: string): StorageClass | undefined {
    return this.#opened?.classes.get(name)
  }

  csiNode(name: string): CSINode | undefined {
    return this.#opened?.csiNodes.get(name)
  }

  csiDriver(name: string): CSIDriver | undefined {
    return this.#opened?.csiDrivers.get(name)
  }

  capacitiesOfClass(name: string): readonly CSIStorageCapacity[] {
    return this.#opened?.capacities?.byIndex(CLASS, name) ?? []
  }

  attachmentsOn(node: string): readonly VolumeAttachment[] {
    return this.#opened?.attachments.byIndex(NODE, node) ?? []
  }

  podsUsing(claimKey: string): readonly string[] {
    return this.#dependencies.podsUsing(claimKey)
  }

  assumeVolume(volume: PersistentVolume): void {
    this.#volumes.remember(volume)
  }

  assumeClaim(claim: PersistentVolumeClaim): void {
    this.#claims.remember(claim)
  }

  #open(): Opened {
    const { host, hasCapacities, onBindingChange } = this.#dependencies
    const volumes = host.informer('persistentvolumes', {
      indexers: { [CLASS]: (volume) => [classOfVolume(volume)] },
    })
    this.#emit('PersistentVolume', volumes, (change) => {
      this.#volumes.observe(change)
      onBindingChange()
    })
    const classes = this.#emit('StorageClass', host.informer('storageclasses'))
    const csiNodes = this.#emit('CSINode', host.informer('csinodes'))
    const csiDrivers = this.#emit('CSIDriver', host.informer('csidrivers'))
    const byClass = {
      indexers: { [CLASS]: ({ storageClassName }: CSIStorageCapacity) => [storageClassName] },
    }
    const capacities = hasCapacities ? host.informer('csistoragecapacities', byClass) : undefined
    if (capacities) this.#emit('CSIStorageCapacity', capacities)
    const attachments = host.informer('volumeattachments', {
      indexers: { [NODE]: ({ spec }) => [spec.nodeName] },
    })
    this.#emit('VolumeAttachment', attachments)
    return { volumes, classes, csiNodes, csiDrivers, capacities, attachments }
  }

  #emit<T extends KubeObject>(
    kind: string,
    informer: Informer<T>,
    first?: (change: Change<T>) => void,
  ): Informer<T> {
    return informer.onChange((change) => {
      first?.(change)
      const { type, object, old } = change
      const event =
        `${kind}/${type === 'ADDED' ? 'Add' : type === 'MODIFIED' ? 'Update' : 'Delete'}` as StorageEventKind
      this.#dependencies.onEvent(
        old && type !== 'DELETED' ? { kind: event, object, old } : { kind: event, object },
      )
    })
  }
}
