import type { Pause, Served, ServedRequest } from '../../kubelet/index.js'
import type { Subcommand, SubcommandCall } from './subcommand.js'
import { NOT_FOUND, GO_STOPPED, listening, log, textResponse, urlOf } from './subcommand.js'
import { askApiserver } from './in-cluster.js'

/** What it has seen, with the names under which `/read` shows it. Plain data. */
type Seen = {
  readonly Sent: Counts | null
  readonly Received: Counts | null
  readonly Errors: readonly string[] | null
  readonly Log: readonly string[] | null
  readonly StillContactingPeers: boolean
}

type Counts = Readonly<Record<string, number>>

/** Plain data. */
type Memory = {
  readonly seen: Seen
  /** When it began. */
  readonly since: number
  /** When it looks for its peers again; absent once it is done. */
  readonly wakeAt?: number
  /** How often it has contacted them. */
  readonly rounds: number
  /** When it ends after SIGTERM. */
  readonly stopAt?: number
}

/** Virtual ms between two looks, and after which it contacts the peers that it has. */
const PERIOD = 5_000
const PATIENCE = 300_000
const ROUNDS = 15

/**
 * A server that tells its peers about itself and remembers who has told it. Source:
 * test/images/agnhost/nettest.
 */
export const nettest: Subcommand = {
  flags: { port: '8080', peers: '8', service: 'nettest', namespace: 'default', 'delay-shutdown': '0' },
  run(call) {
    const memory = call.memory as Memory | undefined
    if (memory?.stopAt !== undefined && memory.stopAt <= call.world.now) return 0
    if (memory === undefined) {
      const seen = { Sent: null, Received: null, Errors: null, Log: null, StillContactingPeers: true }
      return waiting(call, { seen, since: call.world.now, wakeAt: call.world.now, rounds: 0 })
    }
    return waiting(call, contactPeers(call, memory))
  },
  serve(call, request) {
    const memory = call.memory as Memory
    switch (urlOf(request).pathname) {
      case '/read': {
        const state = { Hostname: call.world.hostname, ...memory.seen }
        return textResponse(JSON.stringify(state, null, '\t'))
      }
      case '/write':
        return written(call, memory, request)
      case '/status':
        return textResponse(statusOf(call, memory.seen))
      case '/quit':
        return { next: 0 }
      default:
        return NOT_FOUND
    }
  },
  stop(call) {
    const memory = call.memory as Memory
    const seconds = Number(call.flags['delay-shutdown'])
    if (!(seconds > 0)) return GO_STOPPED
    if (memory.stopAt !== undefined) return waiting(call, memory)
    log(call, `Sleeping ${seconds} seconds before exit ...`)
    return waiting(call, { ...memory, stopAt: call.world.now + seconds * 1000 })
  },
}

function waiting({ flags, world }: SubcommandCall, memory: Memory): Pause {
  const { wakeAt = Infinity, stopAt = Infinity } = memory
  const next = Math.min(wakeAt, stopAt)
  return {
    ...listening([flags['port'] ?? ''], memory),
    // never at this instant: two servers that are due at once would wake each other without end
    ...(next === Infinity ? {} : { until: Math.max(next, world.now + 1) }),
  }
}

function written(call: SubcommandCall, memory: Memory, { body = '' }: ServedRequest): Served {
  const { hostname } = call.world
  let source: unknown
  let fault: string | undefined
  try {
    source = (JSON.parse(body) as { readonly Source?: unknown }).Source
  } catch {
    fault = body === '' ? 'EOF' : 'invalid character in JSON'
  }
  const { seen } = memory
  const next =
    typeof source === 'string' && source !== ''
      ? { ...seen, Received: counted(seen.Received, source) }
      : {
          ...seen,
          Errors: [
            ...(seen.Errors ?? []),
            ...(fault === undefined ? [] : [fault]),
            `${hostname}: Got request with no source`,
          ],
        }
  return {
    ...textResponse(`${JSON.stringify({ Hostname: hostname })}\n`),
    next: waiting(call, { ...memory, seen: next }),
  }
}

const counted = (counts: Counts | null, name: string): Counts => ({
  ...counts,
  [name]: (counts?.[name] ?? 0) + 1,
})

function statusOf({ flags }: SubcommandCall, { Sent, Received, StillContactingPeers }: Seen): string {
  const peers = Number(flags['peers'])
  const isEnough = [Sent, Received].every((counts) => Object.keys(counts ?? {}).length >= peers)
  return isEnough ? 'pass' : StillContactingPeers ? 'running' : 'fail'
}

/** One look at the peers: waits until there are enough, then writes to each. */
function contactPeers(call: SubcommandCall, memory: Memory): Memory {
  const { flags, world } = call
  const { seen, rounds, since } = memory
  const peers = peersOf(call)
  const wakeAt = world.now + PERIOD
  if (rounds === 0 && peers.length < Number(flags['peers']) && world.now - since < PATIENCE) {
    const found = `${flags['namespace'] ?? ''}/${flags['service'] ?? ''} has ${peers.length} endpoints`
    const text =
      `${found} ([${peers.join(' ')}]), which is less than ${flags['peers'] ?? ''} as expected. ` +
      'Waiting for all endpoints to come up.'
    return { ...memory, wakeAt, seen: logged(seen, text) }
  }
  const next = peers.reduce((state, peer) => contacted(call, state, peer), seen)
  if (rounds + 1 < ROUNDS) return { ...memory, wakeAt, seen: next, rounds: rounds + 1 }
  return { seen: { ...next, StillContactingPeers: false }, since, rounds: ROUNDS }
}

const logged = (seen: Seen, text: string): Seen => ({ ...seen, Log: [...(seen.Log ?? []), text].slice(-500) })

function contacted({ world }: SubcommandCall, seen: Seen, peer: string): Seen {
  const { hostname, port } = new URL(peer)
  // it is its own peer, too, and cannot serve itself in the middle of this call
  if (world.network.lookup(world.hostname)?.addresses.includes(hostname)) {
    const { Sent, Received } = seen
    return { ...seen, Sent: counted(Sent, world.hostname), Received: counted(Received, world.hostname) }
  }
  const connected = world.network.connect(hostname, Number(port || 80), {
    protocol: 'http',
    method: 'POST',
    path: '/write',
    host: peer.slice('http://'.length),
    body: JSON.stringify({ Source: world.hostname, Dest: peer }),
  })
  const next = logged(seen, `Attempting to contact ${peer}`)
  if (connected.kind !== 'responded')
    return logged(next, `Warning: unable to contact the endpoint "${peer}": ${connected.kind}`)
  const { Hostname: name } = JSON.parse(connected.response.body) as { readonly Hostname: string }
  return { ...next, Sent: counted(next.Sent, name) }
}

/** The addresses of its Service, as URLs. */
function peersOf(call: SubcommandCall): readonly string[] {
  const { namespace = '', service = '' } = call.flags
  const { status, body } = askApiserver(call, `/api/v1/namespaces/${namespace}/endpoints/${service}`)
  if (status !== 200) return []
  const { subsets = [] } = JSON.parse(body) as {
    readonly subsets?: readonly {
      readonly addresses?: readonly { readonly ip: string }[]
      readonly ports?: readonly { readonly port: number }[]
    }[]
  }
  return subsets.flatMap(({ addresses = [], ports = [] }) =>
    addresses.flatMap(({ ip }) => ports.map(({ port }) => `http://${ip}:${port}`)),
  )
}
