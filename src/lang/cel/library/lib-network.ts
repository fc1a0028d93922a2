import { quote } from '../../go/quote.js'
import { GoUrlError, hostnameOf, parseQuery, parseRequestUri, portOf, type GoUrl } from '../../go/url.js'
import { formatIp, parseIp, type IpAddress } from '../../go/ip.js'
import { addressError } from '../../go/netip.js'
import type { FunctionTable } from './functions.js'
import { OpaqueValue } from './opaque.js'
import { CelError, isError, PlainList, PlainMap, type Value } from '../values.js'

const bitsOf = ({ family }: IpAddress): number => (family === 'IPv4' ? 32 : 128)

/** An address. */
export class IpValue extends OpaqueValue {
  readonly ip: IpAddress

  constructor(ip: IpAddress) {
    super()
    this.ip = ip
  }

  get typeName(): string {
    return 'net.IP'
  }

  override get size(): number {
    return bitsOf(this.ip) / 8
  }

  override toString(): string {
    return formatIp(this.ip)
  }

  protected isSame({ ip }: IpValue): boolean {
    return ip.family === this.ip.family && ip.value === this.ip.value
  }
}

/** A range of addresses. */
export class CidrValue extends OpaqueValue {
  readonly ip: IpAddress
  readonly bits: number

  constructor(ip: IpAddress, bits: number) {
    super()
    this.ip = ip
    this.bits = bits
  }

  get typeName(): string {
    return 'net.CIDR'
  }

  override get size(): number {
    return Math.ceil(this.bits / 8)
  }

  /** The range's address without the bits of hosts. */
  get first(): bigint {
    const hosts = BigInt(bitsOf(this.ip) - this.bits)
    return (this.ip.value >> hosts) << hosts
  }

  override toString(): string {
    return `${formatIp(this.ip)}/${this.bits}`
  }

  protected isSame({ ip, bits }: CidrValue): boolean {
    return bits === this.bits && ip.family === this.ip.family && ip.value === this.ip.value
  }
}

const isMapped = (text: string, { family }: IpAddress): boolean => family === 'IPv4' && text.includes(':')

/** Parses an address; zones and IPv4-mapped addresses are refused. Source: library/ip.go parseIPAddr. */
function parseAddress(text: string): IpValue | CelError {
  const fault = addressError(text)
  if (fault !== undefined)
    return new CelError(`IP Address ${quote(text)} parse error during conversion from string: ${fault}`)
  if (text.includes('%')) return new CelError(`IP address ${quote(text)} with zone value is not allowed`)
  const ip = parseIp(text)
  if (ip === undefined) throw new Error(`bug: ${text} is a valid address`)
  if (isMapped(text, ip)) return new CelError(`IPv4-mapped IPv6 address ${quote(text)} is not allowed`)
  return new IpValue(ip)
}

const PARSE_ERROR = 'network address parse error during conversion from string: '

/** Source: library/cidr.go parseCIDR, Go's netip.ParsePrefix. */
function parseCidr(text: string): CidrValue | CelError {
  const fault = (why: string): CelError =>
    new CelError(`${PARSE_ERROR}${PARSE_ERROR}netip.ParsePrefix(${quote(text)}): ${why}`)
  const slash = text.lastIndexOf('/')
  if (slash < 0) return fault("no '/'")
  const [address, length] = [text.slice(0, slash), text.slice(slash + 1)]
  const wrong = addressError(address)
  if (wrong !== undefined) return fault(wrong)
  if (address.includes('%')) return fault('IPv6 zones cannot be present in a prefix')
  const ip = parseIp(address)
  if (ip === undefined) throw new Error(`bug: ${address} is a valid address`)
  if (length.length > 1 && !/^[1-9]/.test(length)) return fault(`bad bits after slash: ${quote(length)}`)
  if (!/^[+-]?\d+$/.test(length)) return fault(`bad bits after slash: ${quote(length)}`)
  const bits = Number(length)
  if (bits < 0 || bits > (address.includes(':') ? 128 : 32)) return fault('prefix length out of range')
  if (isMapped(address, ip))
    return new CelError(`${PARSE_ERROR}IPv4-mapped IPv6 address ${quote(text)} is not allowed`)
  return new CidrValue(ip, bits)
}

const inRange = (ip: IpAddress, text: string): boolean => {
  const range = parseCidr(text)
  return range instanceof CidrValue && holds(range, ip)
}

function holds(range: CidrValue, { family, value }: IpAddress): boolean {
  const hosts = BigInt(bitsOf(range.ip) - range.bits)
  return family === range.ip.family && value >> hosts === range.ip.value >> hosts
}

/** Whether an address is in one of the ranges of its family. */
const inAny =
  (...ranges: readonly string[]) =>
  ({ ip }: IpValue): boolean =>
    ranges.some((range) => inRange(ip, range))

const isUnspecified = inAny('0.0.0.0/32', '::/128')
const isLoopback = inAny('127.0.0.0/8', '::1/128')
const isMulticast = inAny('224.0.0.0/4', 'ff00::/8')
const isLinkLocalUnicast = inAny('169.254.0.0/16', 'fe80::/10')
const isBroadcast = inAny('255.255.255.255/32')
/** `ff02` with any flags: the scope is the last digit. */
const isLinkLocalMulticast = ({ ip }: IpValue): boolean =>
  ip.family === 'IPv4'
    ? inRange(ip, '224.0.0.0/24')
    : ip.value >> 120n === 0xffn && ((ip.value >> 112n) & 0xfn) === 2n

function containsIp(range: CidrValue, ip: Value): Value {
  return ip instanceof IpValue ? holds(range, ip.ip) : (ip as CelError)
}

function containsCidr(outer: CidrValue, inner: Value): Value {
  if (!(inner instanceof CidrValue)) return inner
  return outer.bits <= inner.bits && holds(outer, inner.ip)
}

/** Kubernetes' addresses. Source: apiserver pkg/cel/library/ip.go, cidr.go. */
export function addAddresses(table: FunctionTable): void {
  table.define({
    'ip(string): net.IP': parseAddress,
    'net.IP.family(): int': ({ ip }: IpValue) => (ip.family === 'IPv4' ? 4n : 6n),
    '::ip.isCanonical(string): bool': (text: string) => {
      const ip = parseAddress(text)
      return isError(ip) ? ip : ip.toString() === text
    },
    'net.IP.isUnspecified(): bool': isUnspecified,
    'net.IP.isLoopback(): bool': isLoopback,
    'net.IP.isLinkLocalMulticast(): bool': isLinkLocalMulticast,
    'net.IP.isLinkLocalUnicast(): bool': isLinkLocalUnicast,
    'net.IP.isGlobalUnicast(): bool': (ip: IpValue) =>
      ![isUnspecified, isLoopback, isMulticast, isLinkLocalUnicast, isBroadcast].some((is) => is(ip)),
    'isIP(string): bool': (text: string) => !isError(parseAddress(text)),
    'string(net.IP): string': (ip: IpValue) => ip.toString(),
    'cidr(string): net.CIDR': parseCidr,
    'net.CIDR.containsIP(string): bool': [
      'cidr_contains_ip_string',
      (range: CidrValue, text: string) => containsIp(range, parseAddress(text)),
    ],
    'net.CIDR.containsIP(net.IP): bool': containsIp,
    'net.CIDR.containsCIDR(string): bool': [
      'cidr_contains_cidr_string',
      (range: CidrValue, text: string) => containsCidr(range, parseCidr(text)),
    ],
    'net.CIDR.containsCIDR(net.CIDR): bool': containsCidr,
    'net.CIDR.ip(): net.IP': ['cidr_ip', ({ ip }: CidrValue) => new IpValue(ip)],
    'net.CIDR.prefixLength(): int': ({ bits }: CidrValue) => BigInt(bits),
    'net.CIDR.masked(): net.CIDR': (range: CidrValue) =>
      new CidrValue({ family: range.ip.family, value: range.first }, range.bits),
    'isCIDR(string): bool': (text: string) => !isError(parseCidr(text)),
    'string(net.CIDR): string': (range: CidrValue) => range.toString(),
  })
}

/** A URL. */
export class UrlValue extends OpaqueValue {
  readonly url: GoUrl

  constructor(url: GoUrl) {
    super()
    this.url = url
  }

  get typeName(): string {
    return 'kubernetes.URL'
  }

  override toString(): string {
    return this.url.text
  }

  protected isSame({ url }: UrlValue): boolean {
    return url.text === this.url.text
  }
}

function parseUrl(text: string): UrlValue | CelError {
  try {
    return new UrlValue(parseRequestUri(text))
  } catch (error) {
    if (!(error instanceof GoUrlError)) throw error
    return new CelError(`URL parse error during conversion from string: ${error.message}`)
  }
}

/** Kubernetes' URLs. Source: apiserver pkg/cel/library/urls.go. */
export function addUrls(table: FunctionTable): void {
  table.define({
    'url(string): kubernetes.URL': parseUrl,
    'kubernetes.URL.getScheme(): string': ({ url }: UrlValue) => url.scheme,
    'kubernetes.URL.getHost(): string': ({ url }: UrlValue) => url.host,
    'kubernetes.URL.getHostname(): string': ({ url }: UrlValue) => hostnameOf(url),
    'kubernetes.URL.getPort(): string': ({ url }: UrlValue) => portOf(url),
    'kubernetes.URL.getEscapedPath(): string': ({ url }: UrlValue) => url.escapedPath,
    'kubernetes.URL.getQuery(): map<string, list<string>>': ({ url }: UrlValue) =>
      new PlainMap(
        Array.from(parseQuery(url.rawQuery), ([key, values]) => [key, new PlainList(values)] as const),
      ),
    'isURL(string): bool': (text: string) => !isError(parseUrl(text)),
  })
}
