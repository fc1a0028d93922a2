/** Header fields in order: a name in lower case, its value, the next name, ... */
export type HeaderList = readonly string[]

/** The value of the first field of that name. */
export function headerOf(headers: HeaderList, name: string): string | undefined {
  for (let at = 0; at < headers.length; at += 2) if (headers[at] === name) return headers[at + 1]
  return undefined
}
