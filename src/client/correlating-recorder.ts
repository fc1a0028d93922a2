import type { Event } from '../api/core/generated.js'
import { formatTime } from '../api/time.js'
import type { Clock } from '../sim/clock.js'
import { deleteOldest } from '../sim/delete-oldest.js'
import { HASH_SEED, hashText } from '../sim/hash.js'
import type { Slice } from '../sim/module.js'
import { ignoreNotFound, isApiError } from './api-error.js'
import type { Client } from './client.js'
import type { EventSource } from './component.js'
import { bestEffort, referenceTo } from './event-recorder.js'
import type { EventRecorder, EventTarget } from './event-recorder.js'

/**
 * Most events of one source about one object in a burst; after that one every five minutes (client-go's spam
 * filter).
 */
const BURST = 25
const REFILL_MS = 300_000

/**
 * This many different messages of one kind within this time are combined into one event (client-go's
 * EventAggregator).
 */
const MOST_MESSAGES = 10
const SIMILAR_MS = 600_000

/** Objects that are remembered, the size of client-go's caches. */
const MOST_OBJECTS = 4096

/**
 * The state of a recorder for one object: its remaining burst and since when, and the names of the events
 * written.
 */
interface ObjectEvents {
  tokens: number
  at: number
  /** How often each was counted, by name. */
  readonly written: Map<string, number>
  /** Recent messages and the time of the last one, by type and reason. */
  readonly similar: Map<string, { readonly messages: readonly string[]; readonly at: number }>
}

/** The state of a recorder, by object. Plain data. */
export type RecorderState = Map<string, ObjectEvents>

/** What a recorder needs. */
export interface RecorderDependencies {
  readonly client: Client
  readonly clock: Clock
  readonly source: EventSource
  /** The component's own state: `host.state<RecorderState>('events', () => new Map())`. */
  readonly state: Slice<RecorderState>
}

/** The content of an Event, apart from its object. */
interface NewEvent {
  readonly namespace: string
  readonly name: string
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly now: string
  /** Whether it combines similar events. */
  readonly isCombined: boolean
}

/** Whether there were too many different messages of this kind. Source: client-go's EventAggregator. */
function isTooVaried(events: ObjectEvents, kind: string, message: string, now: number): boolean {
  const known = events.similar.get(kind)
  const lately = known === undefined || now - known.at > SIMILAR_MS ? [] : known.messages
  const messages = lately.includes(message) ? lately : lately.concat(message)
  const isTooMany = messages.length >= MOST_MESSAGES
  events.similar.set(kind, { messages: isTooMany ? messages.slice(1) : messages, at: now })
  return isTooMany
}

/** Takes a token from the object's bucket, if it has one. Source: client-go's EventSourceObjectSpamFilter. */
function take(events: ObjectEvents, now: number): boolean {
  const tokens = Math.min(BURST, events.tokens + (now - events.at) / REFILL_MS)
  const isAllowed = tokens >= 1
  events.tokens = isAllowed ? tokens - 1 : tokens
  events.at = now
  return isAllowed
}

/**
 * The {@link EventRecorder} of components. The name of an Event is derived from its content (`<object>.<16
 * hex digits of a hash>`), so that the Event to count up is found without state; the remembered names only
 * save a look-up. Real names end in the time of the first occurrence. From the tenth on, different messages
 * of one type and reason share one event.
 */
export class CorrelatingRecorder implements EventRecorder {
  readonly #ports: RecorderDependencies

  constructor(ports: RecorderDependencies) {
    this.#ports = ports
  }

  event(target: EventTarget, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const {
      kind,
      object: {
        metadata: { name = '', namespace = 'default' },
      },
    } = target
    const now = this.#ports.clock.now()
    const known = this.#eventsOf(`${kind} ${namespace}/${name}`, now)
    const isCombined = isTooVaried(known, `${type} ${reason}`, message, now)
    if (!take(known, now)) return
    const text = isCombined ? `(combined from similar events): ${message}` : message
    const named = this.#nameOf(target, type, reason, isCombined ? '(combined from similar events)' : message)
    const event = { namespace, name: named, type, reason, message: text, now: formatTime(now), isCombined }
    bestEffort(() => this.#write(target, event, known.written))
  }

  /** Creates the Event, or counts it up if this recorder has written it and its hour is not over. */
  #write(target: EventTarget, event: NewEvent, written: Map<string, number>): void {
    const { client } = this.#ports
    const count = (written.get(event.name) ?? 0) + 1
    if (count > 1 && this.#countUp(event, count)) return void written.set(event.name, count)
    try {
      client.create('events', this.#newEvent(target, event))
      written.set(event.name, 1)
    } catch (error) {
      // written before this component was restarted
      if (!isApiError(error, 'AlreadyExists')) throw error
      written.set(event.name, this.#takeOver(event))
    }
  }

  /** Counts up an Event; returns false if it has expired. Components have no right to read Events. */
  #countUp({ namespace, name, now, message }: NewEvent, count: number): boolean {
    const body = { count, lastTimestamp: now, message }
    return (
      ignoreNotFound(() =>
        this.#ports.client.patch('events', { namespace, name }, { type: 'merge', body }),
      ) !== undefined
    )
  }

  /** Counts up an Event whose count is unknown, and returns the new count. */
  #takeOver(event: NewEvent): number {
    const { namespace, name, now } = event
    const known = this.#ports.client.patch(
      'events',
      { namespace, name },
      { type: 'merge', body: { lastTimestamp: now } },
    )
    const count = (known.count ?? 1) + 1
    this.#countUp(event, count)
    return count
  }

  #eventsOf(key: string, now: number): ObjectEvents {
    const { value: objects } = this.#ports.state
    let known = objects.get(key)
    if (known === undefined) {
      if (objects.size >= MOST_OBJECTS) deleteOldest(objects)
      objects.set(key, (known = { tokens: BURST, at: now, written: new Map(), similar: new Map() }))
    }
    return known
  }

  #nameOf(
    { object, kind, fieldPath = '' }: EventTarget,
    type: string,
    reason: string,
    message: string,
  ): string {
    const { component, host = '' } = this.#ports.source
    const identity = [
      component,
      host,
      kind,
      object.metadata.uid ?? '',
      fieldPath,
      type,
      reason,
      message,
    ].join('\n')
    const digits = (seed: number): string => (hashText(seed, identity) >>> 0).toString(16).padStart(8, '0')
    return `${object.metadata.name ?? ''}.${digits(HASH_SEED)}${digits(HASH_SEED ^ 0x5bd1e995)}`
  }

  #newEvent(target: EventTarget, event: NewEvent): Event {
    const { component, host } = this.#ports.source
    return {
      metadata: { name: event.name, namespace: event.namespace },
      involvedObject: referenceTo(target),
      type: event.type,
      reason: event.reason,
      message: event.message,
      count: 1,
      firstTimestamp: event.now,
      lastTimestamp: event.now,
      source: host === undefined ? { component } : { component, host },
      // client-go makes a new event of combined ones, without these fields
      reportingComponent: event.isCombined ? '' : component,
      reportingInstance: event.isCombined ? '' : (host ?? ''),
    } as unknown as Event
  }
}
