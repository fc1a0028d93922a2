/** One case of a table: its inputs and expected results, as untyped as the JSON is. */
// oxlint-disable-next-line typescript/no-explicit-any -- each table has a form of its own
export type Row = Readonly<Record<string, any>>

/** What a table's file holds: the cases, and parts that they share. */
export interface TableFile extends Row {
  readonly cases: readonly Row[]
}

/** The expected result of a case beside ours, reduced to what can be compared. */
export interface Compared {
  readonly expected: unknown
  readonly actual: unknown
}

/** Plays one case of a table. An error that it throws is a bug of ours. */
export type Table = (row: Row, file: TableFile) => Compared
