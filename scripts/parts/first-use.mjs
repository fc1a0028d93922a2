/**
 * What everybody does first: what this runs is the core, and is loaded at once (docs/decisions/parts.md).
 * Plain JavaScript, since it is also run on the packed package.
 */
export function firstUse({ SimCluster }) {
  const cluster = new SimCluster({ nodes: 3 })
  cluster.create('pods', {
    metadata: { name: 'web', namespace: 'default' },
    spec: { containers: [{ name: 'web', image: 'nginx' }] },
  })
  cluster.settle()
  return cluster.get('pods', { name: 'web', namespace: 'default' }).status?.phase
}
