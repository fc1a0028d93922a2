/** Compares texts by their UTF-16 code units. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Compares entries by their keys. */
export const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  byText(a, b)

/** Compares what has a name by it. */
export const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  byText(a.name, b.name)
