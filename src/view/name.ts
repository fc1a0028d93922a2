/** Reads `namespace/name`, or a name in the namespace `default`. */
export function splitName(text: string): { readonly namespace: string; readonly name: string } {
  const slash = text.indexOf('/')
  return slash < 0
    ? { namespace: 'default', name: text }
    : { namespace: text.slice(0, slash), name: text.slice(slash + 1) }
}
