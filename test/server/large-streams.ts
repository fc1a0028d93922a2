import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { serve } from '../../src/server/index.js'
import { bytesOfContent, contentOf } from '../../src/lang/bytes/content.js'
import { writeTar } from '../../src/shell/files/tar-archive.js'

/** Bytes of a message, as kubectl sends them. */
const MESSAGE = 32 * 1024

/** Returns ms of CPU that this thread has used: other processes do not count. */
function threadTime(): number {
  const [used = ''] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')
  return Number(used) / 1e6
}

/** Sends standard input, and its end. */
async function send(client: WebSocket, input: Uint8Array): Promise<void> {
  for (let at = 0; at < input.length; at += MESSAGE) {
    const message = Buffer.concat([Buffer.of(0), input.subarray(at, at + MESSAGE)])
    await new Promise((resolve) => client.send(message, resolve))
  }
  client.send(Buffer.of(255, 0))
}

/** What one program did with the bytes. */
export interface Transfer {
  readonly program: string
  /** MD5 of what came back. */
  readonly md5: string
  /** Requests of another client that were served meanwhile. */
  readonly served: number
  /** Longest time, in ms of this thread's CPU, for which the event loop was blocked. */
  readonly blocked: number
}

/** What {@link transferBytes} found. */
export interface Transfers {
  readonly md5: string
  readonly transfers: readonly Transfer[]
  /** Bytes of memory, besides the sender's copy, when the last program has ended. */
  readonly memory: number
}

/**
 * Sends `size` random bytes to a served container as an archive, as `kubectl cp` does, and reads them back
 * through several programs, while another client asks for the nodes all the time.
 */
export async function transferBytes(size: number): Promise<Transfers> {
  const bytes = randomBytes(size)
  const cluster = new SimCluster({ nodes: 1, time: { start: Date.now() } })
  cluster.apply([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'box', namespace: 'default' },
      spec: { containers: [{ name: 'main', image: 'busybox', command: ['sleep', '1d'] }] },
    },
  ])
  cluster.settle()
  const server = await serve(cluster, { time: 'clock' })
  const { certificate, key } = cluster.pki.clientCertificate(
    { commonName: 'root', organizations: ['system:masters'] },
    { notBefore: cluster.now() },
  )
  const exec = async (command: readonly string[], input?: Uint8Array): Promise<Transfer> => {
    const words = command.map((word) => `command=${encodeURIComponent(word)}`).join('&')
    const client = new WebSocket(
      `${server.url.replace('https', 'wss')}/api/v1/namespaces/default/pods/box/exec?${words}` +
        `&stdout=true&stderr=true${input === undefined ? '' : '&stdin=true'}`,
      ['v5.channel.k8s.io'],
      { ca: server.authority, cert: certificate, key },
    )
    const hash = createHash('md5')
    const ended = new Promise((resolve, reject) => {
      client.once('close', resolve)
      client.once('error', reject)
    })
    client.on('message', (raw) => {
      const message = raw as Buffer
      if (message[0] === 1) hash.update(message.subarray(1))
    })
    await new Promise((resolve) => void client.once('open', resolve))
    const state = { served: 0, isOver: false, blocked: 0 }
    const other = (async (): Promise<void> => {
      for (; !state.isOver; state.served++) {
        await cluster.http.fetch('/api/v1/nodes')
        const before = threadTime()
        await turn()
        state.blocked = Math.max(state.blocked, threadTime() - before)
      }
    })()
    if (input !== undefined) await send(client, input)
    await ended
    state.isOver = true
    await other
    return {
      program: command.join(' '),
      md5: hash.digest('hex'),
      served: state.served,
      blocked: state.blocked,
    }
  }
  try {
    const archive = bytesOfContent(
      writeTar([
        { name: 'x', kind: 'file', mode: 0o644, owner: 0, group: 0, time: 0, content: contentOf(bytes) },
      ]),
    )
    const before = process.memoryUsage()
    const transfers = [await exec(['tar', '-xmf', '-', '-C', '/tmp'], archive)]
    for (const command of [
      'cat /tmp/x',
      'dd if=/tmp/x of=/tmp/y bs=1M 2>/dev/null; cat /tmp/y',
      'tar cf - -C /tmp y | tar xOf -',
      'rm /tmp/y; base64 /tmp/x | base64 -d',
    ])
      transfers.push(await exec(['sh', '-c', command]))
    const after = process.memoryUsage()
    const memory = after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed
    return { md5: createHash('md5').update(bytes).digest('hex'), transfers, memory }
  } finally {
    await server.close()
  }
}
