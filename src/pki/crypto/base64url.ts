import type { BinaryString } from './der.js'

/** Encodes base64url without padding, as in JWTs. */
export function base64url(bytes: BinaryString): string {
  return btoa(bytes)
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/(?<!=)=+$/, '')
}

/** Decodes base64url. Returns undefined if the text is invalid. */
export function fromBase64url(text: string): BinaryString | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined
  try {
    return atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  } catch {
    return undefined
  }
}
