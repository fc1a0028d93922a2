import type {
  WatchCreateRequest,
  KeyEvent,
  WatchResponse,
  WatchStream,
} from '../../etcd/watch/watch-types.js'
import type { EtcdAccessControl } from './auth.js'
import { encode } from './grpc/codec.js'
import { MOST_RECEIVED } from './grpc/frames.js'
import { EtcdError } from '../../etcd/errors.js'
import type { Method, StreamCall, StreamHandler, StreamMethod } from './grpc/methods.js'
import type { EtcdMember } from './member.js'

interface WatchRequest {
  readonly createRequest?: WatchCreateRequest & { readonly fragment: boolean }
  readonly cancelRequest?: { readonly watchId: number }
  readonly progressRequest?: object
}

/** Go's names of gRPC codes. */
const CODE_NAMES: Readonly<Record<number, string>> = {
  3: 'InvalidArgument',
  7: 'PermissionDenied',
  16: 'Unauthenticated',
}

/** The Watch service with its open streams. Source: server/etcdserver/api/v3rpc/watch.go. */
export class WatchService {
  readonly #member: EtcdMember
  readonly #access: EtcdAccessControl
  readonly #streams = new Set<OpenWatch>()

  constructor(member: EtcdMember, access: EtcdAccessControl) {
    this.#member = member
    this.#access = access
  }

  methods(): ReadonlyMap<string, Method> {
    const watch: StreamMethod = {
      request: 'WatchRequest',
      response: 'WatchResponse',
      open: (call) => this.#open(call),
    }
    return new Map([['Watch', watch]])
  }

  /** Sends the progress notifications that are due at `now`. */
  tick(now: number): void {
    for (const stream of this.#streams) stream.tick(now)
  }

  #open(call: StreamCall): StreamHandler {
    const done = this.#member.wait()
    const stream = new OpenWatch(this.#member, this.#access, call, () => {
      this.#streams.delete(stream)
      done()
    })
    this.#streams.add(stream)
    return stream
  }
}

class OpenWatch implements StreamHandler {
  readonly #member: EtcdMember
  readonly #access: EtcdAccessControl
  readonly #call: StreamCall
  readonly #watchers: WatchStream
  readonly #onClosed: () => void
  /** Ids of watchers created with `fragment`. */
  readonly #fragmented = new Set<number>()
  #isFragmenting = false

  constructor(member: EtcdMember, access: EtcdAccessControl, call: StreamCall, onClosed: () => void) {
    this.#member = member
    this.#access = access
    this.#call = call
    this.#onClosed = onClosed
    this.#watchers = member.store.watchStream(
      (response) => this.#send(response),
      () => call.isFull,
    )
  }

  message({ createRequest, cancelRequest, progressRequest }: WatchRequest): void {
    this.#member.catchUp()
    if (createRequest !== undefined) this.#create(createRequest)
    else if (cancelRequest !== undefined) {
      this.#watchers.cancel(cancelRequest.watchId)
      this.#fragmented.delete(cancelRequest.watchId)
    } else if (progressRequest !== undefined) this.#watchers.requestProgress()
  }

  tick(now: number): void {
    const due = this.#watchers.nextProgress()
    if (due !== undefined && due <= now) this.#watchers.notifyProgress(now)
  }

  drained(): void {
    this.#watchers.drained()
  }

  closed(): void {
    this.#watchers.close()
    this.#onClosed()
  }

  #create({ fragment, ...request }: WatchCreateRequest & { readonly fragment: boolean }): void {
    const refusal = this.#refusal(request)
    if (refusal !== undefined) {
      this.#call.send({
        header: this.#member.store.header,
        watchId: -1,
        created: true,
        canceled: true,
        compactRevision: 0,
        cancelReason: refusal,
        events: [],
      })
      return
    }
    // create() sends the history before it returns the id
    this.#isFragmenting = fragment
    const id = this.#watchers.create(request)
    this.#isFragmenting = false
    if (fragment && id !== -1) this.#fragmented.add(id)
  }

  #refusal({ key, rangeEnd = '' }: WatchCreateRequest): string | undefined {
    try {
      this.#access.demand(this.#call, [{ needs: 'READ', key: key === '' ? '\0' : key, rangeEnd }])
      return undefined
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error
      return `rpc error: code = ${CODE_NAMES[error.code] ?? 'Unknown'} desc = ${error.message}`
    }
  }

  #send(response: WatchResponse): void {
    if (response.events.length > 1 && (this.#isFragmenting || this.#fragmented.has(response.watchId)))
      this.#sendFragments(response)
    else this.#call.send(response)
  }

  /**
   * Splits a response between events, so that no fragment reaches the size that clients accept. Source:
   * watch.go sendFragments.
   */
  #sendFragments(response: WatchResponse): void {
    const { events, ...rest } = response
    const whole = encode('WatchResponse', rest).length
    const sizes = events.map((event) => encode('WatchResponse', { events: [event] }).length)
    if (whole + sizes.reduce((sum, size) => sum + size, 0) < MOST_RECEIVED) return this.#call.send(response)
    const base = encode('WatchResponse', { ...rest, fragment: true }).length
    let piece: KeyEvent[] = []
    let size = base
    events.forEach((event, at) => {
      if (piece.length > 0 && size + (sizes[at] as number) >= MOST_RECEIVED) {
        this.#call.send({ ...rest, events: piece, fragment: true })
        piece = []
        size = base
      }
      piece.push(event)
      size += sizes[at] as number
    })
    this.#call.send({ ...rest, events: piece })
  }
}
