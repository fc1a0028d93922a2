import { invalid, type FieldError } from '../field-error.js'
import { formatIp, formatIpRange, parseIp, parseIpRange, type IpAddress } from '../../lang/go/ip.js'
import { addressError } from '../../lang/go/netip.js'

/** Validates an address. Source: apimachinery pkg/util/validation/ip.go IsValidIPForLegacyField. */
export function validateIp(text: string, path: string): readonly FieldError[] {
  return parseIp(text) === undefined
    ? [invalid(path, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
    : []
}

/** Validates a CIDR. Source: IsValidCIDRForLegacyField. */
export function validateIpRange(text: string, path: string): readonly FieldError[] {
  return parseIpRange(text) === undefined
    ? [invalid(path, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]
    : []
}

const within = ({ value }: IpAddress, first: bigint, hosts: bigint): boolean =>
  value >> hosts === first >> hosts

/**
 * Validates an address of an endpoint, to which packets can be sent. Source: pkg/apis/core/validation
 * ValidateEndpointIP.
 */
export function validateEndpointIp(text: string, path: string): readonly FieldError[] {
  const ip = parseIp(text)
  if (ip === undefined) return [invalid(path, text, 'must be a valid IP address')]
  const { family, value } = ip
  const is4 = family === 'IPv4'
  const found: FieldError[] = []
  if (value === 0n) found.push(invalid(path, text, `may not be unspecified (${text})`))
  if (is4 ? value >> 24n === 127n : value === 1n) {
    found.push(invalid(path, text, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'))
  }
  if (is4 ? within(ip, 0xa9fe0000n, 16n) : value >> 118n === 0x3fan) {
    found.push(invalid(path, text, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'))
  }
  if (is4 ? within(ip, 0xe0000000n, 8n) : value >> 120n === 0xffn && ((value >> 112n) & 0xfn) === 2n) {
    found.push(invalid(path, text, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'))
  }
  return found
}

/**
 * Returns warnings about addresses in a form that will become invalid. Source: apimachinery
 * pkg/util/validation GetWarningsForIP.
 */
export function ipWarnings(text: string, path: string): readonly string[] {
  const ip = parseIp(text)
  if (ip === undefined) return []
  const canonical = formatIp(ip)
  if (canonical === text) return []
  if (ip.family === 'IPv4') {
    return [
      `${path}: non-standard IP address "${text}" will be considered invalid in a future Kubernetes ` +
        `release: use "${canonical}"`,
    ]
  }
  return [`${path}: IPv6 address "${text}" should be in RFC 5952 canonical format ("${canonical}")`]
}

/** Returns warnings about ambiguous CIDRs. Source: apimachinery pkg/util/validation GetWarningsForCIDR. */
export function ipRangeWarnings(text: string, path: string): readonly string[] {
  const range = parseIpRange(text)
  const [address = '', length = ''] = text.split('/')
  const ip = parseIp(address)
  if (range === undefined || ip === undefined) return []
  const canonical = formatIpRange(range)
  const width = range.family === 'IPv4' ? 32 : 128
  const found: string[] = []
  if (ip.value !== range.first) {
    const single = `${formatIp(ip)}/${width}`
    found.push(
      `${path}: CIDR value "${text}" is ambiguous in this context (should be "${canonical}" or "${single}"?)`,
    )
  }
  const isStandard =
    addressError(address) === undefined &&
    !/^0\d/.test(length) &&
    !(range.family === 'IPv4' && text.includes(':'))
  if (!isStandard) {
    found.push(
      `${path}: non-standard CIDR value "${text}" will be considered invalid in a future Kubernetes ` +
        `release: use "${canonical}"`,
    )
  } else if (range.family === 'IPv6' && formatIp(ip) !== address) {
    found.push(`${path}: IPv6 CIDR value "${text}" should be in RFC 5952 canonical format ("${canonical}")`)
  }
  return found
}

/** Returns warnings about the addresses in the status of a Service or an Ingress. */
export function loadBalancerWarnings(loadBalancer: {
  readonly ingress?: readonly { readonly ip?: string }[]
}): readonly string[] {
  return (loadBalancer.ingress ?? []).flatMap(({ ip = '' }, at) =>
    ip === '' ? [] : ipWarnings(ip, `status.loadBalancer.ingress[${at}]`),
  )
}
