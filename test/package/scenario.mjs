// What every environment must be able to do with the packed package, and with the same result. Plain
// JavaScript, run by Node 20, Node 24 and Chromium as it stands.
import { SimCluster } from 'simcluster'

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

/** Rolls out a Deployment of three and tells what runs where. */
export function play() {
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
    traceHash: cluster.traceHash(),
  }
}
