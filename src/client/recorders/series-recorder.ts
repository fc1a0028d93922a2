import type { Event, EventSeries, ObjectReference } from '../../api/core/generated.js'
import { formatMicroTime } from '../../lang/go/time.js'
import { deleteOldest } from '../../sim/data/delete-oldest.js'
import type { Slice, Topic } from '../../sim/modules/module.js'
import { ignoreNotFound } from '../api-error.js'
import { checkEvent, bestEffort, referenceTo } from './event-recorder.js'
import type { EventMore, EventRecorder, EventTarget } from './event-recorder.js'
import { markRecorded } from './recorded.js'
import type { RecorderDependencies } from './correlating-recorder.js'

/**
 * A series ends if its event does not recur for this long (client-go's finishTime); it is also the interval
 * of the check.
 */
const FINISH_MS = 6 * 60_000
/** Interval after which a continuing series is written again (client-go's refreshTime). */
const REFRESH_MS = 30 * 60_000
/** Most events that are remembered; client-go has no limit. */
const MOST_EVENTS = 4096

/** An event that may recur. */
interface Remembered {
  readonly namespace: string
  readonly name: string
  /** How often it has occurred, and when it last occurred and was last written, in virtual ms. */
  count: number
  seen: number
  written: number
}

/** The state of a recorder: its events by their identity, and how many it has made. Plain data. */
export interface SeriesState {
  readonly events: Map<string, Remembered>
  made: number
}

/** What a recorder of series needs. */
export interface SeriesDependencies extends Pick<RecorderDependencies, 'client' | 'clock'> {
  /** `default-scheduler`. */
  readonly controller: string
  /** `default-scheduler-<host>`. */
  readonly instance: string
  /** The component's own state. */
  readonly state: Slice<SeriesState>
  /** The component's own topic, whose handler must call {@link SeriesRecorder.finish}. */
  readonly timer: Topic
}

/**
 * The {@link EventRecorder} of components that use events.k8s.io, as the scheduler does: an event that recurs
 * for the same version of the same object becomes a series, which is written at the second occurrence and at
 * its end. Failed writes are dropped. Source: client-go tools/events/event_broadcaster.go.
 */
export class SeriesRecorder implements EventRecorder {
  readonly #dependencies: SeriesDependencies

  constructor(dependencies: SeriesDependencies) {
    this.#dependencies = dependencies
  }

  event(
    target: EventTarget,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    { action = '', related }: EventMore = {},
  ): void {
    checkEvent(target, type, reason, message)
    const {
      clock,
      state: { value: state },
    } = this.#dependencies
    const regarding = referenceTo(target)
    const key = [
      type,
      action,
      reason,
      keyOf(regarding),
      related === undefined ? '' : keyOf(referenceTo(related)),
    ].join(' ')
    const now = clock.now()
    const known = state.events.get(key)
    if (known !== undefined && now - known.seen <= FINISH_MS) return this.#again(known, now)
    const namespace = regarding.namespace ?? 'default'
    const nanos = BigInt(now) * 1_000_000n + BigInt(state.made++ % 1_000_000)
    const name = `${regarding.name ?? ''}.${nanos.toString(16)}`
    if (state.events.size >= MOST_EVENTS) deleteOldest(state.events)
    state.events.set(key, { namespace, name, count: 1, seen: now, written: now })
    const about = { regarding, related: related && referenceTo(related), type, reason, message, action }
    bestEffort(() =>
      this.#dependencies.client.create('events', this.#newEvent({ namespace, name }, about, now)),
    )
  }

  /** Writes the series that have ended or have continued for long, and forgets ended events. */
  finish(): void {
    const {
      clock,
      state: {
        value: { events },
      },
    } = this.#dependencies
    const now = clock.now()
    let goOn = false
    for (const [key, event] of events) {
      const isOver = now - event.seen >= FINISH_MS
      if (event.count > 1 && (isOver || now - event.written >= REFRESH_MS)) this.#writeSeries(event, now)
      if (isOver) events.delete(key)
      else goOn ||= event.count > 1
    }
    if (goOn) this.#look()
  }

  #again(event: Remembered, now: number): void {
    event.count++
    event.seen = now
    if (event.count > 2) return
    this.#writeSeries(event, now)
    this.#look()
  }

  #look(): void {
    if (this.#dependencies.timer.dueAt('series') === undefined)
      this.#dependencies.timer.wakeAfter('series', FINISH_MS, { class: 'watchdog' })
  }

  #writeSeries(event: Remembered, now: number): void {
    const { namespace, name, count, seen } = event
    const series: EventSeries = { count, lastObservedTime: formatMicroTime(seen) }
    event.written = now
    bestEffort(() =>
      ignoreNotFound(() =>
        this.#dependencies.client.patch(
          'events',
          { namespace, name },
          { type: 'strategic', body: { series } },
        ),
      ),
    )
  }

  #newEvent(
    { namespace, name }: { readonly namespace: string; readonly name: string },
    {
      regarding,
      related,
      type,
      reason,
      message,
      action,
    }: {
      regarding: ObjectReference
      related: ObjectReference | undefined
      type: string
      reason: string
      message: string
      action: string
    },
    now: number,
  ): Event {
    const { controller, instance } = this.#dependencies
    return markRecorded({
      metadata: { name, namespace },
      involvedObject: regarding,
      reason,
      message,
      source: {},
      firstTimestamp: null,
      lastTimestamp: null,
      type,
      eventTime: formatMicroTime(now),
      action,
      ...(related === undefined ? {} : { related }),
      reportingComponent: controller,
      reportingInstance: instance,
    }) as unknown as Event
  }
}

const keyOf = ({
  kind,
  namespace = '',
  name = '',
  uid = '',
  resourceVersion = '',
  fieldPath = '',
}: ObjectReference): string => `${kind ?? ''}/${namespace}/${name}/${uid}/${resourceVersion}/${fieldPath}`
