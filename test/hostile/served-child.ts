/**
 * A cluster that is served in a process of its own, which attacks may end: `node served-child.mjs TIME`, with
 * an IPC channel. Sends where it listens; then, for each message, how long its loop was blocked since the
 * last one, and by what.
 */
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { serve, type SlowRequest } from '../../src/server/index.js'

/** Where an attacked cluster listens, and an administrator's token. */
export interface Listening {
  readonly port: number
  readonly etcd: string
  readonly authority: string
  readonly token: string
}

/** What the server has to say for itself since it was last asked. */
export interface Health {
  /**
   * Ms of CPU in the longest turn of its loop. Not real ms: other processes of a busy machine take their part
   * of those.
   */
  readonly blocked: number
  readonly slow: readonly SlowRequest[]
  readonly errors: readonly string[]
  readonly memory: number
}

const token = 'root-token'
const cluster = new SimCluster({
  nodes: 1,
  users: [
    { name: 'root', token, groups: ['system:masters'] },
    { name: 'guest', token: 'guest-token', groups: [] },
  ],
})
cluster.apply([
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'box', namespace: 'default' },
    spec: { containers: [{ name: 'main', image: 'busybox', command: ['sleep', 'infinity'] }] },
  },
])
cluster.settle()

let slow: SlowRequest[] = []
let errors: string[] = []
const time = process.argv[2] === 'virtual' ? ('virtual' as const) : { speed: 1 }
const report = (error: unknown): void =>
  void errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
const server = await serve(cluster, {
  time,
  etcd: { plain: true, onError: report },
  onError: report,
  onSlowRequest: (one) => void slow.push(one),
})
let blocked = 0
let before = process.cpuUsage()
// a timer that is due runs in every turn, so that there is one turn between two of its calls
setInterval(() => {
  const { user, system } = process.cpuUsage(before)
  before = process.cpuUsage()
  blocked = Math.max(blocked, (user + system) / 1_000)
}, 5)
process.on('message', () => {
  const health: Health = { blocked, slow, errors, memory: process.memoryUsage.rss() }
  slow = []
  errors = []
  process.send?.(health, () => (blocked = 0))
})
const { port, authority, etcd } = server
process.send?.({ port, authority, token, etcd: etcd?.url ?? '' } satisfies Listening)
