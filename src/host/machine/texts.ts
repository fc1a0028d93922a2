/** What systemd notes when it has started a kubelet. */
export const STARTED = 'Started kubelet.service - kubelet: The Kubernetes Node Agent.'

/** Where the programs of Kubernetes log what they think of a feature gate. */
export const GATE_SOURCE = 'feature_gate.go:352'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

const two = (value: number): string => String(value).padStart(2, '0')

/** `Jan 02 03:04:05`, as syslog and journalctl print it. */
export function syslogTime(ms: number): string {
  const at = new Date(ms)
  return `${MONTHS[at.getUTCMonth()] ?? ''} ${two(at.getUTCDate())} ${clockTime(ms)}`
}

/** `03:04:05` */
export function clockTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19)
}

/** `Fri 2026-01-02 03:04:05 UTC`, as systemctl prints it. */
export function systemdTime(ms: number): string {
  const at = new Date(ms)
  return `${DAYS[at.getUTCDay()] ?? ''} ${at.toISOString().slice(0, 10)} ${clockTime(ms)} UTC`
}

/** `7min`, `1h 30min`, `2 days`, as systemctl prints an age. Source: systemd format_timestamp_relative. */
export function systemdAge(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  if (days >= 2) return `${days} days`
  if (days === 1) return `1 day ${hours % 24}h`
  if (hours > 0) return `${hours}h ${minutes % 60}min`
  if (minutes >= 5) return `${minutes}min`
  if (minutes > 0) return `${minutes}min ${seconds % 60}s`
  return seconds > 0 ? `${seconds}s` : `${Math.max(1, Math.floor(ms))}ms`
}

/** `Fri Jan  2 03:04:05 UTC 2026`, as date prints it. */
export function dateTime(ms: number): string {
  const at = new Date(ms)
  return (
    `${DAYS[at.getUTCDay()] ?? ''} ${MONTHS[at.getUTCMonth()] ?? ''} ` +
    `${String(at.getUTCDate()).padStart(2)} ${clockTime(ms)} UTC ${at.getUTCFullYear()}`
  )
}

/** `Jan  2 03:04:05 2026 GMT`, as openssl prints it. */
export function opensslTime(ms: number): string {
  const at = new Date(ms)
  return (
    `${MONTHS[at.getUTCMonth()] ?? ''} ${String(at.getUTCDate()).padStart(2)} ${clockTime(ms)} ` +
    `${at.getUTCFullYear()} GMT`
  )
}

/**
 * `3 minutes`, `About an hour`: formats an age as docker and crictl do. Source: docker/go-units
 * HumanDuration.
 */
export function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 1) return 'Less than a second'
  if (seconds === 1) return '1 second'
  if (seconds < 60) return `${seconds} seconds`
  const minutes = Math.floor(seconds / 60)
  if (minutes === 1) return 'About a minute'
  if (minutes < 60) return `${minutes} minutes`
  const hours = Math.floor(minutes / 60 + 0.5)
  if (hours === 1) return 'About an hour'
  if (hours < 48) return `${hours} hours`
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`
  return `${Math.floor(hours / 24 / 365)} years`
}

/** Aligns columns as text/tabwriter and kubectl do: each is as wide as its longest cell plus three spaces. */
export function table(
  rows: readonly (readonly string[])[],
  { gap = 3 }: { readonly gap?: number } = {},
): string {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)))
  return rows
    .map((row) => {
      const cells = row.map((cell, at) =>
        at === row.length - 1 ? cell : cell.padEnd((widths[at] ?? 0) + gap),
      )
      return `${cells.join('')}\n`
    })
    .join('')
}

/** Ms in which ls takes a time for recent. Source: coreutils ls.c. */
const RECENT = (31_556_952 * 1000) / 2

/** `Jan  2 03:04`, or `Jan  2  2025` for what is older than half a year, as ls prints a time. */
export function lsTime(ms: number, now: number): string {
  const at = new Date(ms)
  const isRecent = ms <= now && now - ms < RECENT
  const end = isRecent ? clockTime(ms).slice(0, 5) : String(at.getUTCFullYear()).padStart(5)
  return `${MONTHS[at.getUTCMonth()] ?? ''} ${String(at.getUTCDate()).padStart(2)} ${end}`
}
