import { quote } from './quote.js'

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((word) => [word, false] as const),
])

/** Returns what Go's strconv.ParseBool reads; undefined for a text that it refuses. */
export const parseBool = (text: string): boolean | undefined => WORDS.get(text)

/** The error of strconv.ParseBool for a text that it refuses. */
export const boolFault = (text: string): string => `strconv.ParseBool: parsing ${quote(text)}: invalid syntax`
