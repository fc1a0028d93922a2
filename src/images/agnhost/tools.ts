import { addressesOf } from '../../kubelet/index.js'
import { TOKEN, askApiserver } from './in-cluster.js'
import type { Subcommand } from './subcommand.js'
import { durationOf, log } from './subcommand.js'

/** Prints its own command line. Source: test/images/agnhost/entrypoint-tester. */
export const entrypointTester: Subcommand = {
  run: ({ name, args, write }) => {
    write(`[${[name, 'entrypoint-tester', ...args].join(' ')}]\n`)
    return 0
  },
}

/** Waits for SIGTERM, and may take its time then. Source: test/images/agnhost/pause. */
export const pause: Subcommand = {
  flags: { 'delay-shutdown': '0' },
  run({ memory, write }) {
    if (memory !== undefined) return exiting(write)
    write('Paused\n')
    return { memory: null }
  },
  stop({ flags, world, write }) {
    const seconds = Number(flags['delay-shutdown'])
    if (!(seconds > 0)) return exiting(write)
    write(`Sleeping ${seconds} seconds before exit ...`)
    return { until: world.now + seconds * 1000, memory: null }
  },
}

function exiting(write: (text: string) => void): number {
  write('exiting 2\n')
  return 2
}

const SPLIT = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/
/** How long TCP waits for a response without a timeout, in ms. */
const SYN_TIMEOUT = 127_000

/**
 * Opens a connection, and prints the kind of its failure: DNS, TIMEOUT, REFUSED, OTHER. Source:
 * test/images/agnhost/connect.
 */
export const connect: Subcommand = {
  flags: { timeout: '0s', protocol: 'tcp', 'udp-data': 'hostname', 'sctp-data': 'hostname' },
  run({ flags, rest: [destination = ''], world, memory, error }) {
    const fail = (text: string): number => {
      error(`${text}\n`)
      return 1
    }
    if (memory !== undefined) return fail('TIMEOUT')
    const [, v6, host = v6 ?? '', port = ''] = SPLIT.exec(destination) ?? []
    if (port === '') return fail(`UNKNOWN: address ${destination}: missing port in address`)
    const [address] = addressesOf(host, (name) => world.network.lookup(name)) ?? []
    if (address === undefined) return fail(`DNS: lookup ${host}: no such host`)
    const asked = flags['protocol'] ?? 'tcp'
    const protocol = asked === 'udp' || asked === 'sctp' ? asked : 'tcp'
    if (asked !== protocol) return fail(`Unsupported protocol ${asked}`)
    const { kind } = world.network.connect(address, Number(port), {
      protocol,
      ...(protocol === 'tcp' ? {} : { body: `${flags[`${protocol}-data`] ?? ''}\n` }),
    })
    if (kind === 'responded' || (kind === 'reset' && protocol === 'tcp')) return 0
    if (kind === 'refused') return fail('REFUSED')
    if (kind !== 'timeout') return fail(`OTHER: dial ${protocol} ${destination}: no route to host`)
    const timeout = durationOf(flags['timeout'] ?? '') ?? 0
    return { until: world.now + (timeout > 0 ? timeout : SYN_TIMEOUT), memory: null }
  },
}

/** Returns the words of the lines of /etc/resolv.conf that begin with `name`. */
function resolvConf(text: string, name: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const [first, ...words] = line.trim().split(/\s+/)
    return first === name ? words : []
  })
}

/** Prints the search path. Source: test/images/agnhost/dns. */
export const dnsSuffix: Subcommand = {
  run: ({ world, write }) => {
    write(`${resolvConf(world.files.read('/etc/resolv.conf'), 'search').join(',')}\n`)
    return 0
  },
}

/** Prints the DNS servers. */
export const dnsServerList: Subcommand = {
  run: ({ world, write }) => {
    write(`${resolvConf(world.files.read('/etc/resolv.conf'), 'nameserver').join(',')}\n`)
    return 0
  },
}

/** Prints /etc/hosts. */
export const etcHosts: Subcommand = {
  run: ({ world, write }) => {
    write(`${world.files.read('/etc/hosts')}\n`)
    return 0
  },
}

const METHODS = ['GET', 'POST', 'PUT']
const NAMESPACES = ['kube-system', 'default', 'ns']

/** Returns the text of a line; numbers follow from its id instead of chance. */
function logLine(id: number): string {
  const pod = ((id * 7919 + 17) % 46_656).toString(36).padStart(3, '0')
  const status = 200 + ((id * 37) % 400)
  return `${id} ${METHODS[id % 3]} /api/v1/namespaces/${NAMESPACES[(id >> 1) % 3]}/pods/${pod} ${status}`
}

/** Writes lines evenly over a time. Source: test/images/agnhost/logs-generator. */
export const logsGenerator: Subcommand = {
  flags: { 'log-lines-total': '0', 'run-duration': '0' },
  run({ flags, memory, world, write, error }) {
    const total = Number(flags['log-lines-total'])
    const duration = durationOf(flags['run-duration'] ?? '') ?? 0
    if (!(total > 0) || !(duration > 0)) {
      const what = total > 0 ? `duration: ${flags['run-duration']}` : `total number of lines: ${total}`
      error(`Invalid ${what}\n`)
      return 255
    }
    const id = typeof memory === 'number' ? memory : 0
    if (id >= total) return 0
    const time = new Date(world.now).toISOString()
    const at = `${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 23)}000`
    write(`I${at}       1 logs_generator.go:76] ${logLine(id)}\n`)
    return { until: world.now + duration / total, memory: id + 1 }
  },
}

/** Asks the apiserver for its health, with the pod's token. Source: test/images/agnhost/inclusterclient. */
export const inclusterclient: Subcommand = {
  flags: { 'poll-interval': '30' },
  run(call) {
    const { world, flags } = call
    log(call, 'calling /healthz')
    log(call, `authz_header=${world.files.read(TOKEN).slice(0, 8)}`)
    const { status, body } = askApiserver(call, '/healthz')
    if (status !== 200) log(call, `error checking /healthz: ${status === 0 ? body : `status ${status}`}`)
    return { until: world.now + Number(flags['poll-interval']) * 1000, memory: null }
  },
}
