import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { SimCluster } from 'simcluster'
import { kubeConfigFor, settled } from 'simcluster/client-node'
import { serve } from 'simcluster/server'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { definition } from '../../examples/controller.js'

type Stop = () => Promise<void>

/** What this test needs of examples/client-node-controller.mjs. */
interface Example {
  readonly websites: (config: object, cleanUp: (name: string) => Promise<void>) => Promise<Stop>
}

const library = new URL('../../.ci/tools/node_modules/@kubernetes/client-node/dist/index.js', import.meta.url)
const isInstalled = existsSync(fileURLToPath(library)) || process.env.CI !== undefined

let stop: Stop = async () => undefined
afterEach(() => stop())

async function playedWith(cluster: SimCluster, config: object): Promise<void> {
  const { websites } = (await import('../../examples/client-node-controller.mjs' as string)) as Example
  const cleaned: string[] = []
  stop = await websites(config, async (name) => void cleaned.push(name))
  const sites = cluster.resource<{ spec: { replicas: number } }>('website')
  sites.create({ metadata: { name: 'blog' }, spec: { replicas: 2 } })
  await settled(cluster)
  expect(sites.get('blog')).toMatchObject({
    metadata: { finalizers: ['example.com/cleanup'] },
    status: { ready: 2 },
  })
  expect(cluster.kubectl(`patch website blog --type=merge -p '{"spec":{"replicas":3}}'`).exitCode).toBe(0)
  await settled(cluster)
  expect(sites.get('blog')).toMatchObject({ status: { ready: 3 } })
  sites.delete('blog')
  await settled(cluster)
  expect(cleaned).toEqual(['blog'])
  expect(sites.list().items).toEqual([])
  expect(cluster.list('pods').items).toEqual([])
}

describe.skipIf(!isInstalled)('settled() waits for a controller of promises, with client-node', () => {
  test('in process', async () => {
    const cluster = new SimCluster({ manifests: definition })
    await playedWith(cluster, kubeConfigFor(cluster))
  })

  test('over HTTPS', async () => {
    const { KubeConfig } = (await import(library.href)) as {
      KubeConfig: new () => { loadFromString(text: string): void }
    }
    const cluster = new SimCluster({ manifests: definition })
    const server = await serve(cluster, { time: 'virtual' })
    const config = new KubeConfig()
    config.loadFromString(server.kubeconfig())
    await playedWith(cluster, config)
    await stop()
    stop = async () => undefined
    await server.close()
  })
})

/** A client that writes, and waits for what it has written, `rounds` times. */
async function busy(cluster: SimCluster, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const body = JSON.stringify({ metadata: { name: `round-${round}` } })
    const headers = { 'content-type': 'application/json' }
    const path = '/api/v1/namespaces/default/configmaps'
    const response = await cluster.http.fetch(path, { method: 'POST', body, headers })
    await response.json()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('settled()', () => {
  test('waits for a chain of promises, under fake timers, too', async () => {
    const cluster = new SimCluster({ nodes: 0 })
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'Date'] })
    void busy(cluster, 20)
    await settled(cluster)
    vi.useRealTimers()
    expect(cluster.get('configmaps', 'round-19')).toBeDefined()
  })

  test('gives up on a client that never rests, and tells its requests', async () => {
    const cluster = new SimCluster({ nodes: 0 })
    const work = busy(cluster, 100_000).catch(() => undefined)
    await expect(settled(cluster, { timeout: 50 })).rejects.toThrow(
      /clients still send requests after 50 ms; the last ones:\n {2}kubernetes-admin: create configmaps default/,
    )
    cluster.apiserver.stop()
    await work
  })
})
