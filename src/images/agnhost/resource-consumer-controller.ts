import type { ServedRequest } from '../../kubelet/index.js'
import type { Subcommand, SubcommandCall } from './subcommand.js'
import { listening, textResponse, urlOf } from './subcommand.js'

/** A function of resource consumers: its parameters for the whole and for one request, and its unit. */
interface Consumed {
  readonly amount: string
  readonly part: string
  /** The text between the number of requests and the amount of each. */
  readonly unit: string
}

const FUNCTIONS: Readonly<Record<string, Consumed>> = {
  '/ConsumeCPU': { amount: 'millicores', part: 'requestSizeMillicores', unit: 'millicores' },
  '/ConsumeMem': { amount: 'megabytes', part: 'requestSizeMegabytes', unit: 'MB' },
  '/BumpMetric': { amount: 'delta', part: 'requestSizeMetrics', unit: 'custom metrics' },
}

/**
 * Divides what is to be consumed into requests to a Service of resource consumers. Source:
 * test/images/agnhost/resource-consumer-controller.
 */
export const resourceConsumerController: Subcommand = {
  flags: {
    port: '8080',
    'consumer-port': '8080',
    'consumer-service-name': 'resource-consumer',
    'consumer-service-namespace': 'default',
  },
  run: ({ flags }) => listening([flags['port'] ?? '']),
  serve(call, request) {
    const { pathname, searchParams } = urlOf(request)
    if (request.method !== 'POST') return textResponse('Bad request. Not a POST request\n', 400)
    const consumed = Object.hasOwn(FUNCTIONS, pathname) ? FUNCTIONS[pathname] : undefined
    if (consumed === undefined) return textResponse(`Unknown function: ${pathname}\n`, 400)
    const form = new URLSearchParams(request.body ?? '')
    const parameter = (name: string): string => searchParams.get(name) ?? form.get(name) ?? ''
    const [amount, part, seconds] = [consumed.amount, consumed.part, 'durationSec'].map(parameter)
    if (amount === '' || part === '' || seconds === '')
      return textResponse('not given function argument\n', 400)
    const [whole, size] = [Number(amount), Number(part)]
    if (!Number.isInteger(whole) || !Number.isInteger(size) || size <= 0)
      return textResponse('Incorrect function argument\n', 400)
    const count = Math.floor(whole / size)
    const rest = whole - count * size
    const each = (value: number): ConsumerRequest => ({
      path: pathname,
      query: {
        [consumed.amount]: String(value),
        durationSec: seconds ?? '',
        ...metricOf(pathname, parameter),
      },
    })
    const requests = [
      ...Array.from({ length: Math.min(count, MOST_REQUESTS) }, () => size),
      ...(rest > 0 ? [rest] : []),
    ]
    const results = requests.map((value) => send(call, each(value)))
    const head =
      `RC manager: sending ${count} requests to consume ${size} ${consumed.unit} each and 1 request to ` +
      `consume ${rest} ${consumed.unit}\n`
    return textResponse(head + results.join(''))
  },
}

/** As many requests are sent at most for one call. */
const MOST_REQUESTS = 10_000

interface ConsumerRequest {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
}

const metricOf = (path: string, parameter: (name: string) => string): Readonly<Record<string, string>> =>
  path === '/BumpMetric' ? { metric: parameter('metric') } : {}

/** Sends one request to a consumer, which the Service chooses. */
function send({ flags, world }: SubcommandCall, { path, query }: ConsumerRequest): string {
  const host = `${flags['consumer-service-name']}.${flags['consumer-service-namespace']}.svc.cluster.local`
  const [address] = world.network.lookup(host)?.addresses ?? []
  const request: Omit<ServedRequest, 'port'> = {
    protocol: 'http',
    method: 'POST',
    path: `${path}?${new URLSearchParams(query)}`,
    host,
    headers: { host },
  }
  if (address === undefined) return `Failed to send request: lookup ${host}: no such host\n`
  const connected = world.network.connect(address, Number(flags['consumer-port']), request)
  return connected.kind === 'responded' ? 'ok\n' : `Failed to send request: ${connected.kind}\n`
}
