/**
 * `npx tsx scripts/run-bundled.ts scripts/soak/memory.ts [MINUTES]`: a served cluster, in a process of its
 * own, under 1,500 watches, 100 streams that their clients have left, and 30 clients that do not read, while
 * five objects of 2 kB are written each second. Prints the memory of the server each half minute, which has
 * all history until etcd's compaction after five minutes; fails beyond 300 MB. Ten minutes by default.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect as connectHttp2 } from 'node:http2'
import type { ClientHttp2Session } from 'node:http2'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { bundleInto } from '../bundle-into.js'

const MOST_MB = 300
const WATCHES = 1_500
const ABANDONED = 100
const DEAF = 30
/** Streams of one connection. The server allows 250. */
const PER_SESSION = 200

const minutes = Number(process.argv.at(-1)) || 10
const placeOf = await bundleInto('soak-memory', ['src/index', 'src/server/index'])

/** The server: prints its address, token and authority; then writes objects for ever. */
const program = `
  import { SimCluster } from '${placeOf('src/index')}'
  import { serve } from '${placeOf('src/server/index')}'
  const cluster = new SimCluster({ nodes: 3 })
  cluster.kubectl('create deployment web --image=nginx --replicas=20')
  cluster.kubectl('create serviceaccount reader')
  cluster.kubectl('create clusterrolebinding r --clusterrole=cluster-admin --serviceaccount=default:reader')
  const server = await serve(cluster, { port: 0 })
  const token = cluster.kubectl('create token reader --duration=24h').stdout.trim()
  console.log(JSON.stringify({ url: server.url, port: server.port, authority: server.authority, token }))
  for (let at = 0; ; at++) {
    const name = 'm' + (at % 200)
    const data = { a: 'x'.repeat(2_000), at: String(at) }
    if (at < 200) cluster.create('configmaps', { metadata: { name, namespace: 'default' }, data })
    else cluster.edit('configmaps', { namespace: 'default', name }, (draft) => void (draft.data = data))
    if (at % 50 === 0) cluster.kubectl('scale deployment web --replicas=' + (at % 100 === 0 ? 10 : 20))
    await new Promise((resolve) => setTimeout(resolve, 200))
  }`
const server = spawn(process.execPath, ['--input-type=module', '--eval', program], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const [line] = (await once(createInterface(server.stdout), 'line')) as [string]
const { url, port, authority, token } = JSON.parse(line) as Record<'url' | 'authority' | 'token', string> & {
  port: number
}

/** Opens streams over as many connections as they need. `each` gets every one of them. */
function open(
  count: number,
  paths: readonly string[],
  each: (at: number, session: ClientHttp2Session) => void,
) {
  const sessions: ClientHttp2Session[] = []
  for (let at = 0; at < count; at++) {
    if (at % PER_SESSION === 0) {
      const session = connectHttp2(url, { ca: authority })
      session.on('error', () => undefined)
      sessions.push(session)
    }
    const session = sessions.at(-1) as ClientHttp2Session
    const stream = session.request({ ':path': paths[at % paths.length], authorization: `Bearer ${token}` })
    stream.on('error', () => undefined)
    stream.resume()
    each(at, session)
  }
}

const WATCHED = ['pods', 'configmaps', 'nodes', 'events', 'endpoints', 'services'].map(
  (resource) => `/api/v1/${resource}?watch=true&timeoutSeconds=86400`,
)
open(WATCHES, WATCHED, () => undefined)
// their connections break without a word, in the middle of what they were sent
open(ABANDONED, WATCHED, (at, session) => {
  if (at % PER_SESSION === ABANDONED - 1) setTimeout(() => session.destroy(), 5_000)
})
for (let at = 0; at < DEAF; at++) {
  const socket = connectTls({ port, ca: authority, servername: 'localhost' })
  socket.on('error', () => undefined)
  socket.pause()
  const head = [`GET ${WATCHED[1]} HTTP/1.1`, 'host: localhost', `authorization: Bearer ${token}`]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
}

let most = 0
for (let tick = 1; tick <= minutes * 60; tick++) {
  await sleep(1_000)
  const [, kb = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? []
  const mb = Number(kb) / 1024
  most = Math.max(most, mb)
  if (tick % 30 === 0) console.log(`${tick} s: ${mb.toFixed(0)} MB, most ${most.toFixed(0)} MB`)
}
server.kill()
process.exit(most < MOST_MB ? 0 : 1)
