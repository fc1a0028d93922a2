import { EtcdError } from '../errors.js'
import { upperBound } from './keys.js'
import type { Mvcc } from './mvcc.js'
import { pdqsort } from '../../lang/go/sort.js'
import type { RangeRequest, SortTarget } from '../requests.js'
import { compareValues, EMPTY_VALUE } from './value.js'
import type { KeyValue } from '../version.js'

/** A RangeResponse without its header. */
export interface RangeResult {
  readonly kvs: readonly KeyValue[]
  readonly more: boolean
  readonly count: number
}

/**
 * The meaning of an empty `rangeEnd`: everything from the key on (etcd's read-only path), or the single key.
 */
export type EmptyRangeEnd = 'from-key' | 'single'

/** Rejects an unknown sort target, which crashes etcd 3.5, before anything is done. */
export function checkSort({ sortTarget = 'KEY', sortOrder = 'NONE' }: RangeRequest): void {
  const sorts =
    sortOrder === 'ASCEND' || sortOrder === 'DESCEND' || (sortOrder === 'NONE' && sortTarget !== 'KEY')
  if (sorts && !(sortTarget in ORDERS)) throw new EtcdError('invalidSort')
}

/** Executes a range request whose revision has been checked. */
export function rangeResult(mvcc: Mvcc, request: RangeRequest, empty: EmptyRangeEnd): RangeResult {
  const { key, limit = 0, sortOrder = 'NONE' } = request
  const revision =
    request.revision !== undefined && request.revision > 0 ? request.revision : mvcc.visibleRevision
  const end = upperBound(key, request.rangeEnd, empty)
  if (request.rangeEnd === undefined) return finish(singleRow(mvcc, key, revision), request)
  if (request.countOnly === true) return { kvs: [], more: false, count: countAt(mvcc, key, end, revision) }
  const fetchAll = limit <= 0 || sortOrder !== 'NONE' || filtersOf(request).length > 0
  return finish(fetch(mvcc, key, end, revision, fetchAll ? Infinity : limit + 1), request)
}

interface Fetched {
  readonly kvs: KeyValue[]
  readonly count: number
}

function singleRow(mvcc: Mvcc, key: string, revision: number): Fetched {
  const kv = revision >= mvcc.visibleRevision ? mvcc.get(key) : mvcc.getAt(key, revision)
  return kv === undefined ? { kvs: [], count: 0 } : { kvs: [kv], count: 1 }
}

function fetch(mvcc: Mvcc, key: string, end: string, revision: number, most: number): Fetched {
  const kvs: KeyValue[] = []
  if (revision >= mvcc.visibleRevision) {
    mvcc.visit(key, end, (kv) => kvs.push(kv) < most)
    return { kvs, count: kvs.length < most ? kvs.length : mvcc.count(key, end) }
  }
  let count = 0
  mvcc.visitAt(key, end, revision, (kv) => {
    if (count++ < most) kvs.push(kv)
  })
  return { kvs, count }
}

/**
 * Counts the live keys in a range at a revision: O(log n) for the current one, else one step for each key.
 */
export function countAt(mvcc: Mvcc, start: string, end: string, revision: number): number {
  if (revision >= mvcc.visibleRevision) return mvcc.count(start, end)
  let count = 0
  mvcc.visitAt(start, end, revision, () => void count++)
  return count
}

/**
 * Returns the live keys of `[key, rangeEnd)`, frozen, ascending; a limit that is not positive means
 * unlimited.
 */
export function listKeyValues(
  mvcc: Mvcc,
  key: string,
  end: string,
  revision: number,
  limit: number,
): KeyValue[] {
  return fetch(mvcc, key, end, revision, limit > 0 ? limit : Infinity).kvs
}

function finish({ kvs, count }: Fetched, request: RangeRequest): RangeResult {
  if (request.countOnly === true) return { kvs: [], more: false, count }
  const { limit = 0, sortOrder = 'NONE', sortTarget = 'KEY' } = request
  let rows = kvs
  for (const passes of filtersOf(request)) rows = rows.filter(passes)
  rows = sortRows(rows, sortOrder === 'NONE' && sortTarget !== 'KEY' ? 'ASCEND' : sortOrder, sortTarget)
  const more = limit > 0 && rows.length > limit
  if (more) rows = rows.slice(0, limit)
  if (request.keysOnly === true) rows = rows.map((kv) => Object.freeze({ ...kv, value: EMPTY_VALUE }))
  return { kvs: rows, more, count }
}

function filtersOf(request: RangeRequest): ((kv: KeyValue) => boolean)[] {
  const filters: ((kv: KeyValue) => boolean)[] = []
  const { maxModRevision = 0, minModRevision = 0, maxCreateRevision = 0, minCreateRevision = 0 } = request
  if (maxModRevision !== 0) filters.push((kv) => kv.modRevision <= maxModRevision)
  if (minModRevision !== 0) filters.push((kv) => kv.modRevision >= minModRevision)
  if (maxCreateRevision !== 0) filters.push((kv) => kv.createRevision <= maxCreateRevision)
  if (minCreateRevision !== 0) filters.push((kv) => kv.createRevision >= minCreateRevision)
  return filters
}

type Less = (a: KeyValue, b: KeyValue) => boolean

const ORDERS: Readonly<Record<Exclude<SortTarget, number>, Less>> = {
  KEY: (a, b) => a.key < b.key,
  VERSION: (a, b) => a.version < b.version,
  CREATE: (a, b) => a.createRevision < b.createRevision,
  MOD: (a, b) => a.modRevision < b.modRevision,
  VALUE: (a, b) => compareValues(a.value, b.value) < 0,
}

function sortRows(rows: KeyValue[], order: RangeRequest['sortOrder'], target: SortTarget): KeyValue[] {
  if (order !== 'ASCEND' && order !== 'DESCEND') return rows
  if (target === 'KEY') return order === 'ASCEND' ? rows : rows.toReversed()
  const less = ORDERS[target as Exclude<SortTarget, number>]
  const sorted = rows.slice()
  pdqsort(sorted, order === 'ASCEND' ? less : (a, b) => less(b, a))
  return sorted
}
