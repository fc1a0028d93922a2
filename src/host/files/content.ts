/** Prefix of the stored content of a binary file. */
const BINARY = '\u0000base64,'

/** Whether the stored content of a file is binary. */
export function isBinary(content: string): boolean {
  return content.startsWith(BINARY)
}

/** Returns what is stored of a file: its text, or an encoding of its bytes if they are not valid UTF-8. */
export function contentOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    let text = ''
    for (const byte of bytes) text += String.fromCharCode(byte)
    return BINARY + btoa(text)
  }
}

/** Decodes the bytes of a file. */
export function bytesOf(content: string): Uint8Array {
  if (!isBinary(content)) return new TextEncoder().encode(content)
  return Uint8Array.from(atob(content.slice(BINARY.length)), (char) => char.charCodeAt(0))
}
