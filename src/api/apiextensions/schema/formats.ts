/**
 * String formats of schemas of custom resources. Source: kube-openapi pkg/validation/strfmt, apiextensions
 * pkg/apiserver/validation/formats.go (other formats are ignored).
 */
import { GoUrlError, parseRequestUri } from '../../../lang/go/url.js'
import { parseIp, parseIpRange } from '../../../lang/go/ip.js'
import { addressError } from '../../../lang/go/netip.js'

type Check = (text: string) => boolean

const matching =
  (pattern: RegExp): Check =>
  (text) =>
    pattern.test(text)

/** An IPv4-mapped address counts as well, since it has a dot. */
const isIpv4: Check = (text) => text.includes('.') && parseIp(text) !== undefined
const isIpv6: Check = (text) => text.includes(':') && !text.includes('%') && addressError(text) === undefined
const isCidr: Check = (text) => parseIpRange(text) !== undefined

const isDate: Check = (text) => {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (match === null) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  return day >= 1 && day <= (days[month - 1] ?? 0)
}

/** Source: kube-openapi strfmt/time.go IsDateTime. */
export const isDateTime: Check = (text) => {
  const [date = '', time = ''] = text.toLowerCase().split('t')
  const match = /^(\d{2}):(\d{2}):(\d{2})(.\d+)?(z|[-+]\d{2}:\d{2})$/.exec(time)
  return (
    match !== null && isDate(date) && Number(match[1]) < 24 && Number(match[2]) < 60 && Number(match[3]) < 60
  )
}

const goDuration = /^[-+]?((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$|^[-+]?0$/
const units = /^(ns|nano.*|us|µs|micro.*|ms|milli.*|s|sec.*|m|min.*|h|hr|hour.*|d|day.*|w|wk|week.*)$/

/** Go's durations, and texts with a number and one of the long units. Source: strfmt/duration.go. */
const isDuration: Check = (text) =>
  goDuration.test(text) ||
  Array.from(text.matchAll(/(?<!\d)\d+\s*([A-Za-zµ]+)/g)).some(([, unit = '']) =>
    units.test(unit.toLowerCase()),
  )

const isUri: Check = (text) => {
  try {
    parseRequestUri(text)
    return true
  } catch (error) {
    if (error instanceof GoUrlError) return false
    throw error
  }
}

const atom = "[A-Za-z0-9!#$%&'*+\\-/=?^_`{|}~\\u0080-\\uffff]+"
const address = `${atom}(\\.${atom})*@${atom}(\\.${atom})*`
/** What Go's mail.ParseAddress accepts, with or without a name. */
const isEmail: Check = matching(
  new RegExp(`^\\s*(${address}|("[^"]*"|${atom}(\\s+${atom})*)?\\s*<${address}>)\\s*$`),
)

const hostnameSign = '[a-zA-Z0-9\\p{S}\\p{L}]'
/** Made at its first use, since the classes of Unicode take V8 a millisecond. */
let hostname: RegExp | undefined
const hostnamePattern =
  `^(${hostnameSign}((-?${hostnameSign}{0,62})?)|` +
  `(${hostnameSign}(([a-zA-Z0-9\\-\\p{S}\\p{L}]{0,61}${hostnameSign})?)(\\.)){1,}([a-zA-Z\\p{L}]){2,63})$`
/** Source: strfmt/default.go IsHostname. The last part has letters only, so that it is no address. */
const isHostname: Check = (text) =>
  text.length <= 255 &&
  text.split('.').every((part) => part.length <= 63) &&
  (hostname ??= new RegExp(hostnamePattern, 'u')).test(text)
const isUuid = (version: string, variant = '[0-9a-f]'): Check =>
  matching(
    // bounded: parts of this file
    new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'i'),
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

const cards = [
  String.raw`4\d{12}(\d{3})?`,
  String.raw`5[1-5]\d{14}`,
  String.raw`6(011|5\d\d)\d{12}`,
  String.raw`3[47]\d{13}`,
  String.raw`3(0[0-5]|[68]\d)\d{11}`,
  String.raw`(2131|1800|35\d{3})\d{11}`,
]
const creditCard = new RegExp(`^(${cards.join('|')})$`)

const isCreditCard: Check = (text) => {
  const digits = text.replace(/\D+/g, '')
  if (!creditCard.test(digits)) return false
  const sum = Array.from(digits)
    .reverse()
    .map((digit, at) => {
      const value = Number(digit) * (at % 2 === 0 ? 1 : 2)
      return value > 9 ? value - 9 : value
    })
  return sum.reduce((a, b) => a + b, 0) % 10 === 0
}

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

const hex = '[0-9A-Fa-f]'
/** Hardware addresses of 6, 8 or 20 bytes. Source: net.ParseMAC. */
const mac = new RegExp(
  `^(${hex}{2}([:-])(${hex}{2}\\2){4}${hex}{2}((\\2${hex}{2}){2}|(\\2${hex}{2}){14})?|` +
    `(${hex}{4}\\.){2}${hex}{4}((\\.${hex}{4})|(\\.${hex}{4}){7})?)$`,
)
const shade = String.raw`\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*`
const rgbColor = new RegExp(String.raw`^rgb\(${shade},${shade},${shade}\)$`)

function checkOf(format: string): Check | undefined {
  switch (format) {
    case 'bsonobjectid':
      return matching(/^[0-9a-fA-F]{24}$/)
    case 'uri':
      return isUri
    case 'email':
      return isEmail
    case 'hostname':
      return isHostname
    case 'ipv4':
      return isIpv4
    case 'ipv6':
      return isIpv6
    case 'cidr':
      return isCidr
    case 'mac':
      return matching(mac)
    case 'uuid':
      return isUuid('[0-9a-f]')
    case 'uuid3':
      return isUuid('3')
    case 'uuid4':
      return isUuid('4', '[89ab]')
    case 'uuid5':
      return isUuid('5', '[89ab]')
    case 'isbn':
      return (text) => isIsbn(10)(text) || isIsbn(13)(text)
    case 'isbn10':
      return isIsbn(10)
    case 'isbn13':
      return isIsbn(13)
    case 'creditcard':
      return isCreditCard
    case 'ssn':
      return matching(/^\d{3}[- ]\d{2}[- ]\d{4}$/)
    case 'hexcolor':
      return matching(/^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/)
    case 'rgbcolor':
      return matching(rgbColor)
    case 'byte':
      return matching(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/)
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

/** Whether the format is one that values are checked for. */
export function hasCheck(format: string | undefined): format is string {
  return format !== undefined && checkOf(normalized(format)) !== undefined
}

/** Whether the format is known. */
export function isKnownFormat(format: string): boolean {
  return normalized(format) === 'quantity' || checkOf(normalized(format)) !== undefined
}
