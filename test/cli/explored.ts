import { SimCluster } from 'simcluster'
import type { ExploreOptions } from 'simcluster/explore'

/** A module for `simcluster explore`: scaling a Deployment, and a property that does not hold. */
const explored: ExploreOptions & { readonly cluster: () => SimCluster } = {
  cluster: (): SimCluster => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.kubectl('create deployment web --image=nginx')
    return cluster.settle()
  },
  actions: [
    { name: 'scale', do: (cluster: SimCluster) => cluster.kubectl('scale deployment web --replicas=3') },
    { name: 'label', do: (cluster: SimCluster) => cluster.kubectl('label deployment web team=a') },
  ],
  always: [
    { name: 'at most 2 pods', holds: (cluster: SimCluster) => cluster.list('pods').items.length <= 2 },
  ],
}

export default explored
