import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/**
 * Rewrites an address as Kubernetes reads it: `010.0.0.1` is decimal (the library reads octal), and
 * `::10.0.0.1` is an IPv6 address (the library reads IPv4).
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

/** Returns the address family that Kubernetes assigns to an address. */
export function kindOf(address: string): 'IPv4' | 'IPv6' {
  return parse(address).kind() === 'ipv4' ? 'IPv4' : 'IPv6'
}

/** Returns whether two texts denote the same address. */
export function isSame(a: string, b: string): boolean {
  return parse(a).toNormalizedString() === parse(b).toNormalizedString()
}

/** Returns the address family of a CIDR. */
export function rangeKind(cidr: string): 'IPv4' | 'IPv6' {
  return kindOf(cidr.slice(0, cidr.lastIndexOf('/')))
}

/** Returns whether the address is in the CIDR. */
export function isIn(address: string, cidr: string): boolean {
  const slash = cidr.lastIndexOf('/')
  const network = cidr.slice(0, slash)
  const range = parse(network)
  const own = parse(address)
  if (range.kind() !== own.kind()) return false
  const bits = Number(cidr.slice(slash + 1)) - (range.kind() === 'ipv4' && network.includes(':') ? 96 : 0)
  // compares the leading bits directly, so as not to rely on a range type shared with the evaluator
  const [left, right] = [own.toByteArray(), range.toByteArray()]
  for (let bit = 0; bit < bits; bit++) {
    const mask = 128 >> (bit % 8)
    if (((left[bit >> 3] ?? 0) & mask) !== ((right[bit >> 3] ?? 0) & mask)) return false
  }
  return true
}
