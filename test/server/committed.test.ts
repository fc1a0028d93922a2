import { request } from 'node:https'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { serve, type ClusterServer } from 'simcluster/server'

/** What the durable store has been asked, and how it goes on. */
interface Commit {
  readonly done: () => void
  readonly failed: (error: Error) => void
}

const commits: Commit[] = []
/** Responses in the order in which they arrive. */
const arrived: string[] = []
let server: ClusterServer

beforeAll(async () => {
  const users = [{ name: 'root', token: 'root', groups: ['system:masters'] }]
  const cluster = new SimCluster({ nodes: 0, time: { start: Date.now() }, users })
  const committed = (): Promise<void> =>
    new Promise((done, failed) => void commits.push({ done: () => done(), failed }))
  server = await serve(cluster, { time: 'virtual', committed })
})
afterAll(() => server.close())
beforeEach(() => {
  commits.length = 0
  arrived.length = 0
})

const MAPS = '/api/v1/namespaces/default/configmaps'

/** Sends a request and resolves when the server waits for its commit; `responded` is later. */
async function ask(
  method: 'GET' | 'POST',
  path: string,
  body = '',
): Promise<{ readonly responded: Promise<void> }> {
  const before = commits.length
  const responded = new Promise<void>((resolve, reject) => {
    const headers = { authorization: 'Bearer root', 'content-type': 'application/json' }
    const options = { method, headers, ca: server.authority, agent: false as const }
    const sent = request(`${server.url}${path}`, options, (response) => {
      arrived.push(`${method} ${response.statusCode ?? 0}`)
      response.resume().on('end', resolve)
    })
    sent.on('error', reject)
    sent.end(body)
  })
  await expect.poll(() => commits.length).toBe(before + 1)
  return { responded }
}

test('who reads what somebody writes gets it when the writer has its response', async () => {
  const write = await ask('POST', MAPS, '{"metadata":{"name":"one"}}')
  const read = await ask('GET', `${MAPS}/one`)
  expect(arrived).toEqual([])
  commits[0]?.done()
  await write.responded
  commits[1]?.done()
  await read.responded
  expect(arrived).toEqual(['POST 201', 'GET 200'])
})

test('a write that cannot be committed fails, and reads go on', async () => {
  const write = await ask('POST', MAPS, '{"metadata":{"name":"two"}}')
  const read = await ask('GET', `${MAPS}/two`)
  for (const { failed } of commits) failed(new Error('etcdserver: mvcc: database space exceeded'))
  await Promise.all([write.responded, read.responded])
  expect(arrived.toSorted()).toEqual(['GET 200', 'POST 500'])
})
