import { wrapText } from '../lang/text/text-width.js'
import { type DocumentOptions, Drawing, LINE } from '../lang/svg/drawing.js'
import type { Language } from '../lang/text/phrases.js'
import { type Said, say, tell } from './words.js'

interface TimelinePictureOptions extends DocumentOptions {
  readonly lang?: Language
}

/** What the events of a cluster tell, in order of time. Plain JSON. */
export interface Timeline {
  /** Virtual ms of the first moment. */
  readonly start: number
  readonly moments: readonly Moment[]
}

/** One Event object. */
export interface Moment {
  /** Virtual ms at which it happened last. */
  readonly time: number
  /** `Normal` or `Warning`. */
  readonly type: string
  /** `Pod default/web-0` */
  readonly object: string
  readonly reason: string
  readonly message: string
  /** How often it happened. */
  readonly count: number
}

/** Returns a timeline as text: one event a line. */
export function timelineText({ start, moments }: Timeline, { lang }: TimelinePictureOptions = {}): string {
  const title = tell(titleOf(start), lang)
  const lines = moments.map(
    (moment) => `${clockOf(moment.time, start)} ${tell(headOf(moment), lang)}: ${moment.message.trim()}`,
  )
  return [title, ...lines].join('\n')
}

/** Draws a timeline downwards: clock and time since the first event, object, reason, message. */
export function drawTimeline(timeline: Timeline, options: TimelinePictureOptions = {}): string {
  const drawing = new Drawing()
  const { start, moments } = timeline
  drawing.text(12, 24, tell(titleOf(start), options.lang), 'strong')
  let y = 52
  const first = y
  for (const moment of moments) {
    const isWarning = moment.type === 'Warning'
    drawing.text(12, y, clockOf(moment.time, start), 'faint')
    drawing.box({ x: 158, y: y - 9, width: 10, height: 10 }, isWarning ? 'bad' : 'plain')
    drawing.text(182, y, tell(headOf(moment), options.lang), isWarning ? 'bad' : 'strong')
    for (const line of wrapText(moment.message.trim(), 90)) {
      y += LINE
      drawing.text(182, y, line)
    }
    y += LINE + 6
  }
  if (moments.length > 1)
    drawing.line([
      [150, first - 9],
      [150, y - LINE - 6],
    ])
  return drawing.toString(tell(titleOf(start), options.lang), timelineText(timeline, options), options)
}

const titleOf = (start: number): Said => say('events', `${new Date(start).toISOString().slice(0, 19)}Z`)

function headOf({ type, object, reason, count }: Moment): Said {
  const head = `${type === 'Warning' ? '! ' : ''}${object} ${reason}`
  return count > 1 ? say('times', head, count) : head
}

/** `09:00:05  +5s` */
function clockOf(time: number, start: number): string {
  const seconds = Math.floor((time - start) / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const since = `${hours > 0 ? `${hours}h` : ''}${seconds >= 60 ? `${minutes}m` : ''}${seconds % 60}s`
  return `${new Date(time).toISOString().slice(11, 19)} +${since}`
}
