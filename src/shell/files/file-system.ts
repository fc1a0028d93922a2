import { reserve, spend } from '../../lang/bounds/budget.js'
import type { Content } from '../../lang/bytes/content.js'
import { heldSizeOf, joinContent, roughSizeOf, sizeOf, textOfContent } from '../../lang/bytes/content.js'
import type { FileEntry, Mount, FileTree } from './tree.js'
import { DISK, absolutePath } from './tree.js'

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

/**
 * Most bytes that a layer holds in this process' memory, besides runs of zeros. The limits of a volume and of
 * a node's disk are those of its mount, and of the kubelet's eviction manager.
 */
const MOST_HELD = 1024 * 1024 * 1024
/** Size from which on a file counts as large. */
const LARGE = 1024 * 1024
/** Most files and folders of a layer: its inodes. */
const MOST_ENTRIES = 10_000
/** Entries that are looked at in one step. */
const ENTRIES_OF_STEP = 32
/** Characters of a text that are read in one step; bytes are shared, not read. */
const CHARACTERS_OF_STEP = 16

/** Links that a path may follow. */
const MOST_LINKS = 40

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

  /** The entry at an absolute path, at the end of its links; undefined if there is none. */
  stat(path: string): FileEntry | undefined {
    return this.#entryAt(this.#resolve(path, true))
  }

  /** Where the link at a path leads; undefined if there is none. */
  linkAt(path: string): string | undefined {
    const entry = this.#entryAt(this.#resolve(path, false))
    return entry?.kind === 'link' ? textOfContent(contentOfEntry(entry)) : undefined
  }

  /** The path without links. @throws FileFault if they lead in a circle */
  real(path: string): string {
    return this.#resolve(path, true)
  }

  #entryAt(path: string): FileEntry | undefined {
    const { mount, inner } = this.#find(path)
    return entryIn(mount, inner) ?? (this.#impliedByMount(path) ? directoryOf(mount) : undefined)
  }

  /** Follows the links in a path, and with `last` one at its end. Nearly no file system has any. */
  #resolve(path: string, last: boolean): string {
    if (!this.mounts.some(({ layers }) => layers.some((layer) => linksIn(layer).size > 0))) return path
    let parts = path.split('/').slice(1)
    let resolved = ''
    for (let followed = 0; parts.length > 0;) {
      const [part = '', ...rest] = parts
      const next = `${resolved}/${part}`
      const entry = rest.length > 0 || last ? this.#entryAt(next) : undefined
      parts = rest
      if (entry?.kind !== 'link') resolved = next
      else if (++followed > MOST_LINKS) throw new FileFault('Symbolic link loop')
      else {
        const target = absolutePath(resolved === '' ? '/' : resolved, textOfContent(contentOfEntry(entry)))
        parts = [...target.split('/').slice(1), ...rest]
        resolved = ''
      }
    }
    return resolved === '' ? '/' : resolved
  }

  /** Makes a symbolic link; its target need not exist. */
  link(target: string, at: string): void {
    const path = this.#resolve(at, false)
    if (this.#entryAt(path) !== undefined) throw new FileFault('File exists')
    const parent = this.#parentOf(path)
    const { mount, inner } = this.#find(path)
    if (mount.readOnly) throw new FileFault('Read-only file system')
    if (!this.#may(parent, WRITE)) throw new FileFault('Permission denied')
    const { uid: owner, gid: group } = this.#user
    const entry: FileEntry = { kind: 'link', mode: 0o777, owner, group, content: target, time: this.#now() }
    this.#put(mount, inner, entry, target)
  }

  /** The mount that holds a path. */
  mountOf(path: string): Mount {
    return this.#find(this.#resolve(path, true)).mount
  }

  isDirectory(path: string): boolean {
    return this.stat(path)?.kind === 'directory'
  }

  /** Names in a directory, sorted. */
  list(at: string): readonly string[] {
    const path = this.#resolve(at, true)
    const entry = this.#entryAt(path)
    if (entry === undefined) throw new FileFault('No such file or directory')
    if (entry.kind !== 'directory') throw new FileFault('Not a directory')
    if (!this.#may(entry, READ)) throw new FileFault('Permission denied')
    const { mount, inner } = this.#find(path)
    const names = childrenOf(mount, inner)
    const base = path === '/' ? '/' : `${path}/`
    for (const { path: other } of this.mounts)
      if (other.startsWith(base)) names.add(other.slice(base.length).split('/')[0] as string)
    return [...names].filter((name) => name !== '').sort()
  }

  /** The text of a file, in which bytes that are no text are escaped. */
  read(path: string): string {
    const content = this.content(path)
    spend(roughSizeOf(content) / CHARACTERS_OF_STEP)
    if (typeof content === 'string') return content
    reserve(content.size)
    return textOfContent(content)
  }

  /** What a file holds. */
  content(path: string): Content {
    const entry = this.stat(path)
    if (entry === undefined) throw new FileFault('No such file or directory')
    if (entry.kind === 'directory') throw new FileFault('Is a directory')
    if (!this.#may(entry, READ)) throw new FileFault('Permission denied')
    return contentOfEntry(entry)
  }

  /** The size of a file in bytes. */
  size(path: string): number {
    const entry = this.stat(path)
    return entry === undefined ? 0 : sizeOf(contentOfEntry(entry))
  }

  /** Writes a file, appending if `append`; a new one gets `mode`. */
  write(at: string, content: Content, append = false, mode = 0o644): void {
    const path = this.#resolve(at, true)
    const old = this.#entryAt(path)
    if (old?.kind === 'directory') throw new FileFault('Is a directory')
    const parent = this.#parentOf(path)
    const { mount, inner } = this.#find(path)
    if (mount.readOnly) throw new FileFault('Read-only file system')
    if (!this.#may(old ?? parent, WRITE)) throw new FileFault('Permission denied')
    if (typeof content === 'string') reserve(content.length)
    const next = append && old !== undefined ? joinContent(contentOfEntry(old), content) : content
    const { uid: owner, gid } = this.#user
    const group = inheritsGroup(parent) ? parent.group : gid
    const entry: FileEntry = { kind: 'file', mode, owner, group, ...old, content: next, time: this.#now() }
    this.#put(mount, inner, entry, next)
  }

  /** Changes the mode or the owner, which only the owner and root may. */
  setAttributes(at: string, attributes: Partial<Pick<FileEntry, 'mode' | 'owner' | 'group'>>): void {
    const path = this.#resolve(at, true)
    const entry = this.#entryAt(path)
    if (entry === undefined) throw new FileFault('No such file or directory')
    const { mount, inner } = this.#find(path)
    if (mount.readOnly) throw new FileFault('Read-only file system')
    const { uid } = this.#user
    if (uid !== 0 && (uid !== entry.owner || 'owner' in attributes))
      throw new FileFault('Operation not permitted')
    this.#put(mount, inner, { ...entry, ...attributes }, contentOfEntry(entry))
  }

  makeDirectory(at: string): void {
    const path = this.#resolve(at, false)
    if (this.#entryAt(path) !== undefined) throw new FileFault('File exists')
    const parent = this.#parentOf(path)
    const { mount, inner } = this.#find(path)
    if (mount.readOnly) throw new FileFault('Read-only file system')
    if (!this.#may(parent, WRITE)) throw new FileFault('Permission denied')
    const { uid: owner, gid } = this.#user
    const [group, mode] = inheritsGroup(parent) ? [parent.group, 0o755 | SETGID] : [gid, 0o755]
    this.#put(mount, inner, { kind: 'directory', mode, owner, group, time: this.#now() }, '')
  }

  /** Removes a file, a link, or a directory with its contents. */
  remove(at: string): void {
    const path = this.#resolve(at, false)
    if (this.#entryAt(path) === undefined) throw new FileFault('No such file or directory')
    const { mount, inner } = this.#find(path)
    if (mount.readOnly) throw new FileFault('Read-only file system')
    if (inner === '' || this.mounts.some(({ path: other }) => other.startsWith(`${path}/`)))
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

  #put(mount: Mount, inner: string, entry: FileEntry, content: Content): void {
    const tree = writableOf(mount)
    spend(tree.size / ENTRIES_OF_STEP)
    const key = joined(mount.prefix, inner)
    if (tree.size >= MOST_ENTRIES && !tree.has(key)) throw new FileFault('No space left on device')
    const size = roughSizeOf(content)
    let [used, held] = [size, heldSizeOf(content)]
    for (const [path, { content: other }] of tree) {
      if (path === key || other === undefined || typeof other === 'function') continue
      // a device has its own size, whatever else is on its disk
      if (entry.special !== 'block') used += roughSizeOf(other)
      held += heldSizeOf(other)
    }
    if (used > (mount.limit ?? DISK) || held > MOST_HELD) throw new FileFault('No space left on device')
    tree.set(key, entry)
    if (entry.kind === 'link') linksIn(tree).add(key)
    if (size >= LARGE) mount.grown?.()
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

/** The keys of the links of a tree, which a tree had when it was first looked at or has got since. */
const links = new WeakMap<FileTree, Set<string>>()

function linksIn(tree: FileTree): Set<string> {
  let known = links.get(tree)
  if (known === undefined) {
    known = new Set()
    for (const [key, { kind }] of tree) if (kind === 'link') known.add(key)
    links.set(tree, known)
  }
  return known
}

/** Returns what a file's entry holds. */
export function contentOfEntry({ content = '' }: FileEntry): Content {
  return typeof content === 'function' ? content() : content
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
function hidden(layer: FileTree, key: string): boolean {
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

function writableOf(mount: Mount): FileTree {
  if (!mount.writable) throw new FileFault('Read-only file system')
  return mount.writable()
}

function hasBelow(tree: FileTree, key: string): boolean {
  if (key === '') return tree.size > 0
  spend(tree.size / ENTRIES_OF_STEP)
  for (const known of tree.keys()) if (known.startsWith(`${key}/`)) return true
  return false
}

const directoryOf = ({ directory }: Mount): FileEntry => ({ kind: 'directory', time: 0, ...directory })

const joined = (prefix: string, inner: string): string =>
  prefix === '' ? inner : inner === '' ? prefix : `${prefix}/${inner}`
