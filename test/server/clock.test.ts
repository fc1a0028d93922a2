import { request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { serve, type ServeTime } from 'simcluster/server'

/** Serves a cluster whose time begins some ms away from that of this machine. */
async function served(
  offset: number,
  time: ServeTime = 'clock',
): Promise<{ cluster: SimCluster; now: () => Promise<number> }> {
  const users = [{ name: 'root', token: 'root', groups: ['system:masters'] }]
  const cluster = new SimCluster({ nodes: 0, users, time: { start: Date.now() + offset } })
  const server = await serve(cluster, { time })
  onTestFinished(() => server.close())
  const headers = { authorization: 'Bearer root' }
  const now = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const options = { headers, ca: server.authority, agent: false as const }
      const sent = request(`${server.url}/simcluster/time`, options, (response) => {
        let text = ''
        response.on('data', (part: Buffer) => (text += part.toString()))
        response.on('end', () => resolve(Date.parse((JSON.parse(text) as { time: string }).time)))
      })
      sent.on('error', reject)
      sent.end()
    })
  return { cluster, now }
}

test('a cluster whose time is the clock is never behind a client of this machine', async () => {
  const { now } = await served(-60_000)
  for (let time = 0; time < 5; time++) {
    const before = Date.now()
    const seen = await now()
    expect(seen).toBeGreaterThanOrEqual(before)
    expect(seen).toBeLessThanOrEqual(Date.now())
  }
})

test('one that is ahead waits for the clock', async () => {
  const { cluster, now } = await served(3_600_000)
  const start = cluster.now()
  await sleep(30)
  expect(await now()).toBe(start)
})

test('one that goes on from the clock is at its time, and keeps what its users add', async () => {
  const { cluster, now } = await served(-60_000, { speed: 1, from: 'clock' })
  // timers that measure what has passed and the clock can differ by a little
  const slack = 100
  const before = Date.now()
  const seen = await now()
  expect(seen).toBeGreaterThan(before - slack)
  expect(seen).toBeLessThan(Date.now() + slack)
  cluster.advance('1h')
  const later = await now()
  await sleep(30)
  expect(later).toBeGreaterThan(before + 3_600_000 - slack)
  expect(await now()).toBeGreaterThan(later)
})

test('one that would go on from the clock and is ahead waits for it', async () => {
  const { cluster, now } = await served(3_600_000, { speed: 1, from: 'clock' })
  const start = cluster.now()
  await sleep(30)
  expect(await now()).toBe(start)
})
