import type { Content } from '../../lang/bytes/content.js'

/**
 * A file or directory. Plain data where it is stored; files whose content is made on reading exist only in
 * trees that are not stored.
 */
export interface FileEntry {
  readonly kind: 'file' | 'directory' | 'link' | 'gone'
  /** For a file that stands for a device. */
  readonly special?: 'block' | 'character'
  /** What a file holds, or where a link leads. Default: nothing. */
  readonly content?: Content | (() => Content)
  readonly mode: number
  readonly owner: number
  readonly group: number
  /** Virtual ms. */
  readonly time: number
}

/** Bytes of a disk. */
export const DISK: number = 102_400_000 * 1024

/**
 * Files by path from the tree's root, without a leading slash; '' is the root. Parent directories need no
 * entry.
 */
export type FileTree = Map<string, FileEntry>

/** A tree (or a part of it) mounted in a container's file system. */
export interface Mount {
  /** Absolute, without a trailing slash; '' for the root file system. */
  readonly path: string
  /** Upper layers hide lower ones. */
  readonly layers: readonly FileTree[]
  /** The writable layer, made when it is first needed. */
  readonly writable?: () => FileTree
  readonly readOnly: boolean
  /** The mounted part of the tree ('' for all): subPath, or the path on the node. */
  readonly prefix: string
  /** Attributes of directories without an entry. */
  readonly directory: { readonly mode: number; readonly owner: number; readonly group: number }
  /** As `mount` and `df` print it. */
  readonly device: string
  readonly type: string
  /** Capacity in bytes. Default: {@link DISK}. */
  readonly limit?: number
  /** Called when a large file was written. */
  readonly grown?: () => void
}

/** Makes the entry of a file. */
export function fileOf(content: Content | (() => Content), mode = 0o644, time = 0): FileEntry {
  return { kind: 'file', content, mode, owner: 0, group: 0, time }
}

/** Joins a path and resolves `.` and `..`. */
export function absolutePath(cwd: string, path: string): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
