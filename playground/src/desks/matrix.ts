import type { Language } from '../../../src/lang/text/phrases.js'
import type { View } from '../../../src/view/index.js'

/** A table of verdicts, each with its proof. */
export interface Matrix {
  readonly title: string
  readonly corner: string
  readonly columns: readonly string[]
  readonly rows: readonly { readonly title: string; readonly cells: readonly MatrixCell[] }[]
  readonly changes: readonly MatrixChange[]
}

export interface MatrixCell {
  readonly text: string
  readonly allowed: boolean
  readonly title: string
  readonly proof: () => readonly Proof[]
}

export interface MatrixChange {
  readonly text: string
  readonly opened: boolean
  readonly title: string
  readonly proof: () => readonly Proof[]
}

/** Why a verdict is as it is, as a picture and as text. */
export interface Proof {
  readonly view: View
  readonly text: (lang: Language) => string
}
