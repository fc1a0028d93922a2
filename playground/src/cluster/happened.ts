import type { EventStep } from '../../../src/course/chapter.js'
import type { Language } from '../../../src/lang/text/phrases.js'
import type { Accident } from '../../../src/course/deed.js'
import { eventText } from '../../../src/course/event-text.js'

/** What led to a moment: a line, or something that happened to the cluster. */
export type Happened =
  | string
  | EventStep
  | { readonly kind: 'network'; readonly node: string; readonly isCut: boolean }

/** Time that has passed, in ms. */
export const waited = (ms: number): Happened => ({
  kind: 'event',
  event: 'wait',
  argument: ms % 60_000 === 0 ? `${ms / 60_000}m` : `${ms / 1000}s`,
})

export function accidentOn(node: string, accident: Accident): Happened {
  return accident === 'partition' || accident === 'repair'
    ? { kind: 'network', node, isCut: accident === 'partition' }
    : { kind: 'event', event: accident, argument: node }
}

/** Says what led to a moment in the language of the page. */
export function happenedText(what: Happened, language: Language): string {
  if (typeof what === 'string') return what
  if (what.kind === 'event') return eventText(what, language)
  const { node, isCut } = what
  return {
    en: isCut ? `the network of ${node} is cut` : `the network of ${node} is repaired`,
    ko: isCut ? `${node}의 네트워크가 끊깁니다` : `${node}의 네트워크가 복구됩니다`,
  }[language]
}
