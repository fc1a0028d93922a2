import type { Content } from '../../lang/bytes/content.js'
import { textOfContent } from '../../lang/bytes/content.js'
import type { FileEntry, FileTree } from '../../shell/files/tree.js'
import { FileFault, FileSystem } from '../../shell/files/file-system.js'
import type { Pki } from '../../pki/index.js'
import { isKubeletFile, NODE_FILES, PKI_DIR } from '../../pki/index.js'

/** The dependencies of {@link HostFiles}. */
export interface HostFilesDependencies {
  /** The files that were written. */
  readonly disk: () => FileTree
  /**
   * Files that exist unless they were overwritten, and files that are made when they are read; earlier trees
   * hide later ones. Paths have no leading slash.
   */
  readonly base: () => readonly FileTree[]
  /**
   * The owner of the certificates and kubeconfig files in the cluster's PKI; undefined if the machine belongs
   * to no cluster and everything is on its disk.
   */
  readonly kept: () => KeptFiles | undefined
  readonly now: () => number
  /** Called after a write to the path. */
  readonly changed: (path: string) => void
}

/** Files that a cluster's PKI stores for a machine. */
export interface KeptFiles {
  readonly pki: Pki
  /** Name of the node; undefined for the control plane. */
  readonly node: string | undefined
  /** Name of the node whose kubelet runs on the control plane; undefined if none does. */
  readonly ownKubelet?: string | undefined
}

/**
 * Returns the owner of a file in the PKI. On a control plane that is also a node, the kubelet's files belong
 * to the node.
 */
function ownerOf({ node, ownKubelet }: KeptFiles, path: string): string | undefined {
  return node ?? (isKubeletFile(path) ? ownKubelet : undefined)
}

/** Lists all files that the PKI stores for a machine. */
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
 * (`cluster.pki`), so writing them here takes effect there. Methods throw FileFault.
 */
export class HostFiles {
  readonly #dependencies: HostFilesDependencies

  constructor(dependencies: HostFilesDependencies) {
    this.#dependencies = dependencies
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

  /** What a file holds; undefined if there is none. */
  content(path: string): Content | undefined {
    const system = this.#system
    return system.stat(path)?.kind === 'file' ? system.content(path) : undefined
  }

  /** Text of a file; undefined if there is none. */
  text(path: string): string | undefined {
    const system = this.#system
    return system.stat(path)?.kind === 'file' ? system.read(path) : undefined
  }

  write(path: string, content: Content): void {
    this.#write(path, content)
    this.#dependencies.changed(path)
  }

  /** Writes to the end of a file that a running program has open. */
  append(path: string, content: Content): void {
    this.#system.write(path, content, true)
  }

  #write(path: string, content: Content): void {
    const system = this.#system
    const kept = this.#keptAt(path)
    if (kept === undefined) return system.write(path, content)
    if (system.stat(path)?.kind === 'directory') throw new FileFault('Is a directory')
    if (system.stat(path.slice(0, path.lastIndexOf('/')))?.kind !== 'directory')
      throw new FileFault('No such file or directory')
    kept.pki.write(path, textOfContent(content), ownerOf(kept, path))
  }

  /** Writes a file, and creates missing parent directories. */
  put(path: string, content: Content, mode?: number): void {
    const parts = path.split('/').slice(1, -1)
    parts.forEach((_part, at) => {
      const folder = `/${parts.slice(0, at + 1).join('/')}`
      if (this.stat(folder) === undefined) this.makeDirectory(folder)
    })
    this.write(path, content)
    if (mode !== undefined) this.chmod(path, mode)
  }

  makeDirectory(path: string): void {
    this.#system.makeDirectory(path)
    this.#dependencies.changed(path)
  }

  remove(path: string): void {
    const system = this.#system
    const entry = system.stat(path)
    if (entry === undefined) throw new FileFault('No such file or directory')
    const kept = this.#dependencies.kept()
    for (const { file, owner } of kept === undefined ? [] : keptFiles(kept))
      if (file === path || file.startsWith(`${path}/`)) kept?.pki.remove(file, owner)
    if (this.#system.stat(path) !== undefined) this.#system.remove(path)
    this.#dependencies.changed(path)
  }

  copy(from: string, to: string): void {
    this.write(to, this.#system.content(from))
    const mode = this.stat(from)?.mode
    if (mode !== undefined) this.chmod(to, mode)
  }

  chmod(path: string, mode: number): void {
    const entry = this.stat(path)
    if (entry === undefined) throw new FileFault('No such file or directory')
    if (entry.kind === 'file' && this.#keptAt(path) !== undefined) return
    const { disk, now } = this.#dependencies
    disk().set(path.slice(1), { ...entry, mode: mode & 0o7777, time: now() })
  }

  /** Returns the PKI owner of a file, if the PKI stores it. On a node it stores only known files. */
  #keptAt(path: string): KeptFiles | undefined {
    const kept = this.#dependencies.kept()
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
    const { disk, base, now } = this.#dependencies
    return new FileSystem(
      [
        {
          path: '',
          layers: [disk(), ...base()],
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
