/** One block of a PEM text. */
export interface PemBlock {
  readonly type: string
  readonly bytes: Uint8Array
  /** Whether lines like `Proc-Type: 4,ENCRYPTED` stand before the data. */
  readonly hasHeaders: boolean
}

const BLOCK = /-----BEGIN ([^-\r\n]*)-----[ \t]*\r?\n([\s\S]*?)-----END \1-----/g

/** The blocks of a PEM text, in order; text around them is skipped. Source: Go's encoding/pem. */
export function pemBlocks(text: string): readonly PemBlock[] {
  return Array.from(text.matchAll(BLOCK)).flatMap(([, type = '', content = '']) => {
    const hasHeaders = content.includes(':')
    const data = hasHeaders ? content.slice(content.search(/\r?\n\r?\n/)) : content
    const bytes = decodeBase64(data.replace(/\s+/g, ''))
    return bytes === undefined ? [] : [{ type, bytes, hasHeaders }]
  })
}

/** The bytes of base64 text; undefined when it is none. */
export function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}

/** The text that base64 stands for, byte by byte; '' when it is none. */
export function base64Text(text: string | undefined): string {
  try {
    return text === undefined ? '' : atob(text)
  } catch {
    return ''
  }
}
