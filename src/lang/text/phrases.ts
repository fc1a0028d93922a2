import { OPEN_PARTICLE, particleAfter } from './particles.js'

/** A phrase of a table, and what it is about. Plain JSON. */
export interface Phrase<Name extends string = string> {
  readonly say: Name
  /** What `{0}`, `{1}` of the phrase stand for. */
  readonly of: readonly Part<Name>[]
}

/** Something to show: a name or a message, which is the same in every language, or a phrase. */
export type Part<Name extends string = string> = string | number | Phrase<Name>

/** A line of text: one part, or some that follow each other. */
export type Line<Name extends string = string> = Part<Name> | readonly Part<Name>[]

/** Phrases of one language by name. `{0}` is where the first thing goes that a phrase is about. */
export type Phrases<Name extends string = string> = Readonly<Record<Name, string>>

/** The languages in which proofs, tables and pictures are written. Names of Kubernetes stay as they are. */
export type Language = 'en' | 'ko'

/** How a text is written. */
export interface LanguageOptions {
  /**
   * The language of what it says itself.
   * @default `en`
   */
  readonly lang?: Language
}

/** The phrases of a part of the library, in each language. */
export interface Vocabulary<Name extends string> {
  readonly words: Readonly<Record<Language, Phrases<Name>>>
  /** Makes a phrase, with what it is about. */
  readonly say: (phrase: Name, ...of: Phrase<Name>['of']) => Phrase<Name>
  /** Returns a line in a language. Default `en`. */
  readonly tell: (line: Line<Name>, lang?: Language) => string
}

/** Makes a vocabulary of the phrases in each language. */
export function vocabulary<Name extends string>(words: Vocabulary<Name>['words']): Vocabulary<Name> {
  return {
    words,
    say: (phrase, ...of) => ({ say: phrase, of }),
    tell: (line, lang = 'en') => inWords(line, words[lang]),
  }
}

/** Where something goes into a phrase, with a Korean particle whose form depends on it. */
// bounded: constant
const SLOT = new RegExp(String.raw`\{(\d)\}(${OPEN_PARTICLE})?`, 'g')

/** Returns a line in the words of a language. */
function inWords<Name extends string>(line: Line<Name>, words: Phrases<Name>): string {
  if (typeof line === 'string') return line
  if (typeof line === 'number') return `${line}`
  if (!('say' in line)) return line.map((part) => inWords(part, words)).join('')
  const { say, of } = line
  return words[say].replaceAll(SLOT, (_, at: string, particle?: string) => {
    const word = inWords(of[Number(at)] ?? '', words)
    return particle === undefined ? word : word + particleAfter(word, particle)
  })
}
