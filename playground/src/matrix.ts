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
  /** The proof as text. */
  readonly proof: () => string
}

export interface MatrixChange {
  readonly text: string
  readonly opened: boolean
  readonly title: string
  readonly proof: () => string
}
