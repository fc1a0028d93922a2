import type { Event } from '../../api/core/generated.js'
import { formatTime } from '../../lang/go/time.js'
import type { Clock } from '../../sim/clock.js'
import { deleteOldest } from '../../sim/data/delete-oldest.js'
import { HASH_SEED, hashText } from '../../sim/data/hash.js'
import type { Slice } from '../../sim/modules/module.js'
import { ignoreNotFound, isApiError } from '../api-error.js'
import type { Client } from '../client.js'
import type { RecorderSource } from '../component.js'
import { checkEvent, bestEffort, referenceTo } from './event-recorder.js'
import type { EventRecorder, EventTarget } from './event-recorder.js'
import { markRecorded } from './recorded.js'

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

/** An event that was written: how often it has occurred, and since when. */
interface Written {
  readonly name: string
  readonly count: number
  readonly firstTimestamp: string
}

/** The state of a recorder for one object: its remaining burst and since when, and the events written. */
interface ObjectEvents {
  tokens: number
  at: number
  /** By what makes events equal. */
  readonly written: Map<string, Written>
  /** Recent messages and the time of the last one, by type and reason. */
  readonly similar: Map<string, { readonly messages: readonly string[]; readonly at: number }>
}

/** The state of a recorder, by object. Plain data. */
export type RecorderState = Map<string, ObjectEvents>

/** What a recorder needs. */
export interface RecorderDependencies {
  readonly client: Client
  readonly clock: Clock
  readonly source: RecorderSource
  /** The component's own state: `host.state<RecorderState>('events', () => new Map())`. */
  readonly state: Slice<RecorderState>
}

/** The content of an Event, apart from its object. */
interface NewEvent {
  readonly namespace: string
  readonly type: string
  readonly reason: string
  readonly message: string
  /** Virtual ms. */
  readonly now: number
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
 * The {@link EventRecorder} of components. Equal events are counted up on one object, whose name ends in the
 * time of the first. From the tenth on, different messages of one type and reason share one event. Source:
 * client-go tools/record/events_cache.go.
 */
export class CorrelatingRecorder implements EventRecorder {
  readonly #dependencies: RecorderDependencies

  constructor(dependencies: RecorderDependencies) {
    this.#dependencies = dependencies
  }

  event(target: EventTarget, type: 'Normal' | 'Warning', reason: string, message: string): void {
    checkEvent(target, type, reason, message)
    const {
      kind,
      object: {
        metadata: { name = '', namespace = 'default' },
      },
    } = target
    const now = this.#dependencies.clock.now()
    const known = this.#eventsOf(`${kind} ${namespace}/${name}`, now)
    const isCombined = isTooVaried(known, `${type} ${reason}`, message, now)
    if (!take(known, now)) return
    const text = isCombined ? `(combined from similar events): ${message}` : message
    const id = this.#identityOf(target, type, reason, isCombined ? '(combined from similar events)' : message)
    const event = { namespace, type, reason, message: text, now, isCombined }
    bestEffort(() => this.#write(target, event, known.written, id))
  }

  /** Creates the Event, or counts it up; again with its name and count if its hour is over. */
  #write(target: EventTarget, event: NewEvent, written: Map<string, Written>, id: string): void {
    const before = written.get(id)
    if (before === undefined)
      return void written.set(id, this.#create(target, event, this.#nanosOf(written.size, event.now)))
    const { name, count, firstTimestamp } = before
    const known = { name, count: count + 1, firstTimestamp }
    if (!this.#countUp(event, known))
      this.#dependencies.client.create('events', this.#newEvent(target, event, known))
    written.set(id, known)
  }

  /** Creates an Event; another nanosecond later while there is one of that name. */
  #create(target: EventTarget, event: NewEvent, nanos: bigint): Written {
    const name = `${target.object.metadata.name ?? ''}.${nanos.toString(16)}`
    const written = { name, count: 1, firstTimestamp: formatTime(event.now) }
    try {
      this.#dependencies.client.create('events', this.#newEvent(target, event, written))
      return written
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists')) throw error
      return this.#create(target, event, nanos + 1n)
    }
  }

  /** Counts up an Event; returns false if it has expired. Components have no right to read Events. */
  #countUp({ namespace, now, message }: NewEvent, { name, count }: Written): boolean {
    const body = { count, lastTimestamp: formatTime(now), message }
    return (
      ignoreNotFound(() =>
        this.#dependencies.client.patch('events', { namespace, name }, { type: 'merge', body }),
      ) !== undefined
    )
  }

  #eventsOf(key: string, now: number): ObjectEvents {
    const { value: objects } = this.#dependencies.state
    let known = objects.get(key)
    if (known === undefined) {
      if (objects.size >= MOST_OBJECTS) deleteOldest(objects)
      objects.set(key, (known = { tokens: BURST, at: now, written: new Map(), similar: new Map() }))
    }
    return known
  }

  #identityOf(
    { object, kind, fieldPath = '' }: EventTarget,
    type: string,
    reason: string,
    message: string,
  ): string {
    const identity = [kind, object.metadata.uid ?? '', fieldPath, type, reason, message].join('\n')
    const digits = (seed: number): string => (hashText(seed, identity) >>> 0).toString(16)
    return `${digits(HASH_SEED)} ${digits(HASH_SEED ^ 0x5bd1e995)}`
  }

  /**
   * The time of an object's next event in ns. Virtual time has ms: what follows counts the object's events,
   * so that their names sort as they came, and keeps sources apart.
   */
  #nanosOf(ordinal: number, now: number): bigint {
    const { component, host = '' } = this.#dependencies.source
    const source = (hashText(HASH_SEED, `${component} ${host}`) >>> 0) % 1000
    return BigInt(now) * 1_000_000n + BigInt(((ordinal + 1) % 1000) * 1000 + source)
  }

  #newEvent(target: EventTarget, event: NewEvent, { name, count, firstTimestamp }: Written): Event {
    const { component, host } = this.#dependencies.source
    return markRecorded({
      metadata: { name, namespace: event.namespace },
      involvedObject: referenceTo(target),
      type: event.type,
      reason: event.reason,
      message: event.message,
      count,
      firstTimestamp,
      lastTimestamp: formatTime(event.now),
      source: host === undefined ? { component } : { component, host },
      // client-go makes a new event of combined ones, without these fields
      reportingComponent: event.isCombined ? '' : component,
      reportingInstance: event.isCombined ? '' : (host ?? ''),
    }) as unknown as Event
  }
}
