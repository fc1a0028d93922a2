/** Conversion of Go's query booleans: only `false` and `0` are false. */
export function boolean(text: string): boolean {
  return !['false', '0'].includes(text.toLowerCase())
}
