import type { Event } from '../../api/core/generated.js'
import { ageText } from '../../lang/go/duration.js'
import { isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { pdqsort } from '../../lang/go/sort.js'
import type { DescriptionWriter } from './writer.js'

/** Lists the events about an object; empty if the user may not list events. */
export function eventsAbout(
  client: Client,
  selector: Readonly<Record<string, string>>,
  namespace: string | undefined,
): readonly Event[] {
  // unknown properties of the object are left out of the selector
  const fieldSelector = Object.entries(selector)
    .filter(([, value]) => value !== '')
    .map(([field, value]) => `involvedObject.${field}=${value}`)
    .join(',')
  try {
    return client.list('events', namespace === undefined ? { fieldSelector } : { namespace, fieldSelector })
      .items
  } catch (error) {
    if (isApiError(error)) return []
    throw error
  }
}

/** Writes events, oldest first. Source: kubectl describe DescribeEvents. */
export function writeEvents(
  out: DescriptionWriter,
  events: readonly Event[],
  { now, namesField }: { readonly now: number; readonly namesField: boolean },
): void {
  if (events.length === 0) {
    out.line(0, 'Events:\t<none>')
    return
  }
  out.flush()
  out.line(0, 'Events:')
  out.line(1, 'Type\tReason\tAge\tFrom\tMessage')
  out.line(1, '----\t------\t----\t----\t-------')
  for (const event of sortedBy(events, stampOf)) {
    const {
      type = '',
      reason = '',
      source,
      reportingComponent,
      message = '',
      involvedObject: { fieldPath = '' },
    } = event
    const from = (source.component ?? '') === '' ? reportingComponent : source.component
    out.line(
      1,
      [
        type,
        reason,
        intervalOf(event, now),
        from,
        (namesField && fieldPath !== '' ? `${fieldPath}: ` : '') + message.trim(),
      ].join('\t'),
    )
  }
}

/**
 * Sort key of `describe`. Events that only have an `eventTime` (the scheduler's) come first. Source: kubectl
 * pkg/util/event SortableEvents.
 */
const stampOf = ({ lastTimestamp }: Event): number =>
  typeof lastTimestamp === 'string' ? Date.parse(lastTimestamp) : 0

/** Sorts events by the time of their last occurrence, as `kubectl events` does. */
export const inOrder = (events: readonly Event[]): readonly Event[] => sortedBy(events, lastTimeOf)

function sortedBy(events: readonly Event[], timeOf: (event: Event) => number): readonly Event[] {
  const sorted = [...events]
  pdqsort(sorted, (a, b) => timeOf(a) < timeOf(b))
  return sorted
}

/** Time of the last occurrence, in virtual ms. Source: kubectl pkg/cmd/events eventTime. */
function lastTimeOf({ series, lastTimestamp, eventTime }: Event): number {
  const time = series?.lastObservedTime ?? lastTimestamp ?? eventTime
  return typeof time === 'string' ? Date.parse(time) : 0
}

/** `14s`, `2m (x3 over 5m)`: age and count of an event. */
export function intervalOf(
  { eventTime, firstTimestamp, lastTimestamp, series, count = 0 }: Event,
  now: number,
): string {
  const first = ageText(eventTime ?? firstTimestamp, now)
  if (series !== undefined)
    return `${ageText(series.lastObservedTime, now)} (x${series.count ?? 0} over ${first})`
  return count > 1 ? `${ageText(lastTimestamp, now)} (x${count} over ${first})` : first
}
