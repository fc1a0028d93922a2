/** One block of a PEM text. */
export interface PemBlock {
  readonly type: string
  readonly bytes: Uint8Array
  /** Whether headers such as `Proc-Type: 4,ENCRYPTED` precede the data. */
  readonly hasHeaders: boolean
}

const BLOCK = /-----BEGIN ([^-\r\n]*)-----[ \t]*\r?\n([\s\S]*?)-----END \1-----/g

/** Parses the blocks of a PEM text, in order. Text around them is skipped. Source: Go's encoding/pem. */
export function pemBlocks(text: string): readonly PemBlock[] {
  return Array.from(text.matchAll(BLOCK)).flatMap(([, type = '', content = '']) => {
    const hasHeaders = content.includes(':')
    const data = hasHeaders ? content.slice(content.search(/\r?\n\r?\n/)) : content
    const bytes = decodeBase64(data.replace(/\s+/g, ''))
    return bytes === undefined ? [] : [{ type, bytes, hasHeaders }]
  })
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
