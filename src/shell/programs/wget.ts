import { absolutePath } from '../files/tree.js'
import type { Invocation, NetworkResponse, Program } from './command.js'
import { attempt, flagsOf } from './command.js'
import { addressesOf, parseUrl, statusText } from './http.js'

/**
 * Virtual ms after which a connection without response fails (Linux's SYN retries). busybox itself waits
 * forever without -T.
 */
const SYN_TIMEOUT = 127_000

/** Requests a URL like busybox wget: `-q`, `-O FILE`, `-T SECONDS`, `--spider`, `--post-data`. */
export const wget: Program = {
  name: 'wget',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args, 'OTtYUP')
    const url = parseUrl(rest[0] ?? '')
    const timeout = flags.has('T')
      ? Number(flags.get('T')) * 1000
      : flags.has('timeout')
        ? Number(flags.get('timeout')) * 1000
        : SYN_TIMEOUT
    if (url === undefined) {
      call.error(
        rest.length === 0
          ? 'BusyBox v1.36.1 () multi-call binary.\n\nUsage: wget [-cqS] [-O FILE] URL...\n'
          : `wget: not an http or ftp url: ${rest[0] ?? ''}\n`,
      )
      return 1
    }
    const quiet = flags.has('q')
    const { network } = call.world
    const port = `:${url.port}`
    const [address] = addressesOf(url.host, (name) => network.lookup(name)) ?? []
    if (address === undefined) {
      call.error(`wget: bad address '${url.host}${url.port === 80 ? '' : port}'\n`)
      return 1
    }
    const shown =
      url.host === address
        ? `${url.host}${port} (${address}${port})`
        : `${url.host}${url.port === 80 ? '' : port} (${address}${port})`
    if (typeof call.memory === 'number') {
      call.error(
        flags.has('T') || flags.has('timeout')
          ? 'wget: download timed out\n'
          : `wget: can't connect to remote host (${address}): Operation timed out\n`,
      )
      return 1
    }
    if (!quiet) call.error(`Connecting to ${shown}\n`)
    const post = flags.get('post-data')
    const host = url.port === 80 ? url.host : `${url.host}${port}`
    const connected = network.connect(address, url.port, {
      protocol: 'http',
      method: post === undefined ? (flags.has('spider') ? 'HEAD' : 'GET') : 'POST',
      path: url.path,
      host,
      secure: url.secure,
      headers: { host, 'user-agent': 'Wget', connection: 'close' },
      ...(post === undefined ? {} : { body: post }),
    })
    switch (connected.kind) {
      case 'refused':
        return failed(call, `can't connect to remote host (${address}): Connection refused`)
      case 'unreachable':
        return failed(call, `can't connect to remote host (${address}): No route to host`)
      case 'reset':
        return failed(call, 'error getting response: Connection reset by peer')
      case 'timeout':
        return { until: call.world.now + timeout, memory: 0 }
      case 'responded':
        return answered(call, connected.response, flags, url.path, quiet)
    }
  },
}

function failed(call: Invocation, text: string): number {
  call.error(`wget: ${text}\n`)
  return 1
}

function answered(
  call: Invocation,
  { status = 200, body }: NetworkResponse,
  flags: ReadonlyMap<string, string>,
  path: string,
  quiet: boolean,
): number {
  if (status >= 400) return failed(call, `server returned error: HTTP/1.1 ${status} ${statusText(status)}`)
  if (flags.has('spider')) {
    if (!quiet) call.error('remote file exists\n')
    return 0
  }
  const name = flags.get('O') ?? (path.split('?')[0]?.split('/').at(-1) || 'index.html')
  if (name === '-') {
    if (!quiet) call.error('writing to stdout\n')
    call.write(body)
    if (!quiet)
      call.error(
        '-                    100% |********************************| ' +
          `${String(body.length).padStart(5)}  0:00:00 ETA\nwritten to stdout\n`,
      )
    return 0
  }
  if (!quiet) call.error(`saving to '${name}'\n`)
  const status2 = attempt(call, name, "can't open", () =>
    call.world.files.write(absolutePath(call.cwd, name), body),
  )
  if (status2 === 0 && !quiet)
    call.error(
      `${name.padEnd(20)} 100% |********************************| ${String(body.length).padStart(5)}  ` +
        `0:00:00 ETA\n'${name}' saved\n`,
    )
  return status2
}
