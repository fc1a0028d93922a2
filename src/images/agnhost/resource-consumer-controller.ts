import { dialFault } from './get-url.js'
import type { Subcommand, SubcommandCall } from './subcommand.js'
import { listening, textResponse, urlOf } from './subcommand.js'

/** A function of resource consumers. */
interface Consumed {
  /** Its parameters for the whole and for one request. */
  readonly amount: string
  readonly part: string
  /** What requests of `size` and one of `rest` are to do. */
  readonly plan: (count: number, size: number, rest: number) => string
  /** What one request of `size` has done. */
  readonly done: (size: string, metric: string) => string
}

const consume =
  (unit: string): Consumed['plan'] =>
  (count, size, rest) =>
    `sending ${count} requests to consume ${size} ${unit} each and 1 request to consume ${rest} ${unit}`

const FUNCTIONS: Readonly<Record<string, Consumed>> = {
  '/ConsumeCPU': {
    amount: 'millicores',
    part: 'requestSizeMillicores',
    plan: consume('millicores'),
    done: (size) => `Consumed ${size} millicores`,
  },
  '/ConsumeMem': {
    amount: 'megabytes',
    part: 'requestSizeMegabytes',
    plan: consume('MB'),
    done: (size) => `Consumed ${size} megabytes`,
  },
  '/BumpMetric': {
    amount: 'delta',
    part: 'requestSizeMetrics',
    plan: (count, size, rest) =>
      `sending ${count} requests to bump custom metric by ${size} each and 1 request to bump by ${rest}`,
    done: (size, metric) => `Bumped metric ${metric} by ${size}`,
  },
}
const INTEGER = /^[+-]?\d+$/

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
    if (consumed === undefined) return textResponse('unknown function\n', 404)
    const form = new URLSearchParams(request.body ?? '')
    const parameter = (name: string): string => form.get(name) ?? searchParams.get(name) ?? ''
    const numbers = [consumed.amount, consumed.part, 'durationSec'].map(parameter)
    const metric = pathname === '/BumpMetric' ? parameter('metric') : undefined
    if ([...numbers, metric].includes('')) return textResponse('not given function argument\n', 400)
    const [whole = 0, size = 0, seconds = 0] = numbers.map(Number)
    if (!numbers.every((text) => INTEGER.test(text)) || size <= 0)
      return textResponse('incorrect function argument\n', 400)
    const count = Math.trunc(whole / size)
    const rest = whole - count * size
    const requests = [
      ...Array.from({ length: Math.min(Math.max(count, 0), MOST_REQUESTS) }, () => size),
      ...(rest > 0 ? [rest] : []),
    ]
    const results = requests.map((value) => {
      const query = {
        [consumed.amount]: String(value),
        durationSec: String(seconds),
        ...(metric === undefined ? {} : { metric }),
      }
      return send(call, pathname, query) ?? consumed.done(String(value), metric ?? '')
    })
    const lines = [`RC manager: ${consumed.plan(count, size, rest)}`, ...results]
    return textResponse(lines.map((line) => `${line}\n`).join(''))
  },
}

/** As many requests are sent at most for one call. */
const MOST_REQUESTS = 10_000

/** Sends one request to a consumer, which the Service chooses. Returns why it failed. */
function send(
  { flags, world }: SubcommandCall,
  path: string,
  query: Readonly<Record<string, string>>,
): string | undefined {
  const domain = /^svc\.(\S+)$/m.exec(searchPath(world.network.resolvConf))?.[1] ?? 'cluster.local'
  const service = `${flags['consumer-service-name']}.${flags['consumer-service-namespace']}.svc.${domain}`
  const [address] = world.network.lookup(service)?.addresses ?? []
  const host = `${service}:${flags['consumer-port']}`
  const failed = (why: string): string =>
    `Failed to connect to consumer: Post "http://${host}${path}": dial tcp${why}`
  if (address === undefined)
    return failed(`: lookup ${service} on ${world.network.dnsServer}:53: no such host`)
  const connected = world.network.connect(address, Number(flags['consumer-port']), {
    protocol: 'http',
    method: 'POST',
    path,
    host,
    headers: { host, 'content-type': 'application/x-www-form-urlencoded' },
    body: String(new URLSearchParams(query)),
  })
  if (connected.kind === 'responded') return undefined
  return failed(` ${address}:${flags['consumer-port']}: ${dialFault(connected.kind)}`)
}

/** The search path of /etc/resolv.conf, one domain on each line. */
const searchPath = (text: string): string => (/^search (.*)$/m.exec(text)?.[1] ?? '').split(/\s+/).join('\n')
