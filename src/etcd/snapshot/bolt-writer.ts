import {
  BRANCH,
  BUCKET,
  BUCKET_HEADER,
  ELEMENT,
  fnv1a64,
  LEAF,
  MAGIC,
  META,
  META_SIZE,
  NO_FREELIST,
  PAGE_HEADER,
  VERSION,
} from './pages.js'
import type { BoltEntry } from './pages.js'

const PAGE_SIZE = 4096
/** Larger buckets get pages of their own. Source: bbolt bucket.go maxInlineBucketSize. */
const MOST_INLINE = PAGE_SIZE / 4

/** A bucket to write. */
export interface BoltBucket {
  readonly name: string
  /** Sorted by key. */
  readonly entries: readonly BoltEntry[]
}

/** A page whose position is known and whose bytes have not been written yet. */
interface PlannedPage {
  readonly id: number
  readonly flags: number
  readonly elements: readonly PlannedElement[]
  readonly bytes: number
}

interface PlannedElement {
  readonly key: Uint8Array
  /** The value of a leaf element. */
  readonly value?: Uint8Array
  readonly isBucket?: boolean
  /** The child page of a branch element. */
  readonly child?: number
}

/**
 * Returns a bbolt database with these buckets, in full pages and without a free list, since etcd does not
 * write one. `buckets` are sorted by name; `transaction` is the last transaction's number.
 */
export function writeBolt(buckets: readonly BoltBucket[], transaction: number): Uint8Array {
  const plan = new PagePlan()
  const names = new TextEncoder()
  const top = buckets.map(({ name, entries }): PlannedElement => ({
    key: names.encode(name),
    value: bucketValue(plan, entries),
    isBucket: true,
  }))
  const root = plan.tree(top)
  const file = new Uint8Array(plan.highWater * PAGE_SIZE)
  for (const page of plan.pages) writePage(file.subarray(page.id * PAGE_SIZE), page)
  for (const [id, txid] of [
    [0, transaction],
    [1, transaction - 1],
  ] as const)
    writeMeta(file, { id, txid, root, highWater: plan.highWater })
  return file
}

/** Assigns elements to pages. */
class PagePlan {
  readonly pages: PlannedPage[] = []
  /** The next free page; 0 and 1 are the meta pages. */
  highWater = 2

  /** Lays out a tree with these leaf elements. Returns the page of its root. */
  tree(elements: readonly PlannedElement[]): number {
    let level = this.#level(LEAF, elements)
    while (level.length > 1)
      level = this.#level(
        BRANCH,
        level.map(({ id, elements: [first] }) => ({ key: (first as PlannedElement).key, child: id })),
      )
    return (level[0] as PlannedPage).id
  }

  #level(flags: number, elements: readonly PlannedElement[]): readonly PlannedPage[] {
    const level: PlannedPage[] = []
    let from = 0
    let bytes = PAGE_HEADER
    const close = (to: number): void => {
      level.push({ id: this.highWater, flags, elements: elements.slice(from, to), bytes })
      this.highWater += Math.ceil(bytes / PAGE_SIZE)
      from = to
      bytes = PAGE_HEADER
    }
    elements.forEach((element, at) => {
      const size = sizeOf(element)
      if (at > from && bytes + size > PAGE_SIZE) close(at)
      bytes += size
    })
    close(elements.length)
    this.pages.push(...level)
    return level
  }
}

function sizeOf({ key, value }: PlannedElement): number {
  return ELEMENT + key.length + (value?.length ?? 0)
}

/** Returns a bucket's value in the root: its root page, or a small bucket inlined. */
function bucketValue(plan: PagePlan, entries: readonly BoltEntry[]): Uint8Array {
  const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), PAGE_HEADER)
  const isInline = bytes <= MOST_INLINE
  const value = new Uint8Array(BUCKET_HEADER + (isInline ? bytes : 0))
  if (isInline) writePage(value.subarray(BUCKET_HEADER), { id: 0, flags: LEAF, elements: entries, bytes })
  else new DataView(value.buffer).setBigUint64(0, BigInt(plan.tree(entries)), true)
  return value
}

function writePage(into: Uint8Array, { id, flags, elements, bytes }: PlannedPage): void {
  const view = new DataView(into.buffer, into.byteOffset)
  view.setBigUint64(0, BigInt(id), true)
  view.setUint16(8, flags, true)
  view.setUint16(10, elements.length, true)
  view.setUint32(12, Math.max(Math.ceil(bytes / PAGE_SIZE) - 1, 0), true)
  let data = PAGE_HEADER + ELEMENT * elements.length
  elements.forEach(({ key, value, isBucket = false, child }, at) => {
    const place = PAGE_HEADER + ELEMENT * at
    if (child === undefined) {
      view.setUint32(place, isBucket ? BUCKET : 0, true)
      view.setUint32(place + 4, data - place, true)
      view.setUint32(place + 8, key.length, true)
      view.setUint32(place + 12, value?.length ?? 0, true)
    } else {
      view.setUint32(place, data - place, true)
      view.setUint32(place + 4, key.length, true)
      view.setBigUint64(place + 8, BigInt(child), true)
    }
    into.set(key, data)
    data += key.length
    if (value === undefined) return
    into.set(value, data)
    data += value.length
  })
}

interface Meta {
  readonly id: number
  readonly txid: number
  readonly root: number
  readonly highWater: number
}

function writeMeta(file: Uint8Array, { id, txid, root, highWater }: Meta): void {
  const page = file.subarray(id * PAGE_SIZE)
  const view = new DataView(page.buffer, page.byteOffset)
  view.setBigUint64(0, BigInt(id), true)
  view.setUint16(8, META, true)
  const at = PAGE_HEADER
  view.setUint32(at, MAGIC, true)
  view.setUint32(at + 4, VERSION, true)
  view.setUint32(at + 8, PAGE_SIZE, true)
  view.setBigUint64(at + 16, BigInt(root), true)
  view.setBigUint64(at + 32, NO_FREELIST, true)
  view.setBigUint64(at + 40, BigInt(highWater), true)
  view.setBigUint64(at + 48, BigInt(txid), true)
  view.setBigUint64(at + META_SIZE - 8, fnv1a64(page.subarray(at, at + META_SIZE - 8)), true)
}
