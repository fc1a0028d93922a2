import { quote } from '../../lang/go/quote.js'
import type { Served } from '../../kubelet/index.js'
import type { Subcommand, SubcommandCall } from './subcommand.js'
import { textOfContent } from '../../lang/bytes/content.js'

/** Ms between the end of the data and the end of the program. */
const LINGER = 500
const NUMBERS = ['CHUNKS', 'CHUNK_SIZE', 'CHUNK_INTERVAL'] as const

/** What it waits for: a client, the client's data, the time of its own data, or its end. */
type Phase = 'client' | 'data' | 'sending' | 'closing'

/**
 * Takes one TCP connection, checks what the client sends, sends chunks, and ends. The chunks arrive at once;
 * the program takes their time. Source: test/images/agnhost/port-forward-tester.
 */
export const portForwardTester: Subcommand = {
  run(call) {
    const { now } = call.world
    switch (call.memory as Phase | undefined) {
      case undefined:
        return { listens: [call.env['BIND_PORT'] ?? ''], talks: true, memory: 'client' }
      case 'sending':
        call.write('Shutting down connection\n')
        return { until: now + LINGER, memory: 'closing' }
      case 'closing':
        call.write('Done\n')
        return 0
      default:
        return { listens: [call.env['BIND_PORT'] ?? ''], talks: true, memory: call.memory }
    }
  },
  serve(call, { phase, body = '' }) {
    const expected = call.env['EXPECTED_CLIENT_DATA'] ?? ''
    if (call.memory === 'client') call.write('Accepted client connection\n')
    if (expected === '') return call.memory === 'client' ? send(call) : {}
    if (phase === 'open')
      return {
        response: { body: '' },
        next: { listens: [call.env['BIND_PORT'] ?? ''], talks: true, memory: 'data' },
      }
    return checked(call, expected, textOfContent(body))
  },
}

/** Checks the client's data; a connection that closes has sent none. */
function checked(call: SubcommandCall, expected: string, text: string): Served {
  const got = text.slice(0, expected.length)
  if (got.length !== expected.length) {
    const error = got === '' ? 'EOF' : '<nil>'
    call.write(
      `Expected to read ${expected.length} bytes from client, but got ${got.length} instead. err=${error}\n`,
    )
    return { next: 2 }
  }
  if (got !== expected) {
    call.write(`Expect to read ${quote(expected)}, but got ${quote(got)}. err=<nil>\n`)
    return { next: 3 }
  }
  call.write('Received expected client data\n')
  return send(call)
}

function send(call: SubcommandCall): Served {
  const wrong = NUMBERS.find((name) => !/^[+-]?\d+$/.test(call.env[name] ?? ''))
  if (wrong !== undefined) {
    const text = quote(call.env[wrong] ?? '')
    call.write(`Error parsing ${wrong} ${text}: strconv.Atoi: parsing ${text}: invalid syntax\n`)
    return { next: 1 }
  }
  const [chunks, size, interval] = NUMBERS.map((name) => Number(call.env[name])) as [number, number, number]
  const time = Math.max(0, chunks - 1) * interval
  return {
    // bounded: as much as the connection takes
    response: { body: 'x'.repeat(Math.min(chunks * size, MOST_BYTES)), closes: true },
    next: { until: call.world.now + time, memory: 'sending' },
  }
}

const MOST_BYTES = 64 * 1024 * 1024
