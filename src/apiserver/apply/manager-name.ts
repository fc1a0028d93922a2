/** Longest name of a manager, in bytes of UTF-8. */
export const MOST_MANAGER_BYTES = 128

const encoder = new TextEncoder()

/** Whether Go's unicode.IsPrint holds: letters, marks, numbers, punctuation, symbols and the ASCII blank. */
export function isPrintable(char: string): boolean {
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(char)
}

/**
 * The name of a write's manager: the one it gives, else the user agent up to the first `/`, without what
 * cannot be printed.
 */
export function managerName(fieldManager: string | undefined, userAgent: string): string {
  const name = fieldManager === undefined || fieldManager === '' ? fromUserAgent(userAgent) : fieldManager
  return name === '' ? 'unknown' : name
}

/** Names by user agent: components send the same each time. Emptied when there are many. */
const names = new Map<string, string>()
const MOST_NAMES = 1_000

function fromUserAgent(userAgent: string): string {
  let name = names.get(userAgent)
  if (name === undefined) {
    if (names.size >= MOST_NAMES) names.clear()
    names.set(userAgent, (name = readUserAgent(userAgent)))
  }
  return name
}

function readUserAgent(userAgent: string): string {
  const prefix = userAgent.split('/', 1)[0] as string
  let name = ''
  let bytes = 0
  for (const char of prefix) {
    if (!isPrintable(char)) continue
    bytes += encoder.encode(char).length
    if (bytes > MOST_MANAGER_BYTES) break
    name += char
  }
  return name
}
