/**
 * Returns about how many bytes the JSON of a value has: its characters without escapes. Never more than the
 * JSON, and never less than a sixth of it. Has its own stack, since the value may be deep.
 */
export function roughSize(value: unknown): number {
  if (typeof value === 'string') return value.length + 2
  if (typeof value !== 'object' || value === null) return 1
  let size = 0
  const open: object[] = [value]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const isList = Array.isArray(next)
    for (const key in next) {
      const member = (next as Readonly<Record<string, unknown>>)[key]
      size += isList ? 1 : key.length + 4
      if (typeof member === 'string') size += member.length + 2
      else if (typeof member === 'object' && member !== null) open.push(member)
      else size += 1
    }
    size += 2
  }
  return size
}
