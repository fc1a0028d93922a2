import { reserve, spend } from '../../lang/bounds/budget.js'
import type { FileEntry, Mount, Tree } from './tree.js'
import { absolutePath } from './tree.js'

/** An error of a file operation, with libc's text. */
export class FileFault extends Error {}

/** The user of a file operation. */
export interface FileUser {
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
  /** Whether modes are ignored for the user (CAP_DAC_OVERRIDE). Default: for root. */
  readonly overrides?: boolean
}

/** Most characters in one file, and in a layer with all its files. */
const LARGEST_FILE = 1024 * 1024
const LARGEST_LAYER = 8 * 1024 * 1024
/** Most files and folders of a layer: its inodes. */
const MOST_ENTRIES = 10_000
/** Entries that are looked at in one step. */
const ENTRIES_OF_STEP = 32
/** Characters that are read in one step. */
const CHARACTERS_OF_STEP = 16

const READ = 4
const WRITE = 2
/** Bit of a directory whose new entries belong to its group. */
const SETGID = 0o2000

/**
 * The file system that the processes of a container see: a writable layer over its image, and mounts. It is a
 * view over plain data, made on demand. Methods throw {@link FileFault} with the text of errno.
 */
export class FileSystem {
  readonly mounts: readonly Mount[]
  readonly #user: FileUser
  readonly #now: () => number

  constructor(mounts: readonly Mount[], user: FileUser, now: () => number) {
    // the deepest mount first
    this.mounts = mounts.toSorted((a, b) => b.path.length - a.path.length)
    this.#user = user
    this.#now = now
  }

  /** The entry at an absolute path; undefined if there is none. */
  stat(path: string): FileEntry | undefined {
    const { mount, inner } = this.#find(path)
    return entryIn(mount, inner) ?? (this.#impliedByMount(path) ? directoryOf(mount) : undefined)
  }

  /** The mount that holds a path. */
  mountOf(path: string): Mount {
    return this.#find(path).mount
  }

  isDirectory(path: string): boolean {
    return this.stat(path)?.kind === 'directory'
  }

  /** Names in a directory, sorted. */
  list(path: string): readonly string[] {
    const entry = this.stat(path)
    if (entry === undefined) throw new FileFault('No such file or directory')
    if (entry.kind !== 'directory') throw new FileFault('Not a directory')
    if (!this.#may(entry, READ)) throw new FileFault('Permission denied')
    const { mount, inner } = this.#find(path)
    const names = childrenOf(mount, inner)
    const base = path === '/' ? '/' : `${path}/`
    for (const { path: at } of this.mounts)
      if (at.startsWith(base)) names.add(at.slice(base.length).split('/')[0] as string)
    return [...names].filter((name) => name !== '').sort()
  }

  read(path: string): string {
    const entry = this.stat(path)
    if (entry === undefined) throw new FileFault('No such file or directory')
    if (entry.kind === 'directory') throw new FileFault('Is a directory')
    if (!this.#may(entry, READ)) throw new FileFault('Permission denied')
    const text = textOf(entry)
    spend(text.length / CHARACTERS_OF_STEP)
    return text
  }

  /** Writes a file, appending if `append`; a new one gets `mode`. */
  write(path: string, text: string, append = false, mode = 0o644): void {
    const old = this.stat(path)
    if (old?.kind === 'directory') throw new FileFault('Is a directory')
    const parent = this.#parentOf(path)
    const { mount, inner } = this.#find(path)
    if (mount.readOnly) throw new FileFault('Read-only file system')
    if (!this.#may(old ?? parent, WRITE)) throw new FileFault('Permission denied')
    reserve(text.length)
    const next = append && old !== undefined ? textOf(old) + text : text
    const { uid: owner, gid } = this.#user
    const group = inheritsGroup(parent) ? parent.group : gid
    const entry: FileEntry = { kind: 'file', mode, owner, group, ...old, text: next, time: this.#now() }
    this.#put(mount, inner, entry, next.length)
  }

  /** Changes the mode or the owner, which only the owner and root may. */
  setAttributes(path: string, attributes: Partial<Pick<FileEntry, 'mode' | 'owner' | 'group'>>): void {
    const entry = this.stat(path)
    if (entry === undefined) throw new FileFault('No such file or directory')
    const { mount, inner } = this.#find(path)
    if (mount.readOnly) throw new FileFault('Read-only file system')
    const { uid } = this.#user
    if (uid !== 0 && (uid !== entry.owner || 'owner' in attributes))
      throw new FileFault('Operation not permitted')
    this.#put(mount, inner, { ...entry, ...attributes }, textOf(entry).length)
  }

  makeDirectory(path: string): void {
    if (this.stat(path) !== undefined) throw new FileFault('File exists')
    const parent = this.#parentOf(path)
    const { mount, inner } = this.#find(path)
    if (mount.readOnly) throw new FileFault('Read-only file system')
    if (!this.#may(parent, WRITE)) throw new FileFault('Permission denied')
    const { uid: owner, gid } = this.#user
    const [group, mode] = inheritsGroup(parent) ? [parent.group, 0o755 | SETGID] : [gid, 0o755]
    this.#put(mount, inner, { kind: 'directory', mode, owner, group, time: this.#now() }, 0)
  }

  /** Removes a file, or a directory with its contents. */
  remove(path: string): void {
    if (this.stat(path) === undefined) throw new FileFault('No such file or directory')
    const { mount, inner } = this.#find(path)
    if (mount.readOnly) throw new FileFault('Read-only file system')
    if (inner === '' || this.mounts.some(({ path: at }) => at.startsWith(`${path}/`)))
      throw new FileFault('Device or resource busy')
    if (!this.#may(this.#parentOf(path), WRITE)) throw new FileFault('Permission denied')
    const tree = writableOf(mount)
    const key = joined(mount.prefix, inner)
    spend(tree.size / ENTRIES_OF_STEP)
    for (const known of [...tree.keys()]) if (known === key || known.startsWith(`${key}/`)) tree.delete(known)
    if (mount.layers.some((layer) => layer !== tree && (layer.has(key) || hasBelow(layer, key)))) {
      tree.set(key, { kind: 'gone', mode: 0, owner: 0, group: 0, time: this.#now() })
    }
  }

  #put(mount: Mount, inner: string, entry: FileEntry, size: number): void {
    const tree = writableOf(mount)
    spend(tree.size / ENTRIES_OF_STEP)
    const key = joined(mount.prefix, inner)
    if (tree.size >= MOST_ENTRIES && !tree.has(key)) throw new FileFault('No space left on device')
    let used = size
    for (const { text } of tree.values()) if (typeof text === 'string') used += text.length
    const { largestFile = LARGEST_FILE, limit = LARGEST_LAYER } = mount
    if (
      size > largestFile ||
      used > (mount.largestFile === undefined ? Math.min(limit, LARGEST_LAYER) : limit)
    )
      throw new FileFault('No space left on device')
    tree.set(key, entry)
  }

  #parentOf(path: string): FileEntry {
    const parent = this.stat(absolutePath(path, '..'))
    if (parent === undefined) throw new FileFault('No such file or directory')
    if (parent.kind !== 'directory') throw new FileFault('Not a directory')
    return parent
  }

  /** Whether a path is a parent of a mount point, and so exists. */
  #impliedByMount(path: string): boolean {
    return this.mounts.some(({ path: at }) => at.startsWith(`${path}/`))
  }

  #find(path: string): { mount: Mount; inner: string } {
    const mount = this.mounts.find(({ path: at }) => path === at || at === '' || path.startsWith(`${at}/`))
    if (mount === undefined) throw new Error('assertion failed: a container without a root file system')
    return { mount, inner: path.slice(mount.path.length + 1) }
  }

  #may({ mode, owner, group }: FileEntry, bit: number): boolean {
    const { uid, gid, groups, overrides = uid === 0 } = this.#user
    if (overrides) return true
    if (uid === owner) return (mode & (bit << 6)) !== 0
    if (group === gid || groups.includes(group)) return (mode & (bit << 3)) !== 0
    return (mode & bit) !== 0
  }
}

const inheritsGroup = ({ mode }: FileEntry): boolean => (mode & SETGID) !== 0

/** Content of a file's entry. */
export function textOf({ text = '' }: FileEntry): string {
  return typeof text === 'function' ? text() : text
}

function entryIn(mount: Mount, inner: string): FileEntry | undefined {
  const key = joined(mount.prefix, inner)
  for (const layer of mount.layers) {
    const entry = layer.get(key)
    if (entry?.kind === 'gone' || hidden(layer, key)) return undefined
    if (entry !== undefined) return entry
    if (hasBelow(layer, key)) return directoryOf(mount)
  }
  return inner === '' ? directoryOf(mount) : undefined
}

/** Whether a parent directory was removed in this layer. */
function hidden(layer: Tree, key: string): boolean {
  for (let at = key.lastIndexOf('/'); at > 0; at = key.lastIndexOf('/', at - 1))
    if (layer.get(key.slice(0, at))?.kind === 'gone') return true
  return false
}

function childrenOf(mount: Mount, inner: string): Set<string> {
  const base = joined(mount.prefix, inner)
  const start = base === '' ? '' : `${base}/`
  const names = new Set<string>()
  const gone = new Set<string>()
  for (const layer of mount.layers) {
    spend(layer.size / ENTRIES_OF_STEP)
    for (const [key, { kind }] of layer) {
      if (key === '' || !key.startsWith(start)) continue
      const name = key.slice(start.length).split('/')[0] as string
      if (kind === 'gone' && key === start + name) gone.add(name)
      else if (!gone.has(name)) names.add(name)
    }
  }
  return names
}

function writableOf(mount: Mount): Tree {
  if (!mount.writable) throw new FileFault('Read-only file system')
  return mount.writable()
}

function hasBelow(tree: Tree, key: string): boolean {
  if (key === '') return tree.size > 0
  spend(tree.size / ENTRIES_OF_STEP)
  for (const known of tree.keys()) if (known.startsWith(`${key}/`)) return true
  return false
}

const directoryOf = ({ directory }: Mount): FileEntry => ({ kind: 'directory', time: 0, ...directory })

const joined = (prefix: string, inner: string): string =>
  prefix === '' ? inner : inner === '' ? prefix : `${prefix}/${inner}`
