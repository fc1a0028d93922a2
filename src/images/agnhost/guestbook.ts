import { addressesOf } from '../../kubelet/index.js'
import type { Served } from '../../kubelet/index.js'
import type { Subcommand, SubcommandCall } from './subcommand.js'
import { NOT_FOUND, listening, log, textResponse, urlOf } from './subcommand.js'

/** Virtual ms between two attempts to register, and after which it gives up. */
const RETRY = 1_000
const TIMEOUT = 15_000

/** What a guestbook remembers. Plain data. */
type Memory = {
  readonly store: Readonly<Record<string, string>>
  readonly replicas: readonly string[]
  /** When it began to register with its primary; absent if it has, or has none. */
  readonly registering?: number
}

/** A guestbook with a primary and replicas. Source: test/images/agnhost/guestbook. */
export const guestbook: Subcommand = {
  flags: { 'http-port': '80', 'backend-port': '6379', replicaof: '' },
  run(call) {
    const { flags, world } = call
    const primary = flags['replicaof'] ?? ''
    const memory = (call.memory as Memory | undefined) ?? {
      store: {},
      replicas: [],
      ...(primary === '' ? {} : { registering: world.now }),
    }
    if (memory.registering === undefined) return waiting(call, memory)
    const own = addressesOf(world.hostname, (name) => world.network.lookup(name))?.[0] ?? ''
    const response = get(call, primary, `register?host=${own}`)
    if (response !== undefined) {
      log(call, `Registered to node: ${primary}`)
      const { data } = JSON.parse(response) as { data: Readonly<Record<string, string>> }
      return waiting(call, { store: data, replicas: [] })
    }
    if (world.now - memory.registering >= TIMEOUT) {
      log(call, 'Timed out while registering to primary.')
      return 1
    }
    log(call, 'encountered error while registering to primary. Retrying in 1s.')
    return { ...waiting(call, memory), until: world.now + RETRY }
  },
  serve(call, request) {
    const { pathname, searchParams } = urlOf(request)
    const query = (name: string): string => searchParams.get(name) ?? ''
    const memory = call.memory as Memory
    const [key, value] = [query('key'), query('value')]
    switch (pathname) {
      case '/register':
        log(call, `Node '${query('host')}' registered.`)
        return {
          ...textResponse(JSON.stringify({ data: memory.store })),
          next: waiting(call, { ...memory, replicas: [...memory.replicas, query('host')] }),
        }
      case '/get':
        log(call, `GET /get?key=${key}`)
        return textResponse(JSON.stringify({ data: key === '' ? memory.store : (memory.store[key] ?? '') }))
      case '/set':
        return set(call, memory, key, value)
      case '/guestbook':
        return proxied(call, query('cmd').toLowerCase(), key, value)
      default:
        return NOT_FOUND
    }
  },
}

const waiting = ({ flags }: SubcommandCall, memory: Memory): ReturnType<typeof listening> =>
  listening([flags['http-port'] ?? ''], memory as never)

function set(call: SubcommandCall, memory: Memory, key: string, value: string): Served {
  log(call, `GET /set?key=${key}&value=${value}`)
  if (key === '') return textResponse('cannot set with empty key.\n', 400)
  for (const replica of memory.replicas) {
    if (get(call, replica, `set?key=${key}&value=${value}`) === undefined)
      return textResponse(`encountered error while propagating to replica '${replica}'\n`, 417)
  }
  return {
    ...textResponse(JSON.stringify({ message: 'Updated' })),
    next: waiting(call, { ...memory, store: { ...memory.store, [key]: value } }),
  }
}

/** Passes a command to the primary or a replica. */
function proxied(call: SubcommandCall, command: string, key: string, value: string): Served {
  log(call, `GET /guestbook?cmd=${command}&key=${key}&value=${value}`)
  if (command !== 'get' && command !== 'set') return textResponse(`unsupported cmd: '${command}'\n`, 400)
  if (command === 'set' && key === '') return textResponse('cannot set with empty key.\n', 400)
  const host = command === 'get' ? 'agnhost-replica' : 'agnhost-primary'
  const response = get(call, host, `${command}?key=${key}&value=${value}`)
  return response === undefined
    ? textResponse(`encountered error: dial ${host}\n`, 417)
    : textResponse(response)
}

/** Sends a GET to the back-end port of a host; undefined if it does not respond. */
function get({ world, flags }: SubcommandCall, host: string, path: string): string | undefined {
  const [address] = addressesOf(host, (name) => world.network.lookup(name)) ?? []
  if (address === undefined) return undefined
  const connected = world.network.connect(address, Number(flags['backend-port']), {
    protocol: 'http',
    method: 'GET',
    path: `/${path}`,
    host,
  })
  return connected.kind === 'responded' ? connected.response.body : undefined
}
