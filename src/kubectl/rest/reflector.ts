import type { KindDefinition, KubeObject } from '../../api/kind/definition.js'
import { ApiError, isApiError } from '../../client/api-error.js'
import type { ObjectKey, WatchEvent } from '../../client/client.js'
import type { CommandLine } from '../call/call.js'
import { logInfo } from '../call/klog.js'
import type { RestClient } from './rest-client.js'
import type { RestWatch } from './rest-watch.js'

const ACCEPT = 'application/json'
/**
 * Virtual ms without the bookmark that ends the initial events, after which a warning is logged. Source:
 * client-go tools/cache/reflector.go.
 */
const EXPIRED = 10_000
/** Virtual ms before a server that refuses is asked again. */
const BACKOFF = 1_000
const INITIAL_END = 'k8s.io/initial-events-end'

/**
 * Follows one object like client-go's reflector: with a watch that begins with the existing objects and marks
 * their end, or, on a server without that feature (422), with a list and a watch. It reports nothing before
 * the initial state is complete. Source: client-go tools/cache/reflector.go watchList, list;
 * tools/watch/informerwatcher.go.
 */
export class Reflector {
  readonly #call: CommandLine
  readonly #client: RestClient
  readonly #definition: KindDefinition
  readonly #selection: { readonly namespace?: string; readonly fieldSelector: string }
  readonly #found = new Map<string, KubeObject>()
  #watch: RestWatch | undefined
  #isSynced = false
  #listsFirst = false
  #hasEvents = false
  /** Time of the last event, or of the beginning. */
  #heard: number
  #again = 0

  constructor(
    call: CommandLine,
    client: RestClient,
    definition: KindDefinition,
    { name = '', namespace }: ObjectKey,
  ) {
    this.#call = call
    this.#client = client
    this.#definition = definition
    this.#selection = {
      fieldSelector: `metadata.name=${name}`,
      ...(namespace === undefined ? {} : { namespace }),
    }
    this.#heard = call.env.clock.now()
  }

  /** Whether the initial state is complete. */
  get isSynced(): boolean {
    return this.#isSynced
  }

  /** The latest known object. */
  get object(): KubeObject | undefined {
    return [...this.#found.values()][0]
  }

  /** Events since the last call; the initial state comes first, as ADDED. */
  next(): readonly WatchEvent<KubeObject>[] {
    const told: WatchEvent<KubeObject>[] = []
    try {
      if (this.#watch === undefined || this.#watch.ended) this.#open(told)
      for (const event of this.#watch?.next() ?? []) this.#take(event, told)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.#again = this.#call.env.clock.now() + BACKOFF
      this.#watch = undefined
    }
    if (!this.#isSynced) this.#warn()
    return told
  }

  stop(): void {
    this.#watch?.stop()
  }

  #open(told: WatchEvent<KubeObject>[]): void {
    if (this.#call.env.clock.now() < this.#again) return
    if (this.#isSynced || this.#listsFirst) return this.#openPlain(told)
    try {
      this.#watch = this.#client.watchAt(
        this.#definition,
        {
          ...this.#selection,
          sendInitialEvents: true,
          allowWatchBookmarks: true,
          resourceVersionMatch: 'NotOlderThan',
        },
        ACCEPT,
      )
    } catch (error) {
      if (!isApiError(error, 'Invalid')) throw error
      this.#listsFirst = true
      this.#openPlain(told)
    }
  }

  #openPlain(told: WatchEvent<KubeObject>[]): void {
    let resourceVersion = this.#watch?.resourceVersion ?? ''
    if (!this.#isSynced) {
      const list = this.#client.listAt(
        this.#definition,
        { ...this.#selection, resourceVersion: '0' },
        ACCEPT,
      ) as {
        readonly metadata?: { readonly resourceVersion?: string }
        readonly items?: readonly KubeObject[]
      }
      for (const object of list.items ?? []) this.#found.set(object.metadata.name ?? '', object)
      resourceVersion = list.metadata?.resourceVersion ?? ''
      this.#sync(told)
    }
    this.#watch = this.#client.watchAt(
      this.#definition,
      { ...this.#selection, allowWatchBookmarks: true, resourceVersion },
      ACCEPT,
    )
  }

  #take(event: WatchEvent<KubeObject>, told: WatchEvent<KubeObject>[]): void {
    const { type, object } = event
    this.#heard = this.#call.env.clock.now()
    this.#hasEvents = true
    if (type === 'BOOKMARK') {
      if (!this.#isSynced && object.metadata.annotations?.[INITIAL_END] === 'true') this.#sync(told)
      return
    }
    if (type === 'DELETED') this.#found.delete(object.metadata.name ?? '')
    else this.#found.set(object.metadata.name ?? '', object)
    if (this.#isSynced) told.push(event)
  }

  #sync(told: WatchEvent<KubeObject>[]): void {
    this.#isSynced = true
    for (const object of this.#found.values()) told.push({ type: 'ADDED', object })
  }

  #warn(): void {
    const silent = this.#call.env.clock.now() - this.#heard
    if (silent < EXPIRED) return
    const seconds = `${silent / 1000}s`
    const what = this.#hasEvents
      ? `hasn't received required bookmark event marking the end of initial events stream, received ` +
        `last event ${seconds} ago`
      : `awaiting required bookmark event for initial events stream, no events received for ${seconds}`
    logInfo(
      this.#call,
      'reflector.go:1159',
      `"Warning: event bookmark expired" err="k8s.io/client-go/tools/watch/informerwatcher.go:162: ${what}"`,
    )
    this.#heard = this.#call.env.clock.now()
  }
}
