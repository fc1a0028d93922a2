import { get } from 'node:https'
import { SimCluster } from 'simcluster'
import { serve } from 'simcluster/server'
import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => void vi.useRealTimers())

test('a served cluster responds and closes while a test has faked the timers', async () => {
  const before = await serve(new SimCluster({ nodes: 1 }))
  vi.useFakeTimers()
  const server = await serve(new SimCluster({ nodes: 1 }))
  for (const one of [before, server]) {
    const status = await new Promise((resolve) =>
      get(`${one.url}/version`, { ca: one.authority, agent: false }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }),
    )
    expect(status).toBe(200)
    await one.close()
  }
})
