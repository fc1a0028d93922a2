/** The result of a matcher, as vitest, jest and bun take it. */
export interface MatcherResult {
  readonly pass: boolean
  readonly message: () => string
}

/** A result whose message depends on what was wanted. `not` is what to say if the opposite was expected. */
export function result(pass: boolean, failure: () => string, not: () => string): MatcherResult {
  return { pass, message: pass ? not : failure }
}
