import type { Language } from '../../src/course/chapter.js'
import { checkedDeed, MOST_BYTES, type Deed } from './actions.js'

/** What a learner has done. It lies in the browser, and in a file when exported. */
export interface Progress {
  readonly format: 1
  readonly language: Language
  readonly theme?: 'light' | 'dark'
  /** Ids of lessons that were solved. */
  readonly solved: readonly string[]
  /** Where the learner was, and what led there. */
  readonly deed?: Deed
}

const KEY = 'simcluster-playground'

/** Reads the progress of this browser. `?lang=ko` or `?lang=en` in the address decides the language. */
export function loadProgress(): Progress {
  const wanted = new URLSearchParams(location.search).get('lang')
  const language = (wanted ?? navigator.language).startsWith('ko') ? 'ko' : 'en'
  const none: Progress = { format: 1, language, solved: [] }
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
    const { language = 'en', solved, theme, deed } = value
    return {
      format: 1,
      language: language === 'ko' ? 'ko' : 'en',
      solved,
      ...(theme === undefined ? {} : { theme }),
      ...(deed === undefined ? {} : { deed: checkedDeed(deed) }),
    }
  } catch {
    return undefined
  }
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
