import { checkExpiryText } from '../inputs.js'
import type { CertificateExpiry } from './renewal.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const YEAR = 365 * DAY

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** The minimum width of a column, and the padding between two (Go's tabwriter as kubeadm configures it). */
const LEAST = 10
const PADDING = 3

/**
 * Formats the tables of `kubeadm certs check-expiration`. `now` is in virtual ms. Source: kubernetes
 * cmd/kubeadm/app/cmd/certs.go.
 * @example console.log(expiryText(certificateExpiry(cluster.pki), cluster.now()))
 */
export function expiryText(
  expiry: {
    readonly certificates: readonly CertificateExpiry[]
    readonly authorities: readonly CertificateExpiry[]
  },
  now: number,
): string {
  checkExpiryText([expiry, now])
  const { certificates, authorities } = expiry
  const managed = ({ isExternal }: CertificateExpiry): string => (isExternal ? 'yes' : 'no').padEnd(8)
  const leaves = certificates.map((one) =>
    one.expires === undefined
      ? [`!MISSING! ${one.name}`, '', '', '', '']
      : [one.name, dateText(one.expires), residualText(one.expires - now), one.authority, managed(one)],
  )
  const roots = authorities.map((one) =>
    one.expires === undefined
      ? [`!MISSING! ${one.name}`, '', '', '']
      : [one.name, dateText(one.expires), residualText(one.expires - now), managed(one)],
  )
  const common = ['EXPIRES', 'RESIDUAL TIME']
  const leafHead = ['CERTIFICATE', ...common, 'CERTIFICATE AUTHORITY', 'EXTERNALLY MANAGED']
  const rootHead = ['CERTIFICATE AUTHORITY', ...common, 'EXTERNALLY MANAGED']
  return `${table([leafHead, ...leaves])}\n${table([rootHead, ...roots])}`
}

/** Formats a date: `Dec 17, 2026 10:00 UTC`. */
function dateText(ms: number): string {
  const date = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  return (
    `${MONTHS[date.getUTCMonth()] ?? ''} ${two(date.getUTCDate())}, ${date.getUTCFullYear()} ` +
    `${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`
  )
}

/** Formats the remaining time. Source: apimachinery pkg/util/duration ShortHumanDuration. */
function residualText(ms: number): string {
  if (ms <= -2 * SECOND) return '<invalid>'
  if (ms < MINUTE) return `${Math.max(Math.trunc(ms / SECOND), 0)}s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m`
  if (ms < DAY) return `${Math.floor(ms / HOUR)}h`
  return ms < YEAR ? `${Math.floor(ms / DAY)}d` : `${Math.floor(ms / YEAR)}y`
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(LEAST, ...rows.map((row) => (row[at] ?? '').length + PADDING)),
  )
  return rows
    .map(
      (row) =>
        `${row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('')}\n`,
    )
    .join('')
}
