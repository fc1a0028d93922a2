/**
 * Parses addresses as Go's net/netip: strictly, and with its error texts. Source: Go's net/netip ParseAddr,
 * parseIPv4Fields, parseIPv6.
 */
import { quote } from './quote.js'
import { formatIp, parseIp, parseIpRange, rangeHolds, type IpFamily } from './ip.js'

interface Fault {
  readonly text: string
  /** The rest of the input at the fault. */
  readonly at?: string
}

function ipv4Fault(text: string): Fault | undefined {
  let value = 0
  let digits = 0
  let dots = 0
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] as string
    if (letter >= '0' && letter <= '9') {
      if (digits === 1 && value === 0) return { text: 'IPv4 field has octet with leading zero' }
      value = value * 10 + Number(letter)
      digits++
      if (value > 255) return { text: 'IPv4 field has value >255' }
    } else if (letter === '.') {
      if (at === 0 || at === text.length - 1 || text[at - 1] === '.') {
        return { text: 'IPv4 field must have at least one digit', at: text.slice(at) }
      }
      if (dots === 3) return { text: 'IPv4 address too long' }
      dots++
      value = 0
      digits = 0
    } else {
      return { text: 'unexpected character', at: text.slice(at) }
    }
  }
  return dots < 3 ? { text: 'IPv4 address too short' } : undefined
}

/**
 * Checks that a colon and more follow a group of an IPv6 address. Returns the fault, or the rest after the
 * colon.
 */
function afterGroup(rest: string): Fault | string {
  if (!rest.startsWith(':')) return { text: 'unexpected character, want colon', at: rest }
  return rest.length === 1 ? { text: 'colon must be followed by more characters', at: rest } : rest.slice(1)
}

function groupFault(rest: string, digits: string): Fault | undefined {
  if (digits.length > 4) return { text: 'each group must have 4 or less digits', at: rest }
  return digits === ''
    ? { text: 'each colon-separated field must have at least one digit', at: rest }
    : undefined
}

function ipv6Fault(text: string): Fault | undefined {
  const percent = text.indexOf('%')
  if (percent === text.length - 1 && percent >= 0) return { text: 'zone must be a non-empty string' }
  let rest = percent < 0 ? text : text.slice(0, percent)
  let bytes = 0
  let hasGap = rest.startsWith('::')
  if (hasGap) rest = rest.slice(2)
  while (bytes < 16 && rest !== '') {
    const digits = /^[0-9a-fA-F]*/.exec(rest)?.[0] ?? ''
    const wrong = groupFault(rest, digits)
    if (wrong !== undefined) return wrong
    if (rest[digits.length] === '.') {
      if (!hasGap && bytes !== 12)
        return { text: 'embedded IPv4 address must replace the final 2 fields of the address', at: rest }
      if (bytes > 12)
        return { text: 'too many hex fields to fit an embedded IPv4 at the end of the address', at: rest }
      const inner = ipv4Fault(rest)
      if (inner !== undefined) return inner
      bytes += 4
      rest = ''
      break
    }
    bytes += 2
    rest = rest.slice(digits.length)
    if (rest === '') break
    const next = afterGroup(rest)
    if (typeof next !== 'string') return next
    rest = next
    if (!rest.startsWith(':')) continue
    if (hasGap) return { text: 'multiple :: in address', at: rest }
    hasGap = true
    rest = rest.slice(1)
  }
  if (rest !== '') return { text: 'trailing garbage after address', at: rest }
  if (bytes < 16) return hasGap ? undefined : { text: 'address string too short' }
  return hasGap ? { text: 'the :: must expand to at least one field of zeros' } : undefined
}

/**
 * Returns the error of `netip.ParseAddr`, or undefined for a valid address: `ParseAddr("1.2.3"): IPv4 address
 * too short`.
 */
export function addressError(text: string): string | undefined {
  const mark = /[.:%]/.exec(text)?.[0]
  const fault =
    mark === '.'
      ? ipv4Fault(text)
      : mark === ':'
        ? ipv6Fault(text)
        : { text: mark === '%' ? 'missing IPv6 address' : 'unable to parse IP' }
  if (fault === undefined) return undefined
  const at = 'at' in fault && fault.at !== undefined ? ` (at ${quote(fault.at)})` : ''
  return `ParseAddr(${quote(text)}): ${fault.text}${at}`
}

/** Returns the canonical text of a valid address. An IPv4-mapped IPv6 address keeps its form. */
export function canonicalAddress(text: string): string | undefined {
  const [address = '', zone] = text.split('%', 2)
  const ip = parseIp(address)
  if (ip === undefined) return undefined
  const plain = formatIp(ip)
  const isMapped = ip.family === 'IPv4' && text.includes(':')
  return `${isMapped ? `::ffff:${plain}` : plain}${zone === undefined ? '' : `%${zone}`}`
}

/**
 * Returns the error of strict validation of a CIDR, or undefined if it is valid. Source: apimachinery
 * pkg/util/validation/ip.go IsValidCIDR.
 */
export function rangeFault(text: string): string | undefined {
  const range = parseIpRange(text)
  if (range === undefined) return 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'
  const [address = '', length = ''] = text.split('/')
  if (addressError(address) !== undefined || /^0\d/.test(length))
    return 'must not have leading 0s in IP or prefix length'
  if (isMappedText(address, range.family)) return 'must not have an IPv4-mapped IPv6 address'
  return parseIp(address)?.value === range.first
    ? undefined
    : 'must not have bits set beyond the prefix length'
}

/** Whether the text is an IPv4-mapped IPv6 address. */
const isMappedText = (address: string, family: IpFamily): boolean =>
  family === 'IPv4' && address.includes(':')

/** Whether `inner` is a proper subset of `outer`. Returns false if either is not a CIDR. */
export function isStrictPart(outer: string, inner: string): boolean {
  const whole = parseIpRange(outer)
  const part = parseIpRange(inner)
  if (whole === undefined || part === undefined || whole.family !== part.family) return false
  return part.prefix > whole.prefix && rangeHolds(whole, { family: part.family, value: part.first })
}
