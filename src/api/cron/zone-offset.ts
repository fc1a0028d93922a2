const HOUR = 3_600_000

/**
 * What is known of a zone: a formatter, and offsets by the hour (zones change theirs at full hours, half or
 * quarter ones at the least).
 */
interface Zone {
  readonly format: Intl.DateTimeFormat
  readonly offsets: Map<number, number>
}

const QUARTER = HOUR / 4
/** Offsets that are kept for one zone: 40 days of them. */
const MOST_OFFSETS = 4_000
const zones = new Map<string, Zone>()

/**
 * By how many ms the clocks of a time zone are ahead of UTC at that instant. The rules are those of the
 * JavaScript engine (Intl). Throws RangeError for zones that do not exist; ask `isTimeZone` before.
 */
export function zoneOffset(zone: string, at: number): number {
  if (zone === 'UTC' || zone === 'Local') return 0
  const { format, offsets } = zoneOf(zone)
  const quarter = Math.floor(at / QUARTER)
  let offset = offsets.get(quarter)
  if (offset === undefined) {
    offset = measure(format, quarter * QUARTER)
    if (offsets.size >= MOST_OFFSETS) offsets.clear()
    offsets.set(quarter, offset)
  }
  return offset
}

function zoneOf(name: string): Zone {
  let zone = zones.get(name)
  if (!zone) {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    zones.set(name, (zone = { format, offsets: new Map() }))
  }
  return zone
}

function measure(format: Intl.DateTimeFormat, at: number): number {
  const parts = format.formatToParts(at)
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((each) => each.type === type)?.value)
  return (
    Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - at
  )
}
