import { FROM_KEY, upperBound } from '../mvcc/keys.js'
import type { Mvcc } from '../mvcc/mvcc.js'
import type { ResponseHeader } from '../requests.js'
import type { Version } from '../version.js'
import { eventOf, type Batch, type RangeObserver, type KeyWatchHub } from './watch-hub.js'
import type { WatchCreateRequest, KeyEvent, WatchResponse, WatchStream } from './watch-types.js'

/** Maximum number of revisions of history in one response. */
const HISTORY_BATCH = 1000
/** The watch id of responses that belong to no watcher. */
const NO_WATCH = -1

/** What a stream needs from its store. */
export interface WatchSource {
  readonly mvcc: Mvcc
  readonly hub: KeyWatchHub
  readonly now: () => number
  readonly header: (revision: number) => ResponseHeader
  readonly progressInterval: number
}

interface Watcher extends RangeObserver {
  readonly id: number
  readonly start: string
  readonly end: string
  readonly request: WatchCreateRequest
  firstRevision: number
  /**
   * Canceled by a compaction. The watcher keeps its id and blocks progress responses until the client cancels
   * it too.
   */
  compacted: boolean
  /** No events since the last progress notification. */
  quiet: boolean
}

/** Opens a stream that passes its responses to `sink`, except events while it is full. */
export function openWatchStream(
  source: WatchSource,
  sink: (response: WatchResponse) => void,
  isFull: () => boolean,
): WatchStream {
  return new HubWatchStream(source, sink, isFull)
}

class HubWatchStream implements WatchStream {
  readonly #source: WatchSource
  readonly #sink: (response: WatchResponse) => void
  readonly #isFull: () => boolean
  readonly #watchers = new Map<number, Watcher>()
  /** Watchers that have missed events, with the first revision they lack: upstream's unsynced group. */
  readonly #behind = new Map<Watcher, number>()
  #nextId = 0
  #progressDue: number

  constructor(source: WatchSource, sink: (response: WatchResponse) => void, isFull: () => boolean) {
    this.#source = source
    this.#sink = sink
    this.#isFull = isFull
    this.#progressDue = source.now() + source.progressInterval
  }

  create(request: WatchCreateRequest): number {
    return this.#source.hub.hold(() => this.#create(request))
  }

  cancel(watchId: number): void {
    const watcher = this.#watchers.get(watchId)
    if (watcher === undefined) return
    this.#watchers.delete(watchId)
    this.#behind.delete(watcher)
    this.#source.hub.forget(watcher.start, watcher.end, watcher)
    this.#send(this.#source.mvcc.revision, watchId, { canceled: true })
  }

  requestProgress(): void {
    this.#source.hub.afterPublished(() => {
      const watchers = [...this.#watchers.values()]
      if (watchers.length === 0 || this.#behind.size > 0) return
      if (watchers.some((watcher) => watcher.compacted)) return
      this.#send(this.#source.mvcc.revision, NO_WATCH, {})
    })
  }

  nextProgress(): number | undefined {
    const wanted = [...this.#watchers.values()].some((watcher) => watcher.request.progressNotify === true)
    return wanted ? this.#progressDue : undefined
  }

  notifyProgress(now: number): void {
    if (now < this.#progressDue) return
    this.#rollProgress(now)
    this.#source.hub.afterPublished(() => {
      for (const watcher of this.#watchers.values()) {
        if (watcher.request.progressNotify !== true || this.#behind.has(watcher)) continue
        if (watcher.quiet && !watcher.compacted) this.#send(this.#source.mvcc.revision, watcher.id, {})
        watcher.quiet = true
      }
    })
  }

  drained(): void {
    if (this.#behind.size === 0) return
    this.#source.hub.afterPublished(() => {
      for (const [watcher, from] of this.#behind) {
        if (this.#isFull()) return
        this.#behind.delete(watcher)
        this.#catchUp(watcher, from)
      }
    })
  }

  #catchUp(watcher: Watcher, from: number): void {
    const { mvcc, hub } = this.#source
    if (from >= mvcc.compacted) {
      watcher.firstRevision = mvcc.revision + 1
      this.#sendHistory(watcher, from, mvcc.revision)
      return
    }
    hub.forget(watcher.start, watcher.end, watcher)
    this.#cancelCompacted(watcher)
  }

  #cancelCompacted(watcher: Watcher): void {
    watcher.compacted = true
    this.#send(0, watcher.id, { canceled: true, compactRevision: this.#source.mvcc.compacted })
  }

  close(): void {
    this.#behind.clear()
    for (const watcher of this.#watchers.values())
      this.#source.hub.forget(watcher.start, watcher.end, watcher)
    this.#watchers.clear()
  }

  #create(request: WatchCreateRequest): number {
    const { mvcc, hub } = this.#source
    const { revision } = mvcc
    const start = request.key === '' ? '\0' : request.key
    const end = upperBound(start, request.rangeEnd, 'single')
    const refusal = this.#refusal(start, request)
    if (refusal !== undefined) {
      this.#send(revision, NO_WATCH, { created: true, canceled: true, cancelReason: refusal })
      return NO_WATCH
    }
    const { startRevision = 0 } = request
    const watcher = this.#add(request, start, end, Math.max(startRevision, revision + 1))
    this.#send(revision, watcher.id, { created: true })
    if (startRevision !== 0 && startRevision < mvcc.compacted) {
      this.#cancelCompacted(watcher)
      return watcher.id
    }
    hub.observe(start, end, watcher)
    if (startRevision <= 0 || startRevision > revision) return watcher.id
    if (this.#isFull()) this.#behind.set(watcher, startRevision)
    else this.#sendHistory(watcher, startRevision, revision)
    return watcher.id
  }

  #refusal(start: string, { rangeEnd = '', watchId = 0 }: WatchCreateRequest): string | undefined {
    if (rangeEnd !== '' && rangeEnd !== FROM_KEY && rangeEnd <= start) return 'mvcc: watcher range is empty'
    if (watchId !== 0 && this.#watchers.has(watchId))
      return 'mvcc: duplicate watch ID provided on the WatchStream'
    return undefined
  }

  #add(request: WatchCreateRequest, start: string, end: string, firstRevision: number): Watcher {
    let id = request.watchId ?? 0
    if (id === 0) {
      while (this.#watchers.has(this.#nextId)) this.#nextId++
      id = this.#nextId++
    }
    const watcher: Watcher = {
      id,
      start,
      end,
      request,
      firstRevision,
      compacted: false,
      quiet: true,
      notify: (batch) => this.#deliver(watcher, batch),
    }
    this.#watchers.set(id, watcher)
    this.#rollProgress(this.#source.now())
    return watcher
  }

  #deliver(watcher: Watcher, batch: Batch): void {
    if (batch.revision < watcher.firstRevision || this.#behind.has(watcher)) return
    if (this.#isFull()) {
      this.#behind.set(watcher, batch.revision)
      return
    }
    const { filters, prevKv } = watcher.request
    let events = batch.events(prevKv === true)
    if (filters !== undefined && filters.length > 0) events = unfiltered(events, filters)
    if (events.length === 0) return
    this.#sendEvents(watcher, batch.revision, events)
  }

  /** Sends everything in `[from, until]` at once, in etcd's batches; etcd pauses 100 ms between them. */
  #sendHistory(watcher: Watcher, from: number, until: number): void {
    const { mvcc } = this.#source
    const { filters = [], prevKv } = watcher.request
    const writes = mvcc
      .changes(watcher.start, watcher.end, from - 1)
      .filter(({ kv }) => kv.modRevision <= until)
    const batches = batchesOf(writes).map((batch) =>
      unfiltered(
        batch.map((write) => eventOf(write, prevKv === true ? mvcc.before(write) : undefined)),
        filters,
      ),
    )
    for (const events of batches) {
      if (events.length > 0) this.#sendEvents(watcher, until, events)
    }
  }

  #sendEvents(watcher: Watcher, revision: number, events: readonly KeyEvent[]): void {
    watcher.quiet = false
    this.#sink({
      header: this.#source.header(revision),
      watchId: watcher.id,
      created: false,
      canceled: false,
      compactRevision: 0,
      cancelReason: '',
      events,
    })
  }

  #send(revision: number, watchId: number, fields: Partial<WatchResponse>): void {
    this.#sink({
      header: this.#source.header(revision),
      watchId,
      created: false,
      canceled: false,
      compactRevision: 0,
      cancelReason: '',
      events: [],
      ...fields,
    })
  }

  #rollProgress(now: number): void {
    const { progressInterval } = this.#source
    if (now < this.#progressDue) return
    this.#progressDue += (Math.floor((now - this.#progressDue) / progressInterval) + 1) * progressInterval
  }
}

function unfiltered(
  events: readonly KeyEvent[],
  filters: NonNullable<WatchCreateRequest['filters']>,
): readonly KeyEvent[] {
  return events.filter(({ type }) => !filters.includes(type === 'PUT' ? 'NOPUT' : 'NODELETE'))
}

/** Splits writes into batches of at most a thousand revisions. */
function batchesOf(writes: readonly Version[]): Version[][] {
  const batches: Version[][] = []
  let revisions = HISTORY_BATCH
  let last: number | undefined
  for (const write of writes) {
    if (write.kv.modRevision !== last) {
      last = write.kv.modRevision
      if (revisions++ === HISTORY_BATCH) {
        batches.push([])
        revisions = 1
      }
    }
    batches[batches.length - 1]!.push(write)
  }
  return batches
}
