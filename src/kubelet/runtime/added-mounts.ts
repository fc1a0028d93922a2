import type { VolumeMount } from '../../api/core/generated.js'
import type { Mount } from '../../shell/files/tree.js'
import { FileFault } from '../../shell/files/file-system.js'
import type { AddedMount, AddedMounts, RuntimeContainer, RuntimeState } from './state.js'
import { diskPath } from './volumes.js'

/** A volume of a container that is a directory of its machine. */
export interface DiskMount {
  readonly mount: Mount
  /** Its directory on the machine, without a leading slash. */
  readonly key: string
  readonly propagation: NonNullable<VolumeMount['mountPropagation']>
}

const ROOT = { mode: 0o1777, owner: 0, group: 0 }

function shown(path: string, { device, tree }: AddedMount): Mount {
  return {
    path,
    layers: [tree],
    writable: () => tree,
    readOnly: false,
    prefix: '',
    directory: ROOT,
    device,
    type: 'tmpfs',
  }
}

/** Returns what was mounted on a machine, as its root sees it. */
export function mountsOfMachine({ mounts }: RuntimeState): readonly Mount[] {
  return [...(mounts ?? [])].map(([key, mount]) => shown(`/${key}`, mount)).toReversed()
}

/**
 * Returns what was mounted in a container, and what has come to it from its machine: with HostToContainer and
 * Bidirectional all mounts below its volumes, with None those that were there when it was made. Source:
 * kubelet_pods.go translateMountPropagation (rshared, rslave, rprivate of recursive binds).
 */
export function mountsOfContainer(
  container: RuntimeContainer,
  volumes: readonly DiskMount[],
  state: RuntimeState,
): readonly Mount[] {
  const found: Mount[] = []
  for (const { mount, key, propagation } of volumes)
    for (const [at, added] of state.mounts ?? []) {
      if (at !== key && !at.startsWith(`${key}/`)) continue
      if (propagation === 'None' && added.mountedAt >= container.createdAt) continue
      found.push(shown(mount.path + at.slice(key.length), added))
    }
  for (const [path, added] of container.mounts ?? []) found.push(shown(path, added))
  return found.toReversed()
}

/** Where a mount at a path of a container belongs: to its machine, or to itself. */
function placeOf(
  path: string,
  container: RuntimeContainer,
  volumes: readonly DiskMount[],
  state: RuntimeState,
): readonly [AddedMounts, string] {
  const { mount, key, propagation } =
    volumes.findLast(({ mount: { path: at } }) => path === at || path.startsWith(`${at}/`)) ?? {}
  if (mount === undefined || propagation !== 'Bidirectional') return [(container.mounts ??= new Map()), path]
  return [(state.mounts ??= new Map()), `${key ?? ''}${path.slice(mount.path.length)}`]
}

/** Mounts a file system in memory in a container. With Bidirectional its machine has it, too. */
export function mountInContainer(
  path: string,
  added: AddedMount,
  ...place: readonly [RuntimeContainer, readonly DiskMount[], RuntimeState]
): void {
  put(added, ...placeOf(path, ...place))
}

function put(added: AddedMount, mounts: AddedMounts, key: string): void {
  const below = mounts.get(key)
  mounts.set(key, below === undefined ? added : { ...added, below })
}

function take(mounts: AddedMounts, key: string): void {
  const mount = mounts.get(key)
  if (mount === undefined) throw new FileFault('Invalid argument')
  if (mount.below === undefined) mounts.delete(key)
  else mounts.set(key, mount.below)
}

/** Takes a mount away. @throws FileFault if there is none that the container may take away */
export function unmountInContainer(
  path: string,
  ...place: readonly [RuntimeContainer, readonly DiskMount[], RuntimeState]
): void {
  take(...placeOf(path, ...place))
}

/** Mounts a file system in memory on a machine. */
export function mountOnMachine(path: string, added: AddedMount, state: RuntimeState): void {
  put(added, (state.mounts ??= new Map()), diskPath(path))
}

/** Takes a mount of a machine away. @throws FileFault if there is none */
export function unmountOnMachine(path: string, state: RuntimeState): void {
  take((state.mounts ??= new Map()), diskPath(path))
}

/** Where the emptyDir volumes of a pod are on its machine. */
export const emptyDirsOf = (uid: string): string =>
  `var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~empty-dir`

/** Takes away what was mounted in the emptyDir volumes of a pod that is gone. */
export function unmountEmptyDirs(uid: string, { mounts }: RuntimeState): void {
  for (const key of mounts?.keys() ?? []) if (key.startsWith(`${emptyDirsOf(uid)}/`)) mounts?.delete(key)
}
