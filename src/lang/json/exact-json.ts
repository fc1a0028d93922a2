/**
 * Returns the JSON of a value, in which bigints are numbers with all their digits; `indent` is in spaces.
 * Free-form JSON has bigints for int64s that a double cannot hold. Source: apimachinery
 * pkg/util/json, which reads whole numbers as int64.
 */
export function exactJson(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, null, indent)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return withBigints(value, indent)
  }
}

/** Writes bigints as texts with a mark that no other text has, and takes the quotes away. */
function withBigints(value: unknown, indent: number | undefined): string {
  const others = JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? 0 : one))
  let mark = '#'
  while (others.includes(mark)) mark += mark
  const marked = (_: string, one: unknown): unknown => (typeof one === 'bigint' ? `${mark}${one}` : one)
  // bounded: a mark of this file
  return JSON.stringify(value, marked, indent).replaceAll(new RegExp(`"${mark}(-?\\d+)"`, 'g'), '$1')
}

/** Formats as Go's encoding/json does, which escapes what is special in HTML. `indent` is in spaces. */
export function goJson(value: unknown, indent = 0): string {
  return exactJson(value, indent).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
