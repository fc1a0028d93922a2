/**
 * A cluster that is served in a process of its own, which attacks may end: `node served-child.mjs TIME`, with
 * an IPC channel. Sends where it listens; then, for each message, how long its loop was blocked since the
 * last one, and by what.
 */
import { readFileSync } from 'node:fs'
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
   * Ms of CPU in the longest turn of its loop, of the thread that runs the loop. Not real ms: other processes
   * of a busy machine take their part of those. Nor the CPU of the whole process: threads that compile and
   * collect garbage beside the loop keep nobody waiting, and take up to three times as much.
   */
  readonly blocked: number
  readonly slow: readonly SlowRequest[]
  readonly errors: readonly string[]
  /** The most bytes that the process has held. */
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
/** Ms of CPU of the thread that runs the loop; where there is no /proc, of the whole process. */
function loopCpu(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
  } catch {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000
  }
}

let blocked = 0
let memory = process.memoryUsage.rss()
let before = loopCpu()
// a timer that is due runs in every turn, so that there is one turn between two of its calls
setInterval(() => {
  const now = loopCpu()
  blocked = Math.max(blocked, now - before)
  before = now
  memory = Math.max(memory, process.memoryUsage.rss())
}, 5)
process.on('message', () => {
  const health: Health = { blocked, slow, errors, memory }
  slow = []
  errors = []
  memory = process.memoryUsage.rss()
  process.send?.(health, () => (blocked = 0))
})
const { port, authority, etcd } = server
process.send?.({ port, authority, token, etcd: etcd?.url ?? '' } satisfies Listening)
