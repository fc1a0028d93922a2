import type { Event } from '../../api/core/generated.js'
import { formatTime } from '../../api/time.js'
import type { Clock } from '../../sim/clock.js'
import { HASH_SEED, hashText } from '../../sim/hash.js'
import type { Slice } from '../../sim/module.js'
import { ApiError, ConnectionError, ignoreNotFound } from './api-error.js'
import type { Client } from './client.js'
import type { EventSource } from './component.js'
import type { EventRecorder, EventTarget } from './event-recorder.js'

/** Events of one source about one object that may come at once; after that one every five minutes (client-go's spam filter). */
const BURST = 25
const REFILL_MS = 300_000

/** What a recorder remembers: by object, how many events it may still write, and since when. Plain data. */
export type RecorderState = Map<string, { tokens: number; at: number }>

/** What a recorder needs of its surroundings. */
export interface RecorderPorts {
  readonly client: Client
  readonly clock: Clock
  readonly source: EventSource
  /** A slice of the component's own: `host.state<RecorderState>('events', () => new Map())`. */
  readonly state: Slice<RecorderState>
}

/**
 * The {@link EventRecorder} of components. The name of an Event says what it is about (`<object>.<16 hex digits of what makes it
 * equal>`), so the one to count up is found by a look-up and nothing needs to be remembered but the spam filter's tokens. Real
 * names end in the time of the first occurrence. Similar events are not combined into one ("combined from similar events").
 */
export class CorrelatingRecorder implements EventRecorder {
  readonly #ports: RecorderPorts

  constructor(ports: RecorderPorts) {
    this.#ports = ports
  }

  event(target: EventTarget, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { client, clock } = this.#ports
    const { object, kind } = target
    const { name = '', namespace = 'default' } = object.metadata
    if (!this.#take(`${kind} ${namespace}/${name}`, clock.now())) return
    try {
      const key = { namespace, name: this.#nameOf(target, type, reason, message) }
      const known = ignoreNotFound(() => client.get('events', key))
      const now = formatTime(clock.now())
      if (known === undefined) client.create('events', this.#newEvent(target, { ...key, type, reason, message, now }))
      else client.patch('events', key, { type: 'merge', body: { count: (known.count ?? 1) + 1, lastTimestamp: now } })
    } catch (error) {
      // events are best effort: a namespace that is going away, a denied or unreachable server
      if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error
    }
  }

  /** client-go's EventSourceObjectSpamFilter: a token bucket for each object. */
  #take(key: string, now: number): boolean {
    const buckets = this.#ports.state.value
    const bucket = buckets.get(key)
    const tokens = bucket === undefined ? BURST : Math.min(BURST, bucket.tokens + (now - bucket.at) / REFILL_MS)
    const isAllowed = tokens >= 1
    buckets.set(key, { tokens: isAllowed ? tokens - 1 : tokens, at: now })
    return isAllowed
  }

  #nameOf({ object, kind, fieldPath = '' }: EventTarget, type: string, reason: string, message: string): string {
    const { component, host = '' } = this.#ports.source
    const identity = [component, host, kind, object.metadata.uid ?? '', fieldPath, type, reason, message].join('\n')
    const digits = (seed: number): string => (hashText(seed, identity) >>> 0).toString(16).padStart(8, '0')
    return `${object.metadata.name ?? ''}.${digits(HASH_SEED)}${digits(HASH_SEED ^ 0x5bd1e995)}`
  }

  #newEvent(
    { object, kind, apiVersion, fieldPath }: EventTarget,
    event: { namespace: string; name: string; type: string; reason: string; message: string; now: string },
  ): Event {
    const { component, host } = this.#ports.source
    const { namespace, name, uid, resourceVersion } = object.metadata
    return {
      metadata: { name: event.name, namespace: event.namespace },
      involvedObject: {
        kind, apiVersion,
        ...(namespace === undefined ? {} : { namespace }),
        ...(name === undefined ? {} : { name }), ...(uid === undefined ? {} : { uid }),
        ...(resourceVersion === undefined ? {} : { resourceVersion }), ...(fieldPath === undefined ? {} : { fieldPath }),
      },
      type: event.type, reason: event.reason, message: event.message, count: 1,
      firstTimestamp: event.now, lastTimestamp: event.now,
      source: host === undefined ? { component } : { component, host },
      reportingComponent: component, reportingInstance: host ?? '',
    } as unknown as Event
  }
}
