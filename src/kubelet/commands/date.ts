import type { Program } from './command.js'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Virtual time: `date`, `date -u`, `date +%s`, `date -Iseconds`. */
export const date: Program = {
  name: 'date',
  run: ({ args, world, write }) => {
    const format = args.find((word) => word.startsWith('+'))?.slice(1)
    if (args.some((word) => word.startsWith('-I')))
      write(`${formatDate('%Y-%m-%dT%H:%M:%S+00:00', world.now)}\n`)
    else write(`${formatDate(format ?? '%a %b %e %H:%M:%S UTC %Y', world.now)}\n`)
    return 0
  },
}

/** strftime in UTC, in English. */
function formatDate(format: string, ms: number): string {
  const time = new Date(ms)
  const two = (value: number): string => String(value).padStart(2, '0')
  const fields: Readonly<Record<string, string>> = {
    Y: String(time.getUTCFullYear()),
    m: two(time.getUTCMonth() + 1),
    d: two(time.getUTCDate()),
    H: two(time.getUTCHours()),
    M: two(time.getUTCMinutes()),
    S: two(time.getUTCSeconds()),
    e: String(time.getUTCDate()).padStart(2),
    a: DAYS[time.getUTCDay()] ?? '',
    b: MONTHS[time.getUTCMonth()] ?? '',
    s: String(Math.floor(ms / 1000)),
    N: `${String(ms % 1000).padStart(3, '0')}000000`,
    Z: 'UTC',
    z: '+0000',
    y: two(time.getUTCFullYear() % 100),
    j: String(Math.floor((ms - Date.UTC(time.getUTCFullYear(), 0, 1)) / 86_400_000) + 1).padStart(3, '0'),
    n: '\n',
    t: '\t',
    '%': '%',
  }
  const whole = format
    .replaceAll('%F', '%Y-%m-%d')
    .replaceAll('%T', '%H:%M:%S')
    .replaceAll('%R', '%H:%M')
    .replaceAll('%D', '%m/%d/%y')
  return whole.replaceAll(/%(.)/g, (all, field: string) => fields[field] ?? all)
}
