/**
 * String formats of schemas of custom resources. Source: kube-openapi pkg/validation/strfmt, apiextensions
 * pkg/apiserver/validation/formats.go (other formats are ignored).
 */
type Check = (text: string) => boolean

const matching =
  (pattern: RegExp): Check =>
  (text) =>
    pattern.test(text)

const isIpv4: Check = matching(/^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/)

const isIpv6: Check = (text) => {
  const halves = text.split('::')
  if (halves.length > 2 || !text.includes(':')) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const last = groups.at(-1) ?? ''
  const hasIpv4 = last.includes('.')
  if (hasIpv4 && !isIpv4(last)) return false
  const plain = hasIpv4 ? groups.slice(0, -1) : groups
  const count = plain.length + (hasIpv4 ? 2 : 0)
  return (
    plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) &&
    (halves.length === 2 ? count < 8 : count === 8)
  )
}

const isCidr: Check = (text) => {
  const [address = '', bits = '', rest] = text.split('/')
  if (rest !== undefined || !/^\d{1,3}$/.test(bits)) return false
  return (isIpv4(address) && Number(bits) <= 32) || (isIpv6(address) && Number(bits) <= 128)
}

const isDate: Check = (text) => {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (match === null) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  return day >= 1 && day <= (days[month - 1] ?? 0)
}

/** RFC 3339, with `T` and `t`, fractions and offsets. */
export const isDateTime: Check = (text) => {
  const match = /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d+)?([Zz]|[-+]\d{2}:?\d{2})?$/.exec(text)
  return (
    match !== null &&
    isDate(match[1] ?? '') &&
    Number(match[2]) < 24 &&
    Number(match[3]) < 60 &&
    Number(match[4]) < 60
  )
}

/** Go's durations, and the long units that strfmt adds. */
const isDuration: Check = matching(
  /^[-+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*$|^0$|^\d+\s*(nanosecond|nano|ns|us|microsecond|micro|ms|millisecond|milli|s|second|sec|m|minute|min|h|hour|hr|d|day|w|week|wk)s?$/,
)

const isUri: Check = (text) => /^([A-Za-z][-+.A-Za-z0-9]*:\S*|\/\S*)$/.test(text)
const label = '[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?'
const isHostname: Check = (text) =>
  text.length <= 255 && new RegExp(`^${label}(\\.${label})*\\.?$`).test(text)
const isUuid = (version: string): Check =>
  matching(
    new RegExp(
      `^[0-9a-f]{8}-[0-9a-f]{4}-${version}[0-9a-f]{3}-${
        version === '4' || version === '5' ? '[89ab]' : '[0-9a-f]'
      }[0-9a-f]{3}-[0-9a-f]{12}$`,
      'i',
    ),
  )

const isIsbn =
  (length: 10 | 13): Check =>
  (text) => {
    const digits = text.replace(/[-\s]/g, '')
    if (length === 10) {
      if (!/^\d{9}[\dX]$/.test(digits)) return false
      const sum = Array.from(digits, (digit, at) => (digit === 'X' ? 10 : Number(digit)) * (10 - at)).reduce(
        (a, b) => a + b,
        0,
      )
      return sum % 11 === 0
    }
    if (!/^\d{13}$/.test(digits)) return false
    return (
      Array.from(digits, (digit, at) => Number(digit) * (at % 2 === 0 ? 1 : 3)).reduce((a, b) => a + b, 0) %
        10 ===
      0
    )
  }

const isCreditCard: Check = (text) => {
  const digits = text.replace(/[- ]/g, '')
  if (!/^\d{13,19}$/.test(digits)) return false
  const sum = Array.from(digits)
    .reverse()
    .map((digit, at) => {
      const value = Number(digit) * (at % 2 === 0 ? 1 : 2)
      return value > 9 ? value - 9 : value
    })
  return sum.reduce((a, b) => a + b, 0) % 10 === 0
}

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

function checkOf(format: string): Check | undefined {
  switch (format) {
    case 'bsonobjectid':
      return matching(/^[0-9a-fA-F]{24}$/)
    case 'uri':
      return isUri
    case 'email':
      return matching(/^[^\s@<>()[\],;:"]+@[^\s@<>()[\],;:"]+$/)
    case 'hostname':
      return isHostname
    case 'ipv4':
      return isIpv4
    case 'ipv6':
      return isIpv6
    case 'cidr':
      return isCidr
    case 'mac':
      return matching(
        /^([0-9A-Fa-f]{2}([:-])([0-9A-Fa-f]{2}\2){4}[0-9A-Fa-f]{2}|([0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4})$/,
      )
    case 'uuid':
      return isUuid('[0-9a-f]')
    case 'uuid3':
      return isUuid('3')
    case 'uuid4':
      return isUuid('4')
    case 'uuid5':
      return isUuid('5')
    case 'isbn':
      return (text) => isIsbn(10)(text) || isIsbn(13)(text)
    case 'isbn10':
      return isIsbn(10)
    case 'isbn13':
      return isIsbn(13)
    case 'creditcard':
      return isCreditCard
    case 'ssn':
      return matching(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/)
    case 'hexcolor':
      return matching(/^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/)
    case 'rgbcolor':
      return matching(
        /^rgb\(\s*(\d{1,2}|1\d\d|2[0-4]\d|25[0-5])\s*(,\s*(\d{1,2}|1\d\d|2[0-4]\d|25[0-5])\s*){2}\)$/,
      )
    case 'byte':
      return matching(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/)
    case 'password':
      return () => true
    case 'date':
      return isDate
    case 'duration':
      return isDuration
    case 'datetime':
      return isDateTime
    case 'k8sshortname':
      return (text) => text.length <= 63 && dnsLabel.test(text)
    case 'k8slongname':
      return (text) => text.length <= 253 && text.split('.').every((part) => dnsLabel.test(part))
    default:
      return undefined
  }
}

const normalized = (format: string): string => format.replaceAll('-', '')

/**
 * Whether a text has the format. Unknown formats accept everything. Dashes are ignored: `date-time` is
 * `datetime`.
 */
export function hasFormat(format: string, text: string): boolean {
  return checkOf(normalized(format))?.(text) ?? true
}

/** Whether the format is known. */
export function isKnownFormat(format: string): boolean {
  return normalized(format) === 'quantity' || checkOf(normalized(format)) !== undefined
}
