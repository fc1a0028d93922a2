/** Merges each span with the one before it if they are adjacent. The input must be sorted. */
export function joinedWhere<S extends { readonly last: unknown }>(
  spans: readonly S[],
  touches: (before: S, next: S) => boolean,
): readonly S[] {
  const result: S[] = []
  for (const span of spans) {
    const before = result.at(-1)
    if (before !== undefined && touches(before, span))
      result[result.length - 1] = { ...before, last: span.last }
    else result.push(span)
  }
  return result
}
