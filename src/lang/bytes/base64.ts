/** Encodes standard base64 with padding. */
export const toBase64 = (bytes: Uint8Array): string => btoa(binaryText(bytes))

/** Returns a text with a character for each byte. */
export function binaryText(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += CHUNK)
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK))
  return text
}

/** Most arguments of one call: with some 100,000, an engine throws a RangeError. */
const CHUNK = 8192

/** Decodes base64. */
export function fromBase64(text: string): Uint8Array {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}
