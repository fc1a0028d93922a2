import type { Event } from '../../../src/api/core/generated.js'
import type { Names } from './names.js'
import { itemsOf, type Timeline } from './timeline.js'
import type { Write } from './writes.js'

/** By what an event says: how often it was said. */
export type EventCounts = ReadonlyMap<string, number>

/** An event in either form. */
interface Said {
  readonly type?: string
  readonly reason?: string
  readonly object?: string
  readonly source?: string
  readonly action?: string
  readonly message?: string
}

/**
 * How closely together pods become ready decides in how many steps a ReplicaSet is scaled, but not by how
 * much in all.
 */
const SCALED = /^(.* Scaled (?:up|down) replica set \S+) from (\d+) to (\d+)$/

class Counts {
  readonly counts = new Map<string, number>()
  readonly #names: Names

  constructor(names: Names) {
    this.#names = names
  }

  add({ type = '', reason = '', object = '', source = '', action = '', message = '' }: Said): void {
    const words = message
      .replace(/^\(combined from similar events\): /, '')
      .replace(/^(Successfully assigned \S+ to )n[123]$/, '$1<node>')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
      .replaceAll(/(on node )n[123]\b/g, '$1<node>')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|<uid:\d+>/g, '<uid>')
    const line = this.#names.text(
      `${type} ${object} ${reason} ${source}${action === '' ? '' : `/${action}`}: ${words}`,
    )
    const [, what = line, from = '0', to = '1'] = SCALED.exec(line) ?? []
    this.counts.set(what, (this.counts.get(what) ?? 0) + Math.abs(Number(to) - Number(from)))
  }
}

/** The events of a recording. */
export function recordedEvents(timeline: Timeline, names: Names): EventCounts {
  const counts = new Counts(names)
  for (const item of itemsOf(timeline)) if (item.kind === 'Event') counts.add(item)
  return counts.counts
}

/** The events that were written here. */
export function writtenEvents(
  writes: readonly Write[],
  { namespace, timeline }: Timeline,
  names: Names,
): EventCounts {
  const counts = new Counts(names)
  const watchedNodes = timeline.some(
    ({ kind, object = '' }) => kind === 'Event' && object.startsWith('Node/'),
  )
  for (const { t, type, resource, object } of writes) {
    if (t < 0 || type === 'DELETED' || (resource !== 'events' && resource !== 'events.events.k8s.io'))
      continue
    const {
      involvedObject: { kind = '', name = '' },
      source,
      reportingComponent,
      action,
      ...rest
    } = object as Event
    if (object.metadata.namespace !== namespace && !(watchedNodes && kind === 'Node')) continue
    const by =
      source?.component === undefined || source.component === '' ? reportingComponent : source.component
    counts.add({
      ...rest,
      object: `${kind}/${name}`,
      ...(by === undefined ? {} : { source: by }),
      ...(action === undefined ? {} : { action }),
    })
  }
  return counts.counts
}
