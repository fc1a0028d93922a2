import type { ExamName } from 'simcluster/lessons'
import { VERSIONS } from '../../src/course/chapter.js'
import type { Place } from '../../src/course/deed.js'
import { MOST_NODES } from './actions.js'

/** The address of a place behind `#`: `chapter/3`, `lesson/budget/7`, `exam/cka/1`. */
export function addressOf(place: Place): string {
  switch (place.kind) {
    case 'free':
      return `free/${place.nodes}`
    case 'chapter':
      return `chapter/${place.number}${place.version === 'v1.35' ? '' : `/${place.version}`}`
    case 'lesson':
      return `lesson/${place.id}${place.seed === undefined ? '' : `/${place.seed}`}`
    case 'exam':
      return `exam/${place.name}/${place.seed}`
  }
}

/** Whether an address means to name a place, so that one that names none is a mistake. */
export const isAddress = (hash: string): boolean => /^#(?:free|chapter|lesson|exam)\b/.test(hash)

/** Reads an address; undefined if it names no place. Whether the place exists shows when it is opened. */
export function placeAt(hash: string): Place | undefined {
  const [kind, name = '', more] = hash.replace(/^#/, '').split('/')
  const number = (text: string | undefined): number | undefined =>
    text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined
  const first = number(name)
  switch (kind) {
    case 'free':
      return first === undefined || first > MOST_NODES ? undefined : { kind, nodes: first, seed: 1 }
    case 'chapter': {
      const version = VERSIONS.find((each) => each === (more ?? 'v1.35'))
      return first === undefined || version === undefined ? undefined : { kind, number: first, version }
    }
    case 'lesson': {
      const seed = number(more)
      if (name === '' || (more !== undefined && seed === undefined)) return undefined
      return { kind, id: name, ...(seed === undefined || seed === 0 ? {} : { seed }) }
    }
    case 'exam': {
      const exam = (['cka', 'ckad', 'cks'] as const).find((each: ExamName) => each === name)
      return exam === undefined ? undefined : { kind, name: exam, seed: number(more) ?? 1, task: 1 }
    }
    default:
      return undefined
  }
}
