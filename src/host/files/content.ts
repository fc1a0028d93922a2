/** In front of the content of a file that is no text. */
const BINARY = '\u0000base64,'

/** Whether the content of a file is bytes that are no text. */
export function isBinary(content: string): boolean {
  return content.startsWith(BINARY)
}

/** What is kept of a file: its text, or something that stands for its bytes where they are no UTF-8. */
export function contentOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    let text = ''
    for (const byte of bytes) text += String.fromCharCode(byte)
    return BINARY + btoa(text)
  }
}

/** The bytes of a file. */
export function bytesOf(content: string): Uint8Array {
  if (!isBinary(content)) return new TextEncoder().encode(content)
  return Uint8Array.from(atob(content.slice(BINARY.length)), (char) => char.charCodeAt(0))
}
