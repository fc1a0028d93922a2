/**
 * A client of its own process, as the one was that measured the real server: HTTP/1.1 over TLS, connections
 * that stay open.
 */
import { Agent, request } from 'node:https'
import type { Load } from './load.js'

process.on('message', (load: Load) => void run(load).then((bytes) => process.send?.(bytes)))

async function run({ url, count, clients, path, body, identity }: Load): Promise<number> {
  const agent = (agents[clients] ??= new Agent({ keepAlive: true, maxSockets: clients, ...identity }))
  let next = 0
  let bytes = 0
  const one = (at: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = body?.replace('<n>', String(at))
      const headers =
        sent === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }
      const asked = request(
        `${url}${path}`,
        { agent, method: sent === undefined ? 'GET' : 'POST', headers },
        (response) => {
          if ((response.statusCode ?? 500) >= 300) reject(new Error(`${path}: ${response.statusCode}`))
          response.on('data', (chunk: Buffer) => (bytes += chunk.length))
          response.once('end', resolve)
        },
      )
      asked.once('error', reject)
      asked.end(sent)
    })
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (next < count) await one(next++)
    }),
  )
  return bytes
}

const agents: Record<number, Agent> = {}
