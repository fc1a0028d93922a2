import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { SimCluster } from 'simcluster'
import { kubeConfigFor } from 'simcluster/client-node'
import { describe, expect, test } from 'vitest'
import { explore, narrate, replay } from '../../../src/explore/index.js'
import type { CounterExample, ExploreClientsOptions } from '../../../src/explore/index.js'

/** What this test needs of examples/client-node-exploration.mjs. */
interface Example {
  readonly huntFor: (
    connect: typeof kubeConfigFor,
    bugs: { readonly trustsCache: boolean },
  ) => ExploreClientsOptions
  readonly countParts: (cluster: SimCluster) => number
}

const library = new URL(
  '../../../.ci/tools/node_modules/@kubernetes/client-node/dist/index.js',
  import.meta.url,
)
const isInstalled = existsSync(fileURLToPath(library)) || process.env.CI !== undefined

function gadgetCluster(): SimCluster {
  const cluster = new SimCluster({ nodes: 0 })
  cluster.create('configmaps', { metadata: { name: 'gadget' }, data: { size: '1' } })
  return cluster.settle()
}

/** Loaded by the tests that use it: vitest collects skipped suites, too. */
const example = (): Promise<Example> =>
  import('../../../examples/client-node-exploration.mjs' as string) as Promise<Example>

describe.skipIf(!isInstalled)('a controller of client-node', () => {
  test('that trusts its cache creates too many parts, after one delay', async () => {
    const { huntFor, countParts } = await example()
    const stale = huntFor(kubeConfigFor, { trustsCache: true })
    const result = await explore(gadgetCluster(), stale)
    expect(result).toMatchObject({ verdict: 'violated', counterExample: { property: 'at most 3 parts' } })
    const found = JSON.parse(JSON.stringify(result.counterExample)) as CounterExample
    expect(found.choices.length).toBeLessThanOrEqual(2)
    const cluster = await replay(found, stale)
    expect(cluster.state.traceHash()).toBe(found.traceHash)
    expect(countParts(cluster)).toBeGreaterThan(3)
    expect(await narrate(found, stale)).toMatch(
      /the user does: label[^]*gadgets: create configmaps in default[^]*violated: at most 3 parts: 4 parts\n/,
    )
  })

  test('that asks the apiserver holds', async () => {
    const { huntFor } = await example()
    const right = huntFor(kubeConfigFor, { trustsCache: false })
    expect(await explore(gadgetCluster(), right)).toMatchObject({ verdict: 'holds' })
  })
})
