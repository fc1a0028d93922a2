import ipaddr from 'ipaddr.js'
import type { BinaryString } from './crypto/der.js'

/** Returns whether a text is an IP address (rather than a DNS name). */
export function isIp(text: string): boolean {
  // a quick look at the characters first: there are many names, and the library's patterns are slow
  return text.includes(':')
    ? ipaddr.IPv6.isValid(text)
    : /^[\d.]+$/.test(text) && ipaddr.IPv4.isValidFourPartDecimal(text)
}

/** Returns the 4 or 16 bytes of an address. */
export function ipBytes(text: string): BinaryString {
  return String.fromCharCode(...ipaddr.parse(text).toByteArray())
}

/**
 * Formats 4 or 16 bytes as Go does.
 * @throws Error for another number of bytes
 */
export function ipText(bytes: BinaryString): string {
  const address = ipaddr.fromByteArray(Array.from(bytes, (byte) => byte.charCodeAt(0)))
  return ipaddr.process(address.toString()).toString()
}
