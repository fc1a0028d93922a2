import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/**
 * Kubernetes reads `010.0.0.1` in tens, where the library would read eights; and `::10.0.0.1` is no IPv4
 * address to it, as it is to the library.
 */
function plain(value: string): string {
  const start = value.lastIndexOf(':') + 1
  const parts = value.slice(start).split('.').map(Number)
  if (parts.length === 1) return value
  if (start === 0) return parts.join('.')
  const [first, second] = [0, 2].map((at) => ((parts[at] ?? 0) * 256 + (parts[at + 1] ?? 0)).toString(16))
  return `${value.slice(0, start)}${first}:${second}`
}

function parse(value: string): Address {
  const address = ipaddr.parse(plain(value))
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address
}

/** `IPv4` or `IPv6`: what an address counts as. */
export function kindOf(address: string): 'IPv4' | 'IPv6' {
  return parse(address).kind() === 'ipv4' ? 'IPv4' : 'IPv6'
}

/** Whether two texts are the same address. */
export function isSame(a: string, b: string): boolean {
  return parse(a).toNormalizedString() === parse(b).toNormalizedString()
}

/** Family of a range. */
export function rangeKind(cidr: string): 'IPv4' | 'IPv6' {
  return kindOf(cidr.slice(0, cidr.lastIndexOf('/')))
}

/** Whether the address lies in the range. */
export function isIn(address: string, cidr: string): boolean {
  const slash = cidr.lastIndexOf('/')
  const network = cidr.slice(0, slash)
  const range = parse(network)
  const own = parse(address)
  if (range.kind() !== own.kind()) return false
  const bits = Number(cidr.slice(slash + 1)) - (range.kind() === 'ipv4' && network.includes(':') ? 96 : 0)
  // whoever compares the first bits needs no notion of a range
  const [left, right] = [own.toByteArray(), range.toByteArray()]
  for (let bit = 0; bit < bits; bit++) {
    const mask = 128 >> (bit % 8)
    if (((left[bit >> 3] ?? 0) & mask) !== ((right[bit >> 3] ?? 0) & mask)) return false
  }
  return true
}
