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

/** Draws the cluster of the rollout after a crash, and everything about it. `view` is `simcluster/view`. */
export function draw({ SimCluster }, view) {
  const cluster = new SimCluster({ nodes: 3, seed: 7, coreDNS: true })
  cluster.apply(deployment)
  cluster.kubectl('expose deployment web --port=80')
  cluster.settle()
  cluster.node('node-2').crash()
  cluster.advance('7m')
  const { pods } = view.viewOf(cluster).nodes[0]
  const from = `default/${pods.find(({ namespace }) => namespace === 'default').name}`
  return [
    view.viewOf(cluster),
    view.viewOfService(cluster, 'web'),
    view.viewOfRollout(cluster, 'web'),
    view.viewOfNetwork(cluster),
    view.viewOfEvents(cluster),
    view.viewOfCertificates(cluster),
    view.viewOfAccess(cluster.can({ user: 'jane' }, 'list', 'pods')),
    view.viewOfConnection(cluster.network.connect({ from, to: 'web', port: 80 })),
  ].map((shown) => view.toSvg(shown, { title: '그림' }))
}
