/** A controller in another process, over HTTPS, that is wrong in each of Sieve's three ways, or not. */
import { fileURLToPath } from 'node:url'
import { SimCluster } from 'simcluster'
import { expect, test } from 'vitest'
import { explore } from '../../../src/explore/index.js'
import type {
  ClientExplorationResult,
  ExploredAction,
  Eventually,
  Pattern,
} from '../../../src/explore/index.js'
import { commandClient } from '../../../src/server/index.js'

const program = fileURLToPath(new URL('controller.mjs', import.meta.url))
const has = (name: string) => (cluster: SimCluster) =>
  cluster.list('configmaps').items.some(({ metadata }) => metadata.name === name)

interface Case {
  readonly data: Readonly<Record<string, string>> | undefined
  readonly actions: readonly ExploredAction[]
  readonly eventually: Eventually
  readonly choice: object
}

const edit = (data: Record<string, string>) => (cluster: SimCluster) =>
  cluster.edit('configmaps', 'gadget', (draft) => void (draft.data = data))

const cases: Readonly<Record<Pattern, Case>> = {
  intermediate: {
    data: undefined,
    actions: [
      {
        name: 'create',
        do: (cluster) =>
          cluster.create('configmaps', { metadata: { name: 'gadget' }, data: { gadget: 'yes' } }),
      },
    ],
    eventually: { name: 'both parts', holds: has('gadget-second'), within: '10m' },
    choice: { do: 'request', fault: 'crash' },
  },
  stale: {
    data: { gadget: 'yes', closed: 'yes' },
    actions: [
      { name: 'open', do: edit({ gadget: 'yes' }) },
      {
        name: 'write',
        do: (cluster) =>
          cluster.edit('configmaps', 'gadget-part', (draft) => void (draft.data = { precious: 'yes' })),
        at: 'rest',
      },
    ],
    eventually: {
      name: 'the data stay',
      holds: (cluster) =>
        has('gadget-part')(cluster) && cluster.get('configmaps', 'gadget-part').data?.['precious'] === 'yes',
      within: '10m',
    },
    choice: { do: 'timeTravel' },
  },
  unobserved: {
    data: { gadget: 'yes' },
    actions: [{ name: 'delete', do: (cluster) => cluster.kubectl('delete configmap gadget') }],
    eventually: { name: 'no part is left', holds: (c) => !has('gadget-part')(c), within: '10m' },
    choice: { do: 'unobserved' },
  },
}

function hunt(pattern: Pattern, runs: number, ...words: readonly string[]): Promise<ClientExplorationResult> {
  const { data, actions, eventually } = cases[pattern]
  const cluster = new SimCluster({ nodes: 0 })
  if (data !== undefined) cluster.create('configmaps', { metadata: { name: 'gadget' }, data })
  return explore(cluster.settle(), {
    clients: { gadgets: commandClient([process.execPath, program, pattern, ...words]) },
    actions,
    eventually: [eventually],
    search: { patterns: [pattern], runs },
    seed: 2,
    quiet: { ms: 20 },
  })
}

test.concurrent.each(['intermediate', 'stale', 'unobserved'] as const)(
  '%s state: found; the fix holds',
  async (pattern) => {
    expect(await hunt(pattern, 10)).toMatchObject({
      verdict: 'violated',
      counterExample: { property: cases[pattern].eventually.name, choices: [cases[pattern].choice] },
    })
    expect(await hunt(pattern, 3, 'fixed')).toMatchObject({ verdict: 'sampled' })
  },
)
