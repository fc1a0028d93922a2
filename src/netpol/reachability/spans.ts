/** Spans, in their order, with those that touch the one before made one with it. */
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
