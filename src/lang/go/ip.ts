/**
 * IP addresses and ranges as Kubernetes parses them: IPv4 may have leading zeros, zones are invalid, and an
 * IPv4-mapped IPv6 address counts as IPv4. Source: k8s.io/utils/net ParseIPSloppy and ParseCIDRSloppy, Go's
 * net/netip for texts.
 */
export type IpFamily = 'IPv4' | 'IPv6'

/** An address as a number. */
export interface IpAddress {
  readonly family: IpFamily
  readonly value: bigint
}

/** A range: its first address and the length of the network part. */
export interface IpRange {
  readonly family: IpFamily
  readonly first: bigint
  readonly prefix: number
}

const widths: Readonly<Record<IpFamily, number>> = { IPv4: 32, IPv6: 128 }
const mappedHead = 0xffffn

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let value = 0n
  for (const part of parts) {
    if (!/^\d+$/.test(part) || Number(part) > 255) return undefined
    value = value * 256n + BigInt(Number(part))
  }
  return value
}

/** Parses the 16-bit groups of one side of `::`. A dotted IPv4 tail is two groups. */
function groupsOf(text: string): readonly bigint[] | undefined {
  if (text === '') return []
  const groups: bigint[] = []
  const parts = text.split(':')
  for (const [at, part] of parts.entries()) {
    if (part.includes('.') && at === parts.length - 1) {
      const tail = parseIpv4(part)
      if (tail === undefined) return undefined
      groups.push(tail >> 16n, tail & 0xffffn)
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined
      groups.push(BigInt(`0x${part}`))
    }
  }
  return groups
}

function parseIpv6(text: string): bigint | undefined {
  const sides = text.split('::')
  if (sides.length > 2) return undefined
  const head = groupsOf(sides[0] ?? '')
  const tail = groupsOf(sides[1] ?? '')
  if (head === undefined || tail === undefined) return undefined
  const missing = 8 - head.length - tail.length
  if (sides.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...head, ...Array.from({ length: Math.max(missing, 0) }, () => 0n), ...tail]
  return groups.reduce((value, group) => (value << 16n) | group, 0n)
}

/** Parses an address. Returns undefined if `text` is not an address. */
export function parseIp(text: string): IpAddress | undefined {
  if (!text.includes(':')) {
    const value = parseIpv4(text)
    return value === undefined ? undefined : { family: 'IPv4', value }
  }
  const value = parseIpv6(text)
  if (value === undefined) return undefined
  return value >> 32n === mappedHead
    ? { family: 'IPv4', value: value & 0xffffffffn }
    : { family: 'IPv6', value }
}

/** Returns the canonical text: dotted for IPv4, RFC 5952 for IPv6. */
export function formatIp({ family, value }: IpAddress): string {
  if (family === 'IPv4') return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.')
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((value >> BigInt(112 - 16 * at)) & 0xffffn).toString(16),
  )
  const { start, length } = longestZeros(groups)
  if (length < 2) return groups.join(':')
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
}

function longestZeros(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === '0') length++
    if (length > best.length) best = { start, length }
  }
  return best
}

/**
 * Parses a CIDR such as `10.96.0.0/12`, without the bits after the prefix. Returns undefined if `text` is not
 * a CIDR.
 */
export function parseIpRange(text: string): IpRange | undefined {
  const slash = text.lastIndexOf('/')
  const length = text.slice(slash + 1)
  if (slash < 0 || !/^\d{1,3}$/.test(length)) return undefined
  const address = parseIp(text.slice(0, slash))
  if (address === undefined) return undefined
  const isMapped = address.family === 'IPv4' && text.includes(':')
  const prefix = Number(length) - (isMapped ? 96 : 0)
  const width = widths[address.family]
  if (prefix < 0 || prefix > width) return undefined
  const hosts = BigInt(width - prefix)
  return { family: address.family, first: (address.value >> hosts) << hosts, prefix }
}

/** Returns the last address of a range. */
export function lastOf({ family, first, prefix }: IpRange): bigint {
  return first + (1n << BigInt(widths[family] - prefix)) - 1n
}

/** Returns all ranges that hold a range, itself last. */
export function rangesAround({ family, first, prefix }: IpRange): readonly IpRange[] {
  const width = widths[family]
  return Array.from({ length: prefix + 1 }, (_, length) => {
    const hosts = BigInt(width - length)
    return { family, first: (first >> hosts) << hosts, prefix: length }
  })
}

/** Whether an address lies in a range. */
export function rangeHolds(range: IpRange, { family, value }: IpAddress): boolean {
  return family === range.family && value >= range.first && value <= lastOf(range)
}

/** `10.96.0.0/12` */
export function formatIpRange(range: IpRange): string {
  return `${formatIp({ family: range.family, value: range.first })}/${range.prefix}`
}

/** Returns the family of an address, or undefined if `text` is not an address. */
export function familyOf(text: string): IpFamily | undefined {
  return parseIp(text)?.family
}
