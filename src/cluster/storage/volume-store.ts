import type { PersistentVolume } from '../../api/core/generated.js'
import type { Machine, VolumeFiles } from '../../kubelet/index.js'
import { diskPath, sourceOf } from '../../kubelet/index.js'
import type { Slice } from '../../sim/modules/module.js'

/** The content of network volumes, which exists outside of every machine until the volume is deleted. */
export class VolumeStore {
  readonly #state: () => Slice<Map<string, VolumeFiles>>
  readonly #machines: () => readonly Machine[]

  /** `state` is called when the first such volume is used. */
  constructor(state: () => Slice<Map<string, VolumeFiles>>, machines: () => readonly Machine[]) {
    this.#state = state
    this.#machines = machines
  }

  /** Returns the files of a volume, to be changed in place. */
  files(id: string): VolumeFiles {
    const { value } = this.#state()
    const known = value.get(id)
    if (known) return known
    const made: VolumeFiles = new Map()
    value.set(id, made)
    return made
  }

  /** Deletes the content of a volume, wherever it is. */
  discard(volume: PersistentVolume): void {
    const { mounted } = sourceOf(volume, false, () => undefined)
    if ('parts' in mounted) return
    if (mounted.kind === 'network') this.#state().value.delete(mounted.id)
    else for (const { disk } of this.#machines()) removeBelow(disk, diskPath(mounted.path))
  }
}

function removeBelow(disk: VolumeFiles, path: string): void {
  for (const key of [...disk.keys()]) if (key === path || key.startsWith(`${path}/`)) disk.delete(key)
}
