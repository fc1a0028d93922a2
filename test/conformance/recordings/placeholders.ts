/** The value at a dotted path (`metadata.uid`, `items[0].metadata.name`) of an answer. */
function at(value: unknown, path: string): unknown {
  let node = value
  for (const part of path.replaceAll('[', '.').replaceAll(']', '').split('.')) {
    if (typeof node !== 'object' || node === null) return undefined
    node = (node as Record<string, unknown>)[part]
  }
  return node
}

/** Replaces `${N:path}` by the value of that field in the answer to step N. */
export function resolve(text: string, raw: readonly unknown[]): string {
  return text.replace(/\$\{(\d+):([^}]+)\}/g, (_, step: string, path: string) => {
    const value = at(raw[Number(step)], path) ?? ''
    return typeof value === 'string' ? value : JSON.stringify(value)
  })
}
