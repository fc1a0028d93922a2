import {
  BRANCH,
  BUCKET,
  BUCKET_HEADER,
  compareBytes,
  ELEMENT,
  fnv1a64,
  FREELIST,
  LEAF,
  MAGIC,
  META,
  META_SIZE,
  NO_FREELIST,
  PAGE_HEADER,
  VERSION,
} from './pages.js'
import type { BoltEntry } from './pages.js'
import { SnapshotError } from './snapshot-error.js'

/** The smallest page size at which bbolt looks for a second meta page. */
const SMALLEST_PAGE = 512
const LARGEST_PAGE = 65_536
/** Maximum depth of a tree: more than any real file has, so that a cycle is detected. */
const DEEPEST = 64

interface Meta {
  readonly pageSize: number
  readonly root: number
  readonly freelist: bigint
  readonly highWater: number
  readonly txid: bigint
}

/** A page, or a bucket inlined in a value: its bytes from the header to the end. */
interface Page {
  readonly name: string
  readonly flags: number
  readonly count: number
  readonly bytes: Uint8Array
  readonly view: DataView
}

/** A bbolt file whose pages have all been validated: each reachable once, in order, and within bounds. */
export interface BoltFile {
  readonly pageSize: number
  /** Size of the database in bytes: the TOTAL SIZE of `etcdutl snapshot status`. */
  readonly size: number
  /** Entries by bucket; buckets sorted by name. Keys and values are views into the file. */
  readonly buckets: ReadonlyMap<string, readonly BoltEntry[]>
}

/**
 * Reads a bbolt database: etcd's `snap/db`, or a snapshot without its hash.
 * @throws SnapshotError if it is not a database, or a page is damaged
 */
export function readBolt(bytes: Uint8Array): BoltFile {
  const meta = newestMeta(bytes)
  const reader = new BoltReader(bytes, meta)
  return { pageSize: meta.pageSize, size: meta.highWater * meta.pageSize, buckets: reader.buckets() }
}

function newestMeta(bytes: Uint8Array): Meta {
  const first = metaAt(bytes, 0)
  let second: Meta | undefined
  if (first === undefined) {
    for (let size = SMALLEST_PAGE; size <= LARGEST_PAGE && second === undefined; size *= 2)
      second = metaAt(bytes, size)
  } else second = metaAt(bytes, first.pageSize)
  const meta = first !== undefined && (second === undefined || first.txid > second.txid) ? first : second
  if (meta === undefined)
    throw new SnapshotError(
      'invalid database: this is no file of bbolt, as snapshots of etcd are: neither of its meta ' +
        'pages is valid',
    )
  const whole = meta.highWater * meta.pageSize
  if (whole > bytes.length) {
    throw new SnapshotError(
      `the file is truncated: it has ${bytes.length} bytes, its ${meta.highWater} pages of ` +
        `${meta.pageSize} take ${whole}`,
    )
  }
  return meta
}

/** Returns the meta page at an offset, if it is valid. */
function metaAt(bytes: Uint8Array, offset: number): Meta | undefined {
  const at = offset + PAGE_HEADER
  if (bytes.length < at + META_SIZE) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, META_SIZE)
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== VERSION) return undefined
  if (view.getBigUint64(META_SIZE - 8, true) !== fnv1a64(bytes.subarray(at, at + META_SIZE - 8)))
    return undefined
  const pageSize = view.getUint32(8, true)
  if (pageSize < SMALLEST_PAGE || pageSize > LARGEST_PAGE || (pageSize & (pageSize - 1)) !== 0)
    return undefined
  return {
    pageSize,
    root: Number(view.getBigUint64(16, true)),
    freelist: view.getBigUint64(32, true),
    highWater: Number(view.getBigUint64(40, true)),
    txid: view.getBigUint64(48, true),
  }
}

class BoltReader {
  readonly #bytes: Uint8Array
  readonly #meta: Meta
  /** Marks pages that are referenced. */
  readonly #reached: Uint8Array

  constructor(bytes: Uint8Array, meta: Meta) {
    this.#bytes = bytes
    this.#meta = meta
    this.#reached = new Uint8Array(meta.highWater)
  }

  buckets(): Map<string, readonly BoltEntry[]> {
    const buckets = new Map<string, readonly BoltEntry[]>()
    const text = new TextDecoder()
    for (const { key, value, isBucket } of this.#entries(this.#page(this.#meta.root))) {
      const name = text.decode(key)
      if (!isBucket)
        throw new SnapshotError(`the root has an entry ${JSON.stringify(name)} that is no bucket`)
      buckets.set(name, this.#bucket(name, value))
    }
    this.#checkFreelist()
    return buckets
  }

  #bucket(name: string, value: Uint8Array): readonly BoltEntry[] {
    if (value.length < BUCKET_HEADER)
      throw new SnapshotError(`bucket ${name} has a header of ${value.length} bytes`)
    const root = new DataView(value.buffer, value.byteOffset).getBigUint64(0, true)
    const page =
      root === 0n ? pageOf(`bucket ${name}`, value.subarray(BUCKET_HEADER)) : this.#page(Number(root))
    const entries: BoltEntry[] = []
    for (const { key, value: content, isBucket } of this.#entries(page)) {
      if (isBucket)
        throw new SnapshotError(`bucket ${name} has another bucket in it, as no database of etcd has`)
      entries.push({ key, value: content })
    }
    return entries
  }

  #page(id: number): Page {
    const { pageSize, highWater } = this.#meta
    if (!(id >= 2 && id < highWater))
      throw new SnapshotError(`page ${id} is referred to, and there are ${highWater}`)
    const offset = id * pageSize
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + offset, PAGE_HEADER)
    const own = view.getBigUint64(0, true)
    if (own !== BigInt(id)) throw new SnapshotError(`page ${id} says that it is page ${own}`)
    const pages = 1 + view.getUint32(12, true)
    if (id + pages > highWater)
      throw new SnapshotError(`page ${id} goes on for ${pages} pages, and there are ${highWater}`)
    for (let each = id; each < id + pages; each++) this.#reach(each)
    return pageOf(`page ${id}`, this.#bytes.subarray(offset, offset + pages * pageSize))
  }

  #reach(id: number): void {
    if (this.#reached[id] !== 0) throw new SnapshotError(`page ${id} is referred to more than once`)
    this.#reached[id] = 1
  }

  /** Yields all leaf elements under a page, in order. */
  *#entries(root: Page): Generator<LeafElement> {
    let last: Uint8Array | undefined
    for (const element of this.#under(root, 0)) {
      if (last !== undefined && compareBytes(last, element.key) >= 0)
        throw new SnapshotError(`the keys of ${root.name} are not in order`)
      last = element.key
      yield element
    }
  }

  *#under(page: Page, depth: number): Generator<LeafElement> {
    if (depth > DEEPEST) throw new SnapshotError(`the tree of ${page.name} is too deep`)
    if (page.flags === LEAF) {
      for (let at = 0; at < page.count; at++) yield leafElement(page, at)
      return
    }
    if (page.flags !== BRANCH)
      throw new SnapshotError(
        `${page.name} has the type 0x${page.flags.toString(16)}, and should be a branch or a leaf`,
      )
    for (let at = 0; at < page.count; at++) {
      const { key, child } = branchElement(page, at)
      let isFirst = true
      for (const element of this.#under(this.#page(child), depth + 1)) {
        if (isFirst && compareBytes(key, element.key) > 0)
          throw new SnapshotError(`page ${child} begins before the key that ${page.name} has for it`)
        isFirst = false
        yield element
      }
    }
  }

  /** Checks that no free page is in use. */
  #checkFreelist(): void {
    const { freelist } = this.#meta
    if (freelist === NO_FREELIST) return
    const page = this.#page(Number(freelist))
    if (page.flags !== FREELIST)
      throw new SnapshotError(
        `${page.name} has the type 0x${page.flags.toString(16)}, and should be the free list`,
      )
    const isLong = page.count === 0xffff
    const from = PAGE_HEADER + (isLong ? 8 : 0)
    const count = isLong ? Number(page.view.getBigUint64(PAGE_HEADER, true)) : page.count
    if (from + 8 * count > page.bytes.length)
      throw new SnapshotError(`${page.name} has ${count} free pages, more than it can hold`)
    for (let at = 0; at < count; at++) this.#free(Number(page.view.getBigUint64(from + 8 * at, true)))
  }

  #free(id: number): void {
    if (this.#reached[id] === 1) throw new SnapshotError(`page ${id} is in use and free`)
  }
}

function pageOf(name: string, bytes: Uint8Array): Page {
  if (bytes.length < PAGE_HEADER) throw new SnapshotError(`${name} has ${bytes.length} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const flags = view.getUint16(8, true)
  const count = view.getUint16(10, true)
  const page = { name, flags, count, bytes, view }
  if ((flags & (LEAF | BRANCH)) !== 0 && PAGE_HEADER + ELEMENT * count > bytes.length)
    throw new SnapshotError(`${name} has ${count} elements, more than it can hold`)
  if (flags === META) throw new SnapshotError(`${name} is a meta page, and should be a branch or a leaf`)
  return page
}

interface LeafElement extends BoltEntry {
  readonly isBucket: boolean
}

function leafElement(page: Page, at: number): LeafElement {
  const { view } = page
  const place = PAGE_HEADER + ELEMENT * at
  const from = place + view.getUint32(place + 4, true)
  const keyEnd = from + view.getUint32(place + 8, true)
  const end = keyEnd + view.getUint32(place + 12, true)
  return {
    isBucket: (view.getUint32(place, true) & BUCKET) !== 0,
    key: slice(page, at, from, keyEnd),
    value: slice(page, at, keyEnd, end),
  }
}

function branchElement(page: Page, at: number): { readonly key: Uint8Array; readonly child: number } {
  const { view } = page
  const place = PAGE_HEADER + ELEMENT * at
  const from = place + view.getUint32(place, true)
  return {
    key: slice(page, at, from, from + view.getUint32(place + 4, true)),
    child: Number(view.getBigUint64(place + 8, true)),
  }
}

function slice({ name, bytes }: Page, at: number, from: number, to: number): Uint8Array {
  if (to > bytes.length)
    throw new SnapshotError(`element ${at} of ${name} ends at byte ${to} of ${bytes.length}`)
  return bytes.subarray(from, to)
}
