/**
 * The text of a decoding error where upstream reads an object without JSON in between (strategic patches, apply), by a converter
 * with texts of its own. Source: apimachinery pkg/runtime/converter.go.
 */
export function restoreText(why: string): string {
  const match = /^json: cannot unmarshal (\S+).* of type (\S+)$/.exec(why)
  if (match === null) return why
  const found = match[1] === 'object' ? 'map' : match[1] === 'number' ? 'int64' : match[1] as string
  const wanted = match[2] as string
  if (wanted.startsWith('[]')) return `cannot restore slice from ${found}`
  if (wanted.startsWith('map[')) return `cannot restore map from ${found}`
  return /^v1\.[A-Z]/.test(wanted) ? `cannot restore struct from: ${found}` : `cannot convert ${found} to ${wanted}`
}
