/**
 * A file or directory. Plain data where it is stored; files whose content is made when it is read exist only
 * in trees that are not.
 */
export interface FileEntry {
  readonly kind: 'file' | 'directory' | 'gone'
  readonly text?: string | (() => string)
  readonly mode: number
  readonly owner: number
  readonly group: number
  /** Virtual ms. */
  readonly time: number
}

/**
 * Files by path from the tree's root, without a leading slash; '' is the root. Directories on the way need no
 * entry.
 */
export type Tree = Map<string, FileEntry>

/** A tree (or a part of it) at a place in a container's file system. */
export interface Mount {
  /** Absolute, without a slash at the end; '' for the root file system. */
  readonly path: string
  /** The upper ones hide the lower ones. */
  readonly layers: readonly Tree[]
  /** The layer that is written to, made when first needed. */
  readonly writable?: () => Tree
  readonly readOnly: boolean
  /** Part of the tree that is mounted ('' for all): subPath, or the path on the node. */
  readonly prefix: string
  /** Of directories that have no entry. */
  readonly directory: { readonly mode: number; readonly owner: number; readonly group: number }
  /** As `mount` and `df` print it. */
  readonly device: string
  readonly type: string
  /** Bytes that it may hold; as much as any when left out. */
  readonly limit?: number
}

/** Entry of a text file. */
export function fileOf(text: string | (() => string), mode = 0o644, time = 0): FileEntry {
  return { kind: 'file', text, mode, owner: 0, group: 0, time }
}

/** Puts together a path: `.` and `..` are resolved. */
export function absolutePath(cwd: string, path: string): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
