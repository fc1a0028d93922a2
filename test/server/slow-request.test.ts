import { request } from 'node:https'
import { expect, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { serve, type SlowRequest } from '../../src/server/index.js'

test('a request that keeps all others waiting is reported with what it was', async () => {
  const slow: SlowRequest[] = []
  const users = [{ name: 'root', token: 't', groups: ['system:masters'] }]
  const server = await serve(new SimCluster({ nodes: 0, users }), {
    time: 'virtual',
    onSlowRequest: (one) => void slow.push(one),
    gateway: (asked, next) => {
      const until = performance.now() + 250
      while (asked.path === '/version' && performance.now() < until);
      return next(asked)
    },
  })
  const get = (path: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const options = { ca: server.authority, agent: false, headers: { authorization: 'Bearer t' } }
      const sent = request(`${server.url}${path}`, options, (response) =>
        response.resume().on('end', resolve),
      )
      sent.on('error', reject)
      sent.end()
    })
  try {
    await get('/healthz')
    await get('/version')
  } finally {
    await server.close()
  }
  expect(slow.filter(({ what }) => what.startsWith('GET'))).toEqual([
    { what: 'GET /version', user: undefined, ms: expect.any(Number) as number },
  ])
})
