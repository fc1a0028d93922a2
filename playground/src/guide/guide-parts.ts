import type { Language } from '../../../src/lang/text/phrases.js'
import type { PracticeSubject } from 'simcluster/lessons'
import type { Place } from '../../../src/course/deed.js'
import type { Inspected } from '../cluster/inspector.js'
import type { Progress } from './progress.js'
import type { Session } from '../session.js'
import type { Words } from '../texts.js'

/** What the panels of the guide are connected to. */
export interface GuideParts {
  readonly words: Words
  readonly language: Language
  readonly session: () => Session
  readonly progress: () => Progress
  readonly save: (change: Partial<Progress>) => void
  readonly open: (place: Place) => Promise<void>
  /** What the inspector shows. */
  readonly inspected: () => Inspected | undefined
  /** Says something at the head of the page, which is always in sight. */
  readonly say: (text: (words: Words) => string) => void
  /** Plays a step of the chapter. Returns what it printed. */
  readonly play: (section: number, step: number) => Promise<string>
  /** Opens the questions about a subject. */
  readonly practise: (subject: PracticeSubject) => void
  /** Registers what is to be done when the session has changed. */
  readonly whenChanged: (show: () => void) => void
  /** Draws the page anew. */
  readonly changed: () => void
}
