import type { SimCluster } from '../../cluster/sim-cluster.js'
import { goal } from './goals.js'
import type { Goal } from './lesson.js'
import { sleeper } from './shared.js'
import type { Labels } from '../../api/selectors/labels.js'

/** Pods of a namespace with some labels. */
export interface Peers {
  readonly namespace: string
  readonly labels: Labels
}

/** Ports that are tried besides those that are wanted. */
const PORTS = [22, 80, 443, 3306, 5432, 8080]
const ELSEWHERE = 'elsewhere-probed'

interface Probe extends Peers {
  readonly name: string
}

/** Labels that pods of the cluster have, one label at a time with another value, and none. */
function labelsToTry(cluster: SimCluster): readonly Labels[] {
  const all = cluster.state
    .peek('pods')
    .filter(({ metadata }) => metadata.namespace !== 'kube-system')
    .map(({ metadata }) => metadata.labels ?? {})
  const found = new Map<string, Labels>([['{}', {}]])
  for (const { 'pod-template-hash': _, ...labels } of all) {
    found.set(JSON.stringify(labels), labels)
    for (const key of Object.keys(labels)) {
      const other = { ...labels, [key]: 'other' }
      found.set(JSON.stringify(other), other)
    }
  }
  return [...found.values()]
}

/** Puts a new pod of every kind into every namespace: addresses of old pods prove nothing. */
function probe(cluster: SimCluster, labels: readonly Labels[]): readonly Probe[] {
  cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: ELSEWHERE } }])
  cluster.settle()
  const probes = cluster.state
    .peek('namespaces')
    .map(({ metadata }) => metadata.name ?? '')
    .filter((namespace) => !/^kube-(public|node-lease)$/.test(namespace))
    .flatMap((namespace) => labels.map((each, at) => ({ namespace, labels: each, name: `probe-${at}` })))
  cluster.apply(probes.map(({ name, namespace, labels: each }) => sleeper(name, each, namespace)))
  cluster.settle()
  return probes
}

/** The pod that a target is: itself, or one behind a Service as it is before there are probes. */
function podAt(cluster: SimCluster, to: string): string {
  const [namespace = '', name = ''] = to.split('/')
  const [behind] = cluster.state
    .peek('endpointslices', { namespace, labelSelector: `kubernetes.io/service-name=${name}` })
    .flatMap(({ endpoints }) => endpoints ?? [])
  return behind?.targetRef?.name === undefined ? to : `${namespace}/${behind.targetRef.name}`
}

const isLetThrough = (cluster: SimCluster, { namespace, name }: Probe, to: string, port: number): boolean =>
  cluster.network.connect({ from: `${namespace}/${name}`, to, port }).outcome !== 'timeout'

const matches = ({ namespace, labels }: Peers, wanted: Peers): boolean =>
  namespace === wanted.namespace &&
  Object.entries(wanted.labels).every(([key, value]) => labels[key] === value)

/**
 * The goals that new pods like `peers` reach a port of a target (a pod or a Service), and that no pod with
 * other labels, in another namespace or (without `everyPort`) on another port reaches it that did not before
 * the repair.
 */
export const opensOnly = (
  to: string,
  port: number,
  peers: Peers,
  { everyPort = false }: { readonly everyPort?: boolean } = {},
): readonly Goal[] => {
  const say = `${peers.namespace}/${Object.entries(peers.labels)
    .map(([key, value]) => `${key}=${value}`)
    .join()}`
  return [
    goal(
      `Pods like ${say} reach port ${port} of ${to}, also new ones.`,
      `${say} 같은 포드가 새로 만들어져도 ${to}의 ${port}번 포트에 닿습니다.`,
      ({ cluster }) => {
        const pod = podAt(cluster.settle(), to)
        return probe(cluster, [peers.labels])
          .filter((each) => matches(each, peers))
          .every((each) => isLetThrough(cluster, each, pod, port))
      },
    ),
    goal(
      `Nobody else reaches ${to}, on no other port.`,
      `그 밖에는 아무도 ${to}에 닿지 못하고, 다른 포트도 열려 있지 않습니다.`,
      ({ cluster, begun }) => {
        const [pod, podThen] = [podAt(cluster.settle(), to), podAt(begun.cluster, to)]
        const labels = [...labelsToTry(begun.cluster), peers.labels]
        const probes = probe(cluster, labels)
        probe(begun.cluster, labels)
        return probes.flatMap((each) =>
          [...new Set([port, ...PORTS])].flatMap((tried) =>
            !((everyPort || tried === port) && matches(each, peers)) &&
            isLetThrough(cluster, each, pod, tried) &&
            !isLetThrough(begun.cluster, each, podThen, tried)
              ? [`${each.namespace}/${JSON.stringify(each.labels)} reaches port ${tried} of ${to}`]
              : [],
          ),
        )
      },
    ),
  ]
}
