// What every environment must be able to do with the packed package, and with the same result. Plain
// JavaScript, run by each Node and by Chromium as it stands.

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: nginx }]
`

/** Rolls out a Deployment of three and tells what runs where. Takes the package, however it was loaded. */
export function play({ SimCluster }) {
  const cluster = new SimCluster({ nodes: 3, seed: 7 })
  cluster.apply(deployment)
  cluster.settle()
  const pods = cluster.list('pods', { namespace: 'default', labelSelector: 'app=web' }).items
  return {
    pods: pods.map(({ metadata, spec, status }) => ({
      name: metadata.name,
      node: spec.nodeName,
      phase: status.phase,
    })),
    traceHash: cluster.state.traceHash(),
  }
}

const policy = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: default }
spec:
  podSelector: { matchLabels: { app: web } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: api } } }], ports: [{ port: 80 }] }]
`

/**
 * Draws the cluster of the rollout after a crash, everything about it, and a run of an exploration. Takes
 * `simcluster` and its entries `view`, `netpol` and `explore`.
 */
export function draw({ SimCluster }, view, netpol, exploration) {
  const cluster = new SimCluster({ nodes: 3, seed: 7, addons: { coreDNS: true } })
  cluster.apply(deployment)
  cluster.kubectl('expose deployment web --port=80')
  cluster.settle()
  cluster.node('node-2').crash()
  cluster.advance('7m')
  const { pods } = view.viewOf(cluster).nodes[0]
  const from = `default/${pods.find(({ namespace }) => namespace === 'default').name}`
  const views = [
    view.viewOf(cluster),
    view.viewOfService(cluster, 'web'),
    view.viewOfRollout(cluster, 'web'),
    view.viewOfNetwork(cluster),
    view.viewOfEvents(cluster),
    view.viewOfCertificates(cluster),
    view.viewOfAccess(cluster.can({ user: 'jane' }, 'list', 'pods')),
    view.viewOfConnection(cluster.network.connect({ from, to: 'web', port: 80 })),
  ]
  cluster.apply(policy)
  const world = netpol.worldOf(cluster)
  const explored = {
    actions: [{ name: 'apply', do: (each) => each.apply(deployment) }],
    always: [{ name: 'few pods', holds: (each) => each.list('pods').items.length < 2 }],
  }
  const { counterExample } = exploration.explore(new SimCluster({ nodes: 1, seed: 7 }), explored)
  return [
    ...[...views, view.viewOfPolicies(netpol.evaluate(world, { from, to: from, port: 80 }))].map((shown) =>
      view.toSvg(shown, { title: '그림' }),
    ),
    netpol.reachability(world).toSvg(),
    exploration.storySvg(counterExample, explored),
  ]
}
