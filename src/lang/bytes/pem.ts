/** One block of a PEM text. */
export interface PemBlock {
  readonly type: string
  readonly bytes: Uint8Array
  /** Whether headers such as `Proc-Type: 4,ENCRYPTED` precede the data. */
  readonly hasHeaders: boolean
}

const BEGIN = '-----BEGIN '
const END = '-----END '
const DASHES = '-----'

/**
 * Parses the blocks of a PEM text, in order. Text around them is skipped, and so are blocks that end with
 * another type or are not base64. Takes time in proportion to the text. Source: Go's encoding/pem.
 */
export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = []
  let end = 0
  for (let at = text.indexOf(BEGIN); at >= 0;) {
    const line = lineAt(text, at)
    at = line.end
    if (line.text.length > BEGIN.length && line.text.endsWith(DASHES)) {
      // looked for once, however many blocks begin before it
      if (end < at) end = text.indexOf(END, at)
      if (end < 0) break
      const type = line.text.slice(BEGIN.length, -DASHES.length)
      const trailer = `${END}${type}${DASHES}`
      if (text.startsWith(trailer, end)) {
        const block = blockOf(type, text.slice(at, end))
        if (block !== undefined) blocks.push(block)
        at = end + trailer.length
      }
    }
    at = text.indexOf(BEGIN, at)
  }
  return blocks
}

/** The line that begins at a place, without blanks at its end, and where the next one begins. */
function lineAt(text: string, at: number): { readonly text: string; readonly end: number } {
  const newline = text.indexOf('\n', at)
  const end = newline < 0 ? text.length : newline
  return { text: text.slice(at, end).trimEnd(), end: newline < 0 ? end : end + 1 }
}

function blockOf(type: string, content: string): PemBlock | undefined {
  const hasHeaders = content.includes(':')
  const data = hasHeaders ? content.slice(Math.max(0, content.search(/\r?\n\r?\n/))) : content
  const bytes = decodeBase64(data.replace(/\s+/g, ''))
  return bytes === undefined ? undefined : { type, bytes, hasHeaders }
}

/** Decodes base64 to bytes. Returns undefined if it is invalid. */
export function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}

/** Decodes base64 to a text with one character for each byte. Returns '' if it is invalid. */
export function base64Text(text: string | undefined): string {
  try {
    return text === undefined ? '' : atob(text)
  } catch {
    return ''
  }
}
