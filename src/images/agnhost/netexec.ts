import { quote } from '../../lang/go/quote.js'
import { addressesOf } from '../../kubelet/index.js'
import { getUrl } from './get-url.js'
import { redirect } from './servers.js'
import type { Pause, Served, ServedRequest } from '../../kubelet/index.js'
import type { Subcommand, SubcommandCall } from './subcommand.js'
import { CLIENT_PORT, durationOf, listening, log, textResponse, urlOf } from './subcommand.js'
import { byKey } from '../../lang/text/order.js'
import { joinHostPort } from '../../lang/go/host-port.js'

/** Plain data. */
type Memory = {
  /** Number of uploaded files. */
  readonly uploads: number
  /** When and with which code it exits. */
  readonly exit?: { readonly at: number; readonly code: number }
  readonly hasSigterm?: boolean
}

/**
 * HTTP and UDP servers with endpoints for tests of the network. Source: test/images/agnhost/netexec.
 */
export const netexec: Subcommand = {
  flags: {
    'http-port': '8080',
    'udp-port': '8081',
    'sctp-port': '-1',
    'tls-cert-file': '',
    'tls-private-key-file': '',
    'http-override': '',
    'udp-listen-addresses': '',
    'delay-shutdown': '0',
  },
  run(call) {
    const { memory, flags } = call
    const { exit } = (memory ?? {}) as Partial<Memory>
    if (exit !== undefined) return exit.code
    log(call, `Started HTTP server on port ${flags['http-port'] ?? ''}`)
    if (flags['udp-port'] !== '-1') log(call, `Started UDP server on port  ${flags['udp-port'] ?? ''}`)
    return waiting(call, { uploads: 0 })
  },
  serve(call, request) {
    if (request.protocol !== 'http') return datagram(call, request)
    const { flags, world } = call
    const override = flags['http-override'] ?? ''
    const asked = override === '' ? request : { ...request, method: 'GET', path: override }
    const handler = HANDLERS[urlOf(asked).pathname]
    const served = handler === undefined ? root(call) : handler(call, asked)
    const file = flags['tls-cert-file'] ?? ''
    if (file === '' || served.response === undefined) return served
    return { ...served, response: { ...served.response, certificate: world.files.read(file) } }
  },
  stop(call) {
    const memory = call.memory as Memory
    if (memory.hasSigterm === true) return waiting(call, memory)
    const seconds = Number(call.flags['delay-shutdown'])
    if (!(seconds > 0)) return 0
    log(call, `Sleeping ${seconds} seconds before terminating...`)
    const at = Math.min(call.world.now + seconds * 1000, memory.exit?.at ?? Infinity)
    return waiting(call, { ...memory, hasSigterm: true, exit: { code: 0, ...memory.exit, at } })
  },
}

const waiting = (call: SubcommandCall, memory: Memory): Pause => ({
  ...listening(portsOf(call), memory),
  ...(memory.exit === undefined ? {} : { until: memory.exit.at }),
})

const portsOf = ({ flags }: SubcommandCall): readonly string[] => [
  flags['http-port'] ?? '',
  ...(flags['udp-port'] === '-1' ? [] : [`${flags['udp-port'] ?? ''}/udp`]),
  ...(flags['sctp-port'] === '-1' ? [] : [`${flags['sctp-port'] ?? ''}/sctp`]),
]

/** Go prints times in a format of its own, with a monotonic reading. */
function root(call: SubcommandCall): Served {
  log(call, 'GET /')
  const time = new Date(call.world.now).toISOString()
  const seconds = `${time.slice(0, 10)} ${time.slice(11, 23)}`
  return textResponse(`NOW: ${seconds}000000 +0000 UTC m=+${(call.world.now % 1e6) / 1000}`)
}

function datagram(call: SubcommandCall, { protocol, body = '', from = '' }: ServedRequest): Served {
  const text = body.trim().toLowerCase()
  if (text === 'hostname') {
    log(call, `Sending ${protocol} hostName response`)
    return { response: { body: call.world.hostname } }
  }
  if (text === 'clientip') return { response: { body: `${from}:${CLIENT_PORT}` } }
  if (text.startsWith('echo ')) {
    const echoed = text.slice('echo '.length)
    log(call, protocol === 'udp' ? `Echoing ${echoed} to UDP client ${from}` : `Echoing ${echoed}`)
    return { response: { body: echoed } }
  }
  if (text !== '') {
    const where = protocol === 'udp' ? `UDP command received from ${from}` : 'sctp command received'
    log(call, `Unknown ${where}: ${text}`)
  }
  return {}
}

type Handler = (call: SubcommandCall, request: ServedRequest) => Served

const parameter = (request: ServedRequest, name: string): string =>
  urlOf(request).searchParams.get(name) ??
  (request.method === 'POST' ? new URLSearchParams(request.body ?? '').get(name) : null) ??
  ''

const HANDLERS: Readonly<Record<string, Handler>> = {
  '/hostname': hostname,
  '/hostName': hostname,
  '/clientip': (call, { from = '' }) => {
    log(call, 'GET /clientip')
    return textResponse(joinHostPort(from, CLIENT_PORT))
  },
  // the UDP server says that it is ready
  '/healthz': (call) => {
    log(call, 'GET /healthz')
    return textResponse('', hasUdp(call) ? 200 : 412)
  },
  '/readyz': (call) => {
    log(call, 'GET /readyz')
    const { hasSigterm } = call.memory as Memory
    if (hasSigterm === true) return textResponse('shutting down', 503)
    return hasUdp(call) ? textResponse('ok') : textResponse('', 412)
  },
  '/header': header,
  '/echo': echo,
  '/exit': exit,
  '/shutdown': () => ({ next: 0 }),
  '/redirect': (call, request) => {
    const [location, code] = [parameter(request, 'location'), parameter(request, 'code')]
    log(call, `${request.method ?? 'GET'} /redirect?msg=${location}&code=${code}`)
    return redirect(location, code === '' ? 302 : Number(code))
  },
  '/shell': shell,
  '/dial': dial,
  '/upload': upload,
}

const hasUdp = ({ flags }: SubcommandCall): boolean => flags['udp-port'] !== '-1'

/** Returns one header of the request, or all as Go's JSON: `{"User-Agent":["curl"]}`. */
function header(call: SubcommandCall, request: ServedRequest): Served {
  const key = parameter(request, 'key')
  log(call, key === '' ? 'GET /header' : `GET /header?key=${key}`)
  const { headers = {} } = request
  if (key !== '') return textResponse([headers[key.toLowerCase()] ?? ''].flat()[0] ?? '')
  const all = Object.entries(headers).map(([name, value]) => [canonicalName(name), [value].flat()] as const)
  return textResponse(JSON.stringify(Object.fromEntries(all.toSorted(byKey))))
}

const canonicalName = (name: string): string =>
  name.toLowerCase().replaceAll(/(?:^|-)[a-z]/g, (start) => start.toUpperCase())

function hostname(call: SubcommandCall, request: ServedRequest): Served {
  log(call, `GET ${urlOf(request).pathname}`)
  return textResponse(call.world.hostname)
}

function echo(call: SubcommandCall, request: ServedRequest): Served {
  const [message, code] = [parameter(request, 'msg'), parameter(request, 'code')]
  log(call, `GET /echo?msg=${message}&code=${code}`)
  if (code !== '' && !/^[-+]?\d+$/.test(code))
    return textResponse(`argument 'code' must be an integer or empty, got ${quote(code)}\n`)
  return textResponse(message, code === '' ? 200 : Number(code))
}

/** Exits with a code, after a wait; without a timeout the connection is just closed. */
function exit(call: SubcommandCall, request: ServedRequest): Served {
  const [code, timeout, wait] = ['code', 'timeout', 'wait'].map((name) => parameter(request, name))
  log(call, `GET /exit?code=${code}&timeout=${timeout}&wait=${wait}`)
  for (const [name, value = ''] of [
    ['timeout', timeout],
    ['wait', wait],
  ]) {
    if (value !== '' && durationOf(value) === undefined)
      return textResponse(
        `argument '${name}' must be a valid golang duration or empty, got ${quote(value)}\n`,
      )
  }
  if (!/^[-+]?\d*$/.test(code ?? ''))
    return textResponse(`argument 'code' must be an integer [0-127] or empty, got ${JSON.stringify(code)}\n`)
  const ms = wait === undefined || wait === '' ? 0 : (durationOf(wait) ?? 0)
  if (ms === 0) return { next: Number(code) }
  const memory = call.memory as Memory
  const at = Math.min(call.world.now + ms, memory.exit?.at ?? Infinity)
  return { next: waiting(call, { ...memory, exit: { ...memory.exit, code: Number(code), at } }) }
}

function shell(call: SubcommandCall, request: ServedRequest): Served {
  const command = parameter(request, 'shellCommand') || parameter(request, 'cmd')
  log(call, `GET /shell?cmd=${command}`)
  const { stdout, stderr, exitCode } = call.spawn(['/bin/sh', '-c', command]) ?? {
    stdout: '',
    stderr: '',
    exitCode: 124,
  }
  const output = stdout + stderr
  const response = {
    ...(exitCode === 0 ? {} : { error: `exit status ${exitCode}` }),
    ...(output === '' ? {} : { output }),
  }
  return textResponse(JSON.stringify(response))
}

/** Dials other pods, and returns their responses and the errors. */
function dial(call: SubcommandCall, request: ServedRequest): Served {
  const [host = '', port = '', asked = '', protocol = '', tries = ''] = [
    'host',
    'port',
    'request',
    'protocol',
    'tries',
  ].map((name) => urlOf(request).searchParams.get(name) ?? '')
  log(call, `GET /dial?host=${host}&protocol=${protocol}&port=${port}&request=${asked}&tries=${tries}`)
  if (tries !== '' && !/^\d+$/.test(tries)) return textResponse('tries parameter is invalid. \n', 400)
  if (asked === '') return textResponse('request parameter not specified. <nil>\n', 400)
  const kind = protocol.toLowerCase()
  if (!['', 'http', 'udp', 'sctp'].includes(kind))
    return textResponse(`unsupported protocol. ${protocol}\n`, 400)
  const [address] = addressesOf(host, (name) => call.world.network.lookup(name)) ?? []
  if (address === undefined)
    return textResponse(`host and/or port param are invalid. lookup ${host}: no such host\n`, 400)
  const responses: string[] = []
  const errors: string[] = []
  for (let at = 0; at < Number(tries === '' ? 1 : tries); at++) {
    const result = dialOnce(call, address, Number(port), kind, asked)
    if (result.body === undefined) errors.push(result.error)
    else responses.push(result.body)
  }
  return textResponse(
    JSON.stringify({
      ...(errors.length === 0 ? {} : { errors }),
      ...(responses.length === 0 ? {} : { responses }),
    }),
  )
}

function dialOnce(
  call: SubcommandCall,
  address: string,
  port: number,
  kind: string,
  asked: string,
): { readonly body: string } | { readonly body?: undefined; readonly error: string } {
  const at = joinHostPort(address, port)
  if (kind !== 'udp' && kind !== 'sctp') {
    const got = getUrl(call, `http://${at}/${asked}`)
    return got.status === undefined ? { error: got.error } : { body: got.body }
  }
  const connected = call.world.network.connect(address, port, { protocol: kind, body: asked })
  if (connected.kind === 'responded' && connected.response.body !== '')
    return { body: connected.response.body }
  const why = connected.kind === 'refused' ? 'read: connection refused' : 'i/o timeout'
  return { error: `reading from ${kind} connection failed. err:'read ${kind} ${at}: ${why}'` }
}

/** Whether a part of a form is its file: one of its lines says so. */
const isFile = (part: string): boolean =>
  part.split(/[\r\n]/).some((line) => {
    const text = line.toLowerCase()
    const at = text.indexOf('content-disposition:')
    return at >= 0 && text.includes('name="file"', at)
  })

/** Stores the file of a multipart form in /uploads. */
function upload(call: SubcommandCall, request: ServedRequest): Served {
  log(call, 'GET /upload')
  const { world, memory } = call
  const boundary = /boundary="?([^";]+)/.exec(String(request.headers?.['content-type'] ?? ''))?.[1]
  const part = (request.body ?? '').split(`--${boundary ?? ''}`).find(isFile)
  if (boundary === undefined || part === undefined)
    return textResponse(JSON.stringify({ error: 'Unable to upload file.' }))
  const { uploads } = memory as Memory
  const path = `/uploads/upload${uploads + 1}`
  world.files.write(path, part.slice(part.indexOf('\r\n\r\n') + 4).replace(/\r\n$/, ''), false, 0o700)
  log(call, `Wrote upload to ${path}`)
  return {
    ...textResponse(JSON.stringify({ output: path }), 201),
    next: waiting(call, { ...(memory as Memory), uploads: uploads + 1 }),
  }
}
