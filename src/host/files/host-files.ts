import type { Tree } from '../../kubelet/files/tree.js'
import type { FileEntry } from '../../kubelet/files/tree.js'
import { FileFault, FileSystem } from '../../kubelet/files/file-system.js'
import type { Pki } from '../../pki/index.js'
import { isKubeletFile, NODE_FILES, PKI_DIR } from '../../pki/index.js'

/** What the files of a host are made from. */
export interface HostFilesParts {
  /** What has been written. */
  readonly disk: () => Tree
  /**
   * Files that are there unless something else was written, or that are made when they are read; without a
   * leading slash.
   */
  readonly base: () => Tree
  /**
   * Whose certificates and kubeconfig files the cluster's PKI keeps; undefined: the machine belongs to no
   * cluster, and all is on its disk.
   */
  readonly kept: () => KeptFiles | undefined
  readonly now: () => number
  /** Called when something has been written there. */
  readonly changed: (path: string) => void
}

/** Files that a cluster's PKI keeps for a machine. */
export interface KeptFiles {
  readonly pki: Pki
  /** Name of the node; undefined: the control plane. */
  readonly node: string | undefined
  /** Name of the node whose kubelet runs on the control plane; undefined when none does. */
  readonly ownKubelet?: string | undefined
}

/** Whose file it is in the PKI: on a control plane that is a node too, the kubelet's are the node's. */
function ownerOf({ node, ownKubelet }: KeptFiles, path: string): string | undefined {
  return node ?? (isKubeletFile(path) ? ownKubelet : undefined)
}

/** All files that the PKI keeps for a machine. */
export function keptFiles(
  kept: KeptFiles,
): readonly { readonly file: string; readonly owner: string | undefined }[] {
  const { pki, node, ownKubelet } = kept
  const owners = ownKubelet === undefined ? [node] : [node, ownKubelet]
  return owners.flatMap((owner) =>
    pki
      .paths(owner)
      .filter((file) => ownerOf(kept, file) === owner)
      .map((file) => ({ file, owner })),
  )
}

const ROOT = { uid: 0, gid: 0, groups: [] }
const KUBECONFIG = /^\/etc\/kubernetes\/[\w-]+\.conf$/

/**
 * The files of a host, as root sees them. Certificates, keys and kubeconfig files are the cluster's own
 * (`cluster.pki`), so that what is written here is what counts there. Methods throw FileFault.
 */
export class HostFiles {
  readonly #parts: HostFilesParts

  constructor(parts: HostFilesParts) {
    this.#parts = parts
  }

  stat(path: string): FileEntry | undefined {
    return this.#system.stat(path)
  }

  list(path: string): readonly string[] {
    return this.#system.list(path)
  }

  read(path: string): string {
    return this.#system.read(path)
  }

  /** Text of a file; undefined when there is none. */
  text(path: string): string | undefined {
    const system = this.#system
    return system.stat(path)?.kind === 'file' ? system.read(path) : undefined
  }

  write(path: string, text: string): void {
    this.#write(path, text)
    this.#parts.changed(path)
  }

  #write(path: string, text: string): void {
    const system = this.#system
    const kept = this.#keptAt(path)
    if (kept === undefined) return system.write(path, text)
    if (system.stat(path)?.kind === 'directory') throw new FileFault('Is a directory')
    if (system.stat(path.slice(0, path.lastIndexOf('/')))?.kind !== 'directory')
      throw new FileFault('No such file or directory')
    kept.pki.write(path, text, ownerOf(kept, path))
  }

  /** Writes a file, and the directories above it where they are missing. */
  put(path: string, text: string, mode?: number): void {
    const parts = path.split('/').slice(1, -1)
    parts.forEach((_part, at) => {
      const folder = `/${parts.slice(0, at + 1).join('/')}`
      if (this.stat(folder) === undefined) this.makeDirectory(folder)
    })
    this.write(path, text)
    if (mode !== undefined) this.chmod(path, mode)
  }

  makeDirectory(path: string): void {
    this.#system.makeDirectory(path)
    this.#parts.changed(path)
  }

  remove(path: string): void {
    const system = this.#system
    const entry = system.stat(path)
    if (entry === undefined) throw new FileFault('No such file or directory')
    const kept = this.#parts.kept()
    for (const { file, owner } of kept === undefined ? [] : keptFiles(kept))
      if (file === path || file.startsWith(`${path}/`)) kept?.pki.remove(file, owner)
    if (this.#system.stat(path) !== undefined) this.#system.remove(path)
    this.#parts.changed(path)
  }

  copy(from: string, to: string): void {
    this.write(to, this.read(from))
    const mode = this.stat(from)?.mode
    if (mode !== undefined) this.chmod(to, mode)
  }

  chmod(path: string, mode: number): void {
    const entry = this.stat(path)
    if (entry === undefined) throw new FileFault('No such file or directory')
    if (entry.kind === 'file' && this.#keptAt(path) !== undefined) return
    const { disk, now } = this.#parts
    disk().set(path.slice(1), { ...entry, mode: mode & 0o7777, time: now() })
  }

  /** Who keeps the file, if the cluster's PKI does: on a node only those that are known there. */
  #keptAt(path: string): KeptFiles | undefined {
    const kept = this.#parts.kept()
    if (kept === undefined) return undefined
    const isKept =
      kept.node === undefined
        ? path.startsWith(`${PKI_DIR}/`) ||
          KUBECONFIG.test(path) ||
          (kept.ownKubelet !== undefined && isKubeletFile(path))
        : NODE_FILES.includes(path) || isKubeletFile(path)
    return isKept ? kept : undefined
  }

  get #system(): FileSystem {
    const { disk, base, now } = this.#parts
    return new FileSystem(
      [
        {
          path: '',
          layers: [disk(), base()],
          writable: disk,
          readOnly: false,
          prefix: '',
          device: '/dev/vda1',
          type: 'ext4',
          directory: { mode: 0o755, owner: 0, group: 0 },
        },
      ],
      ROOT,
      now,
    )
  }
}
