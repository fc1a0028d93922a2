import { absolutePath } from '../files/tree.js'
import type { Invocation, NetworkResponse, Program } from './command.js'
import { attempt, flagsOf } from './command.js'
import { unescaped } from './output.js'
import { addressesOf, parseUrl, statusText } from './http.js'

const SYN_TIMEOUT = 130_000

/**
 * Requests a URL like curl: `-s`, `-S`, `-f`, `-o FILE`, `-i`, `-I`, `-X`, `-d`, `-H`, `-m`,
 * `--connect-timeout`, `-w '%{http_code}'`, `-k`, `--cert`, `-4`, `-6`.
 */
export const curl: Program = {
  name: 'curl',
  run: (call) => {
    const { flags, headers, urls } = optionsOf(call.args)
    const url = parseUrl(urls[0] ?? '')
    if (url === undefined) return failed(call, flags, 3, 'URL using bad/illegal format or missing URL')
    const limit = flags.get('m') ?? flags.get('max-time') ?? flags.get('connect-timeout')
    const timeout = limit === undefined ? SYN_TIMEOUT : Number(limit) * 1000
    if (typeof call.memory === 'number') {
      const ms = call.world.now - call.memory
      return failed(
        call,
        flags,
        28,
        limit === undefined
          ? `Failed to connect to ${url.host} port ${url.port} after ${ms} ms: Couldn't connect to server`
          : `Connection timed out after ${ms} milliseconds`,
      )
    }
    const all = addressesOf(url.host, (name) => call.world.network.lookup(name)) ?? []
    const address = all.find((each) => !flags.has(each.includes(':') ? '4' : '6'))
    if (address === undefined) return failed(call, flags, 6, `Could not resolve host: ${url.host}`)
    const body = flags.get('d') ?? flags.get('data')
    const host = url.port === (url.secure ? 443 : 80) ? url.host : `${url.host}:${url.port}`
    const method =
      flags.get('X') ??
      flags.get('request') ??
      (flags.has('I') ? 'HEAD' : body === undefined ? 'GET' : 'POST')
    const certificate = url.secure ? (flags.get('E') ?? flags.get('cert')) : undefined
    const isRead = certificate !== undefined && call.world.files.stat(absolutePath(call.cwd, certificate))
    if (certificate !== undefined && !isRead)
      return failed(call, flags, 58, `could not load PEM client certificate from ${certificate}`)
    const connected = call.world.network.connect(address, url.port, {
      protocol: 'http',
      method,
      path: url.path,
      host,
      secure: url.secure,
      headers: { host, 'user-agent': 'curl/8.5.0', accept: '*/*', ...headers },
      ...(body === undefined ? {} : { body }),
      ...(certificate === undefined
        ? {}
        : { clientCertificate: call.world.files.read(absolutePath(call.cwd, certificate)) }),
    })
    switch (connected.kind) {
      case 'refused':
        return failed(
          call,
          flags,
          7,
          `Failed to connect to ${url.host} port ${url.port} after 0 ms: Couldn't connect to server`,
        )
      case 'unreachable':
        return failed(
          call,
          flags,
          7,
          `Failed to connect to ${url.host} port ${url.port} after 0 ms: No route to host`,
        )
      case 'reset':
        return failed(call, flags, 56, 'Recv failure: Connection reset by peer')
      case 'timeout':
        return { until: call.world.now + timeout, memory: call.world.now }
      case 'responded':
        return answered(call, flags, connected.response)
    }
  },
}

function failed(call: Invocation, flags: ReadonlyMap<string, string>, code: number, text: string): number {
  if (!flags.has('s') || flags.has('S')) call.error(`curl: (${code}) ${text}\n`)
  return code
}

function answered(
  call: Invocation,
  flags: ReadonlyMap<string, string>,
  { status = 200, headers = {}, body }: NetworkResponse,
): number {
  if (flags.has('f') && status >= 400)
    return failed(call, flags, 22, `The requested URL returned error: ${status}`)
  const head = `HTTP/1.1 ${status} ${statusText(status)}\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`
  const text = flags.has('I') ? head : flags.has('i') ? head + body : body
  const file = flags.get('o')
  let code = 0
  if (file === undefined || file === '-') call.write(text)
  else if (file !== '/dev/null')
    code = attempt(call, file, '', () => call.world.files.write(absolutePath(call.cwd, file), text))
  const format = flags.get('w') ?? flags.get('write-out')
  if (format !== undefined)
    call.write(unescaped(format.replaceAll(/%\{(?:http_code|response_code)\}/g, String(status))))
  return code
}

/** Long options with a value; the rest are switches. */
const VALUED = new Set(
  (
    'cacert capath cert cert-type ciphers config connect-timeout cookie cookie-jar data ' +
    'data-ascii data-binary data-raw data-urlencode dump-header form header interface json ' +
    'keepalive-time key key-type limit-rate local-port max-filesize max-redirs max-time noproxy ' +
    'oauth2-bearer output pass proxy proxy-user range referer request request-target resolve ' +
    'retry retry-delay retry-max-time speed-limit speed-time tls-max unix-socket upload-file url ' +
    'user user-agent write-out'
  ).split(' '),
)

/** Long options for the family of addresses. */
const FAMILIES: Readonly<Record<string, string>> = { ipv4: '4', ipv6: '6' }

function optionsOf(args: readonly string[]): {
  flags: Map<string, string>
  headers: Record<string, string>
  urls: string[]
} {
  const flags = new Map<string, string>()
  const headers: [string, string][] = []
  const urls: string[] = []
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string
    if (!word.startsWith('-') || word === '-') {
      urls.push(word)
      continue
    }
    const name = word.startsWith('--') ? word.slice(2) : undefined
    const found =
      name === undefined ? flagsOf([word, ...args.slice(at + 1, at + 2)], 'XdHomwAuE').flags : undefined
    if (name !== undefined) flags.set(FAMILIES[name] ?? name, VALUED.has(name) ? (args[++at] ?? '') : '')
    for (const [flag, value] of found ?? []) flags.set(flag, value)
    if (
      found !== undefined &&
      'XdHomwAuE'.includes(word.at(-1) ?? '') &&
      !'XdHomwAuE'.includes(word.slice(1, -1) || ' ')
    )
      at++
    const header = flags.get('H') ?? flags.get('header')
    if (header !== undefined) {
      const colon = header.indexOf(':')
      if (colon > 0) headers.push([header.slice(0, colon).toLowerCase(), header.slice(colon + 1).trim()])
      flags.delete('H')
      flags.delete('header')
    }
  }
  return { flags, headers: Object.fromEntries(headers), urls }
}
