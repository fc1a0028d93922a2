import type { Language } from '../../../src/lang/text/phrases.js'
import type { ExamName, PracticeSubject } from 'simcluster/lessons'
import { type Action, MOST_BYTES, type Deed } from '../../../src/course/deed.js'
import { checkedDeed } from '../actions.js'

/** An exam in progress. */
export interface Sitting {
  readonly name: ExamName
  readonly seed: number
  /** Real ms since 1970. */
  readonly began: number
  /** Numbers of tasks to come back to. */
  readonly flags: readonly number[]
  /** What was done for each task. */
  readonly actions: Readonly<Record<number, readonly Action[]>>
}

/** How much was practised. */
interface Practised {
  readonly asked: number
  readonly right: number
}

/** What a learner has done. It lies in the browser, and in a file when exported. */
export interface Progress {
  readonly format: 1
  readonly language: Language
  readonly theme?: 'light' | 'dark'
  /** Ids of lessons that were solved. */
  readonly solved: readonly string[]
  /** The fewest commands that a lesson was solved with. */
  readonly best: Readonly<Record<string, number>>
  /** Steps that were done of a chapter, by its number. */
  readonly steps: Readonly<Record<number, number>>
  readonly practised: Readonly<Partial<Record<PracticeSubject, Practised>>>
  readonly exam?: Sitting | undefined
  /** Challenges of the first tour that are done; `end` once it was closed. */
  readonly tour: readonly string[]
  /** Where the learner was, and what led there. */
  readonly deed?: Deed
}

const NOTHING = { format: 1, solved: [], best: {}, steps: {}, practised: {}, tour: [] } as const

const KEY = 'simcluster-playground'

/** Reads the progress of this browser. `?lang=ko` or `?lang=en` in the address decides the language. */
export function loadProgress(): Progress {
  const wanted = new URLSearchParams(location.search).get('lang')
  const language = (wanted ?? navigator.language).startsWith('ko') ? 'ko' : 'en'
  const none: Progress = { ...NOTHING, language }
  try {
    const kept = readProgress(localStorage.getItem(KEY) ?? '') ?? none
    return wanted === null ? kept : { ...kept, language }
  } catch {
    // a page without storage works for as long as it is open
    return none
  }
}

/** Reads an exported file; undefined if it is something else, or too large. */
export async function readFile(file: File | undefined): Promise<Progress | undefined> {
  return file === undefined || file.size > MOST_BYTES ? undefined : readProgress(await file.text())
}

/** Reads what {@link saveProgress} has kept; undefined if it is something else. */
export function readProgress(text: string): Progress | undefined {
  try {
    const value = JSON.parse(text) as Partial<Progress> | null
    if (value?.format !== 1 || !Array.isArray(value.solved)) return undefined
    const { language = 'en', solved, theme, deed, best, steps, practised, exam, tour } = value
    return {
      ...NOTHING,
      language: language === 'ko' ? 'ko' : 'en',
      solved,
      best: { ...best },
      steps: { ...steps },
      practised: { ...practised },
      tour: Array.isArray(tour) ? tour : [],
      ...(exam === undefined ? {} : { exam: checkedSitting(exam) }),
      ...(theme === undefined ? {} : { theme }),
      ...(deed === undefined ? {} : { deed: checkedDeed(deed) }),
    }
  } catch {
    return undefined
  }
}

/** @throws Error if it is no exam, or too long */
function checkedSitting({ name, seed, began, flags, actions }: Sitting): Sitting {
  for (const [task, done] of Object.entries(actions))
    checkedDeed({ place: { kind: 'exam', name, seed, task: Number(task) }, actions: done })
  return { name, seed, began, flags: [...flags], actions }
}

export function saveProgress(progress: Progress): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(progress))
  } catch {
    // no storage, or it is full
  }
}

/** Gives the progress to the learner as a file. */
export function downloadProgress(progress: Progress): void {
  const address = URL.createObjectURL(
    new Blob([JSON.stringify(progress, undefined, 2)], { type: 'application/json' }),
  )
  const link = document.createElement('a')
  link.href = address
  link.download = 'simcluster-progress.json'
  link.click()
  URL.revokeObjectURL(address)
}
