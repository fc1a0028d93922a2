import { SimCluster } from 'simcluster'
import type { ClusterView, PodView } from 'simcluster/view'
import { viewOf } from 'simcluster/view'

/** All pods of a view, wherever they are. */
export const podsOf = ({ nodes, pending }: ClusterView): readonly PodView[] => [
  ...nodes.flatMap(({ pods }) => pods),
  ...pending,
]

/** The pod of a view with a name that begins so. */
export function podOf(view: ClusterView, prefix: string): PodView {
  const pod = podsOf(view).find(({ name }) => name.startsWith(prefix))
  if (pod === undefined) throw new Error(`no pod ${prefix}`)
  return pod
}

/** Three nodes, a Deployment `web` of two pods behind a Service of its name, and a pod that fits nowhere. */
export function webCluster(): SimCluster {
  const cluster = new SimCluster({ nodes: 3, seed: 7 })
  cluster.apply(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: big}
spec: {containers: [{name: big, image: nginx, resources: {requests: {cpu: "100"}}}]}`)
  return cluster.settle()
}

export { viewOf }
