/** What `simcluster sweep` plays: explorations by seed. */
import { SimCluster } from 'simcluster'
import { explore, narrate, type ExploreOptions } from 'simcluster/explore'
import { isServed, pairOf } from '../explore/clients/clients.js'

/** Random orders of a rollout; with odd seeds, a property that does not hold. */
export default function rollout(seed: number): { readonly runs: number } {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('create deployment web --image=nginx')
  const options: ExploreOptions = {
    seed,
    actions: [{ name: 'scale', do: (c) => c.kubectl('scale deployment web --replicas=2') }],
    search: { pct: 3, runs: 3 },
    always: [{ name: 'few pods', holds: (c) => seed % 2 === 0 || c.list('pods').items.length < 2 }],
  }
  const { counterExample, schedules } = explore(cluster.settle(), options)
  if (counterExample !== undefined) throw new Error(narrate(counterExample, options))
  return { runs: schedules }
}

/** The same as an exploration: the seed chooses the cluster, too. */
export const rollouts: ExploreOptions & { readonly cluster: (seed: number) => SimCluster } = {
  cluster: (seed) => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.kubectl(`create deployment web --image=nginx --replicas=${1 + (seed % 2)}`)
    return cluster.settle()
  },
  actions: [{ name: 'scale', do: (c) => c.kubectl('scale deployment web --replicas=3') }],
  search: { pct: 3, runs: 3 },
  always: [
    {
      name: 'two begin',
      holds: (c) => c.list('pods').items.length !== 1 || c.get('deployments', 'web').spec.replicas !== 3,
    },
  ],
}

/** A client of promises; with odd seeds, one that a crash breaks. */
export async function clients(seed: number): Promise<{ readonly runs: number }> {
  const options = {
    seed,
    clients: { pair: pairOf(seed % 2 === 0) },
    actions: [{ name: 'want', do: (c: SimCluster) => c.kubectl('create configmap wanted') }],
    search: { patterns: ['intermediate' as const], runs: 3 },
    eventually: [{ name: 'both', holds: isServed, within: '2m' as const }],
  }
  const { counterExample, schedules } = await explore(new SimCluster({ nodes: 0 }), options)
  if (counterExample !== undefined) throw new Error(await narrate(counterExample, options))
  return { runs: schedules }
}
