/** The seats of a priority level that a request takes, and how long it keeps the last of them. */
export interface WorkEstimate {
  /** Seats while the request runs. */
  readonly initialSeats: number
  /** Seats after it, while its event goes to the watches; 0: none. */
  readonly finalSeats: number
  /** Milliseconds for which the final seats are taken. */
  readonly additionalLatency: number
}

/** What is known of a list, or of a watch that begins with one. */
export interface ListWork {
  /** Number of stored objects of the resource. */
  readonly count: number
  /** Average size of these objects in bytes; 0 if it is not known. */
  readonly averageBytes: number
  readonly limit?: number | undefined
  /** Whether the list has a label or field selector. */
  readonly isSelected: boolean
  /** Whether the list comes from the watch cache. */
  readonly isFromCache: boolean
  /** Whether the list is limited to one name. */
  readonly isSingle: boolean
}

/** Seats of one request. Source: apiserver pkg/util/flowcontrol/request/config.go. */
const MIN_SEATS = 1
const OBJECTS_PER_SEAT = 100
const BYTES_PER_SEAT = 100_000
/** Most bytes that a list takes at once if it is streamed from the cache. */
const STREAMED_BYTES = 1_000_000
/** Size of objects of unknown size: the most that etcd takes. */
const LARGEST_OBJECT = 1_500_000
const WATCHES_PER_SEAT = 10
const MOST_MUTATING_SEATS = 10
/** Milliseconds that one seat takes for the event of a write. */
const EVENT_LATENCY = 5

/** The estimate of requests that are neither lists nor writes. */
export const ONE_SEAT: WorkEstimate = { initialSeats: MIN_SEATS, finalSeats: 0, additionalLatency: 0 }

/**
 * Returns the seats of a list by the number of objects that it goes through, before bounds are applied.
 * Source: apiserver pkg/util/flowcontrol/request/list_work_estimator.go seatsBasedOnObjectCount.
 */
export function seatsByCount({ count, limit, isSelected, isFromCache, isSingle }: ListWork): number {
  const limited = limitedTo(count, limit)
  const processed = isSingle ? 1 : isFromCache ? count : isSelected ? count + limited : 2 * limited
  return Math.ceil(processed / OBJECTS_PER_SEAT)
}

/**
 * Returns the seats of a list by the bytes that it takes at once, before bounds are applied. Source: the same
 * file, seatsBasedOnObjectSize (SizeBasedListCostEstimate).
 */
export function seatsBySize(work: ListWork): number {
  const { count, limit, isSelected, isFromCache, isSingle } = work
  const averageBytes = work.averageBytes <= 0 && count !== 0 ? LARGEST_OBJECT : work.averageBytes
  const limited = limitedTo(count, limit)
  const half = isSelected && !isFromCache ? Math.floor(count / 2) : 0
  const bytes = (isSingle ? 1 : Math.max(limited, half)) * averageBytes
  return Math.ceil((isFromCache ? Math.min(bytes, STREAMED_BYTES) : bytes) / BYTES_PER_SEAT)
}

const limitedTo = (count: number, limit = 0): number => (limit > 0 ? Math.min(limit, count) : count)

/** The bounds of a list's seats. */
interface ListBounds {
  /** Most seats of the priority level; 0: no bound of its own. */
  readonly maxSeats: number
  /** Whether the size of the objects counts (v1.34 and later), not their number. */
  readonly isBySize: boolean
}

/** Estimates a list. Source: the same file, estimate. */
export function estimateList(work: ListWork, { maxSeats, isBySize }: ListBounds): WorkEstimate {
  const most = isBySize ? 100 : 10
  const seats = isBySize ? seatsBySize(work) : seatsByCount(work)
  const bound = maxSeats === 0 ? most : Math.min(maxSeats, most)
  return { ...ONE_SEAT, initialSeats: Math.min(Math.max(seats, MIN_SEATS), bound) }
}

/**
 * Estimates a write whose event goes to a number of watches. Seats above the bound become time. Source:
 * apiserver pkg/util/flowcontrol/request/mutating_work_estimator.go.
 */
export function estimateWrite(watches: number, maxSeats: number): WorkEstimate {
  if (watches < WATCHES_PER_SEAT) return ONE_SEAT
  const wanted = Math.ceil(watches / WATCHES_PER_SEAT)
  const bound = maxSeats === 0 ? MOST_MUTATING_SEATS : Math.min(maxSeats, MOST_MUTATING_SEATS)
  const finalSeats = Math.min(wanted, bound)
  return { initialSeats: MIN_SEATS, finalSeats, additionalLatency: (wanted * EVENT_LATENCY) / finalSeats }
}
