import ipaddr from 'ipaddr.js'
import { hasFormat } from '../apiextensions/formats.js'
import {
  configKeyFaults,
  dns1035LabelFaults,
  dnsLabelFaults,
  dnsSubdomainFaults,
  labelValueFaults,
  qualifiedNameFaults,
} from '../names.js'
import { noOptional, optionalOf } from './optional.js'
import type { Library, LibraryFunction } from './library.js'
import { CelFault, fn } from './library.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** An address in an expression. */
export class IpValue {
  readonly address: Address

  constructor(address: Address) {
    this.address = address
  }
}

/** A block of addresses in an expression. */
export class CidrValue {
  readonly address: Address
  readonly bits: number

  constructor(address: Address, bits: number) {
    this.address = address
    this.bits = bits
  }
}

/** A parsed URL in an expression. */
export class UrlValue {
  readonly text: string
  readonly url: URL

  constructor(text: string, url: URL) {
    this.text = text
    this.url = url
  }
}

/** `format.dns1123Label()` */
export class FormatValue {
  readonly validate: (text: string) => readonly string[]

  constructor(validate: (text: string) => readonly string[]) {
    this.validate = validate
  }
}

/** The value of `ip` in `ip.isCanonical(...)`. */
export class IpNamespace {
  readonly name = 'ip'
}
/** The value of `format` in `format.named(...)`. */
export class FormatNamespace {
  readonly name = 'format'
}

const IP = 'net.IP'
const CIDR = 'net.CIDR'
const URL_TYPE = 'kubernetes.URL'
const FORMAT = 'kubernetes.NamedFormat'

function parseIp(text: string): Address | undefined {
  const isPlain = hasFormat('ipv4', text) || (hasFormat('ipv6', text) && !text.includes('%'))
  if (!isPlain) return undefined
  const address = ipaddr.parse(text)
  // upstream refuses IPv4-mapped IPv6 addresses
  return address.kind() === 'ipv6' && (address as ipaddr.IPv6).isIPv4MappedAddress() ? undefined : address
}

function ip(text: string): IpValue {
  const address = parseIp(text)
  if (address === undefined)
    throw new CelFault(
      `IP Address ${JSON.stringify(text)} parse error during conversion from string: ` +
        `ParseAddr(${JSON.stringify(text)}): unable to parse IP`,
    )
  return new IpValue(address)
}

function parseCidr(text: string): CidrValue | undefined {
  const [head = '', bits = ''] = text.split('/')
  const address = parseIp(head)
  if (address === undefined || !hasFormat('cidr', text)) return undefined
  return new CidrValue(address, Number(bits))
}

function cidr(text: string): CidrValue {
  const parsed = parseCidr(text)
  if (parsed === undefined)
    throw new CelFault(
      'network address parse error during conversion from string: ' +
        `netip.ParsePrefix(${JSON.stringify(text)}): no '/'`,
    )
  return parsed
}

const ipText = (address: Address): string =>
  address.kind() === 'ipv6' ? (address as ipaddr.IPv6).toRFC5952String() : address.toString()
const cidrText = ({ address, bits }: CidrValue): string => `${ipText(address)}/${bits}`
const range = ({ address }: IpValue): string => address.range()

function containsIp({ address, bits }: CidrValue, other: IpValue): boolean {
  return address.kind() === other.address.kind() && other.address.match(address as never, bits as never)
}

function masked(value: CidrValue): CidrValue {
  const bytes = value.address.toByteArray().map((byte, at) => {
    const kept = Math.min(8, Math.max(0, value.bits - at * 8))
    return byte & (0xff << (8 - kept)) & 0xff
  })
  return new CidrValue(ipaddr.fromByteArray(bytes), value.bits)
}

const containsCidr = (outer: CidrValue, inner: CidrValue): boolean =>
  outer.bits <= inner.bits && containsIp(outer, new IpValue(inner.address))

const addresses: readonly LibraryFunction[] = [
  fn(`ip(string): ${IP}`, ip),
  fn('isIP(string): bool', (text: string) => parseIp(text) !== undefined),
  {
    check: ['ip.isCanonical(string): bool'],
    namespaced: true,
    run: ['IpNamespace.isCanonical(string): bool'],
    handler: (_: unknown, text: string) => ipText(ip(text).address) === text,
  },
  fn(`${IP}.family(): int`, ({ address }: IpValue) => (address.kind() === 'ipv4' ? 4n : 6n)),
  fn(`${IP}.isUnspecified(): bool`, (value: IpValue) => range(value) === 'unspecified'),
  fn(`${IP}.isLoopback(): bool`, (value: IpValue) => range(value) === 'loopback'),
  fn(`${IP}.isLinkLocalMulticast(): bool`, ({ address }: IpValue) =>
    /^(224\.0\.0\.|ff[0-9a-f]2:)/.test(ipText(address)),
  ),
  fn(`${IP}.isLinkLocalUnicast(): bool`, (value: IpValue) => range(value) === 'linkLocal'),
  fn(
    `${IP}.isGlobalUnicast(): bool`,
    (value: IpValue) =>
      !['unspecified', 'loopback', 'multicast', 'linkLocal', 'broadcast'].includes(range(value)),
  ),
  fn(`string(${IP}): string`, ({ address }: IpValue) => ipText(address)),
  fn(`cidr(string): ${CIDR}`, cidr),
  fn('isCIDR(string): bool', (text: string) => parseCidr(text) !== undefined),
  fn(`${CIDR}.containsIP(${IP}): bool`, containsIp),
  fn(`${CIDR}.containsIP(string): bool`, (value: CidrValue, text: string) => containsIp(value, ip(text))),
  fn(`${CIDR}.containsCIDR(${CIDR}): bool`, containsCidr),
  fn(`${CIDR}.containsCIDR(string): bool`, (value: CidrValue, text: string) =>
    containsCidr(value, cidr(text)),
  ),
  fn(`${CIDR}.ip(): ${IP}`, ({ address }: CidrValue) => new IpValue(address)),
  fn(`${CIDR}.masked(): ${CIDR}`, masked),
  fn(`${CIDR}.prefixLength(): int`, ({ bits }: CidrValue) => BigInt(bits)),
  fn(`string(${CIDR}): string`, cidrText),
]

function parseUrl(text: string): URL | undefined {
  if (!/^([A-Za-z][-+.A-Za-z0-9]*:\/\/|\/)/.test(text)) return undefined
  try {
    return new URL(text, 'relative://')
  } catch {
    return undefined
  }
}

function url(text: string): UrlValue {
  const parsed = parseUrl(text)
  if (parsed === undefined)
    throw new CelFault(
      `URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`,
    )
  return new UrlValue(text, parsed)
}

const authority = (text: string): string =>
  /^[A-Za-z][-+.A-Za-z0-9]*:\/\/(?:[^/?#@]*@)?([^/?#]*)/.exec(text)?.[1] ?? ''

function queryOf({ url: { searchParams } }: UrlValue): Record<string, string[]> {
  const query: Record<string, string[]> = {}
  for (const [name, value] of searchParams) if (name !== '__proto__') (query[name] ??= []).push(value)
  return query
}

const urls: readonly LibraryFunction[] = [
  fn(`url(string): ${URL_TYPE}`, url),
  fn('isURL(string): bool', (text: string) => parseUrl(text) !== undefined),
  fn(
    `${URL_TYPE}.getScheme(): string`,
    ({ text }: UrlValue) => /^([A-Za-z][-+.A-Za-z0-9]*):/.exec(text)?.[1]?.toLowerCase() ?? '',
  ),
  fn(`${URL_TYPE}.getHost(): string`, ({ text }: UrlValue) => authority(text)),
  fn(`${URL_TYPE}.getHostname(): string`, ({ text }: UrlValue) =>
    authority(text)
      .replace(/:\d+$/, '')
      .replace(/^\[(.*)\]$/, '$1'),
  ),
  fn(`${URL_TYPE}.getPort(): string`, ({ text }: UrlValue) => /:(\d+)$/.exec(authority(text))?.[1] ?? ''),
  fn(`${URL_TYPE}.getEscapedPath(): string`, ({ text }: UrlValue) =>
    text.replace(/^[A-Za-z][-+.A-Za-z0-9]*:\/\/[^/?#]*/, '').replace(/[?#].*$/, ''),
  ),
  fn(`${URL_TYPE}.getQuery(): map<string, list<string>>`, queryOf),
]

const named: Readonly<Record<string, (text: string) => readonly string[]>> = {
  dns1123Label: dnsLabelFaults,
  dns1123Subdomain: dnsSubdomainFaults,
  dns1035Label: dns1035LabelFaults,
  dns1123LabelPrefix: (text) => dnsLabelFaults(text.replace(/-$/, 'a')),
  dns1123SubdomainPrefix: (text) => dnsSubdomainFaults(text.replace(/-$/, 'a')),
  dns1035LabelPrefix: (text) => dns1035LabelFaults(text.replace(/-$/, 'a')),
  qualifiedName: qualifiedNameFaults,
  labelValue: labelValueFaults,
  configMapKey: configKeyFaults,
  uri: (text) => (parseUrl(text) === undefined ? ['invalid URI'] : []),
  uuid: (text) => (hasFormat('uuid', text) ? [] : ['does not match the UUID format']),
  byte: (text) => (hasFormat('byte', text) ? [] : ['invalid base64']),
  date: (text) => (hasFormat('date', text) ? [] : ['invalid date']),
  datetime: (text) => (hasFormat('datetime', text) ? [] : ['invalid datetime']),
}

const formatNames = Object.keys(named).filter((name) => name !== 'configMapKey')

const formats: readonly LibraryFunction[] = [
  ...formatNames.map((name): LibraryFunction => ({
    check: [`format.${name}(): ${FORMAT}`],
    namespaced: true,
    run: [`FormatNamespace.${name}(): ${FORMAT}`],
    handler: () => new FormatValue(named[name] as (text: string) => readonly string[]),
  })),
  {
    check: [`format.named(string): optional<${FORMAT}>`],
    namespaced: true,
    run: [`FormatNamespace.named(string): optional<${FORMAT}>`],
    handler: (_: unknown, name: string) => {
      const validate = Object.hasOwn(named, name) ? named[name] : undefined
      return validate === undefined ? noOptional() : optionalOf(new FormatValue(validate))
    },
  },
  {
    check: [`${FORMAT}.validate(string): optional<list<string>>`],
    run: [`${FORMAT}.validate(string): optional<list<string>>`],
    handler: ({ validate }: FormatValue, text: string) => {
      const faults = validate(text)
      return faults.length === 0 ? noOptional() : optionalOf(faults)
    },
  },
]

/**
 * Kubernetes' addresses, URLs and named formats. Source: apiserver pkg/cel/library ip.go, cidr.go, urls.go,
 * format.go.
 */
export const networkLibrary: Library = {
  types: {
    [IP]: IpValue,
    [CIDR]: CidrValue,
    [URL_TYPE]: UrlValue,
    [FORMAT]: FormatValue,
    IpNamespace,
    FormatNamespace,
  },
  functions: [...addresses, ...urls, ...formats],
  equal: {
    [IP]: (a: IpValue, b: IpValue) => ipText(a.address) === ipText(b.address),
    [CIDR]: (a: CidrValue, b: CidrValue) => cidrText(a) === cidrText(b),
    [URL_TYPE]: (a: UrlValue, b: UrlValue) => a.text === b.text,
  },
}
