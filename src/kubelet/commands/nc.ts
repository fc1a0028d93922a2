import type { Program } from './command.js'
import { flagsOf, inputText } from './command.js'
import { addressesOf } from './url.js'

const SYN_TIMEOUT = 127_000

/**
 * `nc HOST PORT` sends standard input and prints the answer; `-z` only tries, `-v` tells, `-w SECONDS`, `-u`.
 * It cannot listen (`-l` waits for ever).
 */
export const nc: Program = {
  name: 'nc',
  run: (call) => {
    const { flags, rest } = flagsOf(call.args, 'wpi')
    if (flags.has('l')) return { memory: null }
    const [host = '', portText = ''] = rest
    const port = Number(portText)
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      call.error('BusyBox v1.36.1 () multi-call binary.\n\nUsage: nc [-l] [-p PORT] [IPADDR PORT]\n')
      return 1
    }
    const [address] = addressesOf(host, (name) => call.world.network.lookup(name)) ?? []
    if (address === undefined) {
      call.error(`nc: bad address '${host}'\n`)
      return 1
    }
    if (typeof call.memory === 'number') {
      call.error(
        flags.has('w') ? 'nc: timed out\n' : `nc: ${host} (${address}:${port}): Operation timed out\n`,
      )
      return 1
    }
    const text = flags.has('z') ? '' : inputText(call)
    if (typeof text !== 'string') return text
    const connected = call.world.network.connect(address, port, {
      protocol: flags.has('u') ? 'udp' : 'tcp',
      body: text,
    })
    switch (connected.kind) {
      case 'timeout':
        return {
          until: call.world.now + (flags.has('w') ? Number(flags.get('w')) * 1000 : SYN_TIMEOUT),
          memory: 0,
        }
      case 'answered':
        if (flags.has('v')) call.error(`${host} (${address}:${port}) open\n`)
        if (!flags.has('z')) call.write(connected.response.body)
        return 0
      default: {
        const why = {
          refused: 'Connection refused',
          unreachable: 'No route to host',
          reset: 'Connection reset by peer',
        }[connected.kind]
        call.error(`nc: ${host} (${address}:${port}): ${why}\n`)
        return 1
      }
    }
  },
}
