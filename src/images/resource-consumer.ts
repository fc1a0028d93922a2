import type { ImageDefinition, ImageResponse } from '../kubelet/index.js'
import { expositionOf } from '../lang/text/prometheus.js'

/** What it has been asked to use, until a virtual time. */
type Use = {
  readonly until: number
  /** Cores. */
  readonly cpu: number
  /** Bytes. */
  readonly memory: number
}

/** What it uses, and the values of its own metrics. */
type Memory = { readonly uses: readonly Use[]; readonly metrics: Readonly<Record<string, number>> }

const MIB = 1024 ** 2
/** What it uses without being asked, in bytes. */
const OWN_MEMORY = 8 * MIB

const TEXT = { 'content-type': 'text/plain; charset=utf-8' }

/** Its functions, with the parameters that each takes besides the duration. */
const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  '/ConsumeCPU': ['millicores'],
  '/ConsumeMem': ['megabytes'],
  '/BumpMetric': ['metric', 'delta'],
}

/** Returns the effect of what is used now: the sums, and when the next part of it ends. */
function used({ uses, metrics }: Memory, now: number): Omit<ImageResponse<Memory>, 'response'> {
  const left = uses.filter(({ until }) => until > now)
  const next = Math.min(...left.map(({ until }) => until))
  const sum = (kind: 'cpu' | 'memory'): number => left.reduce((total, one) => total + one[kind], 0)
  return {
    state: { uses: left, metrics },
    cpu: sum('cpu'),
    memory: OWN_MEMORY + sum('memory'),
    ...(left.length === 0 ? {} : { tickAfter: next - now }),
  }
}

/**
 * The image that tests of autoscalers use: `POST /ConsumeCPU?millicores=500&durationSec=30`, `/ConsumeMem`
 * with `megabytes`, `/BumpMetric` with `metric` and `delta`; `/metrics` shows what was bumped. Source:
 * test/images/resource-consumer.
 */
export const RESOURCE_CONSUMER: Omit<ImageDefinition<Memory>, 'name'> = {
  user: '',
  entrypoint: ['/consumer'],
  ports: [8080],
  behavior: {
    start: () => ({ state: { uses: [], metrics: {} }, memory: OWN_MEMORY }),
    tick: (state, { now }) => used(state, now),
    request(state, { path = '/', method = 'GET', body = '' }, { now }) {
      const { pathname, searchParams } = new URL(path, 'http://consumer')
      const text = (status: number, answer: string): ImageResponse<Memory> => ({
        response: { status, headers: TEXT, body: answer },
      })
      if (pathname === '/metrics') return text(200, metricsText(state.metrics))
      if (method !== 'POST') return text(400, 'Bad request. Not a POST request\n')
      const wanted = Object.hasOwn(FUNCTIONS, pathname) ? FUNCTIONS[pathname] : undefined
      if (wanted === undefined) return text(404, 'unknown function\n')
      const form = new URLSearchParams(body)
      const given = [...wanted, 'durationSec'].map((name) => searchParams.get(name) ?? form.get(name) ?? '')
      if (given.includes('')) return text(400, 'not given function argument\n')
      const [first = '', second = ''] = given
      const amount = Number(pathname === '/BumpMetric' ? second : first)
      const seconds = Number(given.at(-1))
      if (!Number.isFinite(amount) || !Number.isInteger(seconds))
        return text(400, 'incorrect function argument\n')
      const lines = [
        pathname.slice(1),
        ...wanted.map((name, at) => `${given[at]} ${name}`),
        `${seconds} durationSec`,
      ]
      const until = now + seconds * 1000
      const next = changed(state, { kind: pathname, name: first, amount, until })
      return { ...used(next, now), ...text(200, `${lines.join('\n')}\n`) }
    },
  },
}

function changed(
  { uses, metrics }: Memory,
  {
    kind,
    name,
    amount,
    until,
  }: { readonly kind: string; readonly name: string; readonly amount: number; readonly until: number },
): Memory {
  if (kind === '/BumpMetric') return { uses, metrics: { ...metrics, [name]: (metrics[name] ?? 0) + amount } }
  const use =
    kind === '/ConsumeCPU'
      ? { until, cpu: amount / 1000, memory: 0 }
      : { until, cpu: 0, memory: amount * MIB }
  return { uses: [...uses, use], metrics }
}

const metricsText = (metrics: Readonly<Record<string, number>>): string =>
  Object.entries(metrics)
    .map(([name, value]) => expositionOf([{ name, type: 'gauge', help: '', series: [[{}, value]] }]))
    .join('')
