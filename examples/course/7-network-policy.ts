import { SimCluster } from 'simcluster'
import type { ClusterOptions } from 'simcluster'
import type { Chapter, Terminal } from './terminal.js'
import { file } from './terminal.js'

const policy = (rest: string): string => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: test-network-policy, namespace: default }
spec:
  podSelector: { matchLabels: { role: db } }
${rest}`

const EGRESS = policy(`  policyTypes: [Egress]
  egress:
  - to: [{ ipBlock: { cidr: 10.0.0.0/24 } }]
    ports: [{ protocol: TCP, port: 5978 }]`)

const INGRESS = policy(`  policyTypes: [Ingress]
  ingress:
  - from:
    - ipBlock: { cidr: 172.17.0.0/16, except: [172.17.1.0/24] }
    - namespaceSelector: { matchLabels: { project: myproject } }
    - podSelector: { matchLabels: { role: frontend } }
    ports: [{ protocol: TCP, port: 6379 }]`)

const pod = (name: string, node: string, labels: object, port: number, namespace = 'default'): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels },
  spec: { nodeName: node, containers: [{ name: 'c', image: 'app:1', ports: [{ containerPort: port }] }] },
})

/** Pods have addresses of 172.17.0.0/16; those of node-2 are in the excepted range. */
function begin(version: string, options: ClusterOptions = {}): SimCluster {
  const cluster = new SimCluster({
    ...options,
    version,
    nodes: 2,
    clusterCIDR: '172.17.0.0/16',
    outside: {
      inside: { ip: '10.0.0.200', ports: [5978, 5979] },
      beyond: { ip: '10.0.1.200', ports: [5978] },
    },
  })
  cluster.apply([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mine', labels: { project: 'myproject' } } },
    pod('db', 'node-1', { role: 'db' }, 6379),
    pod('near', 'node-1', {}, 80),
    pod('plain', 'node-2', {}, 80),
    pod('frontend', 'node-2', { role: 'frontend' }, 80),
    pod('stranger', 'node-2', { role: 'frontend' }, 80, 'mine'),
  ])
  return cluster.settle()
}

/** Tries a connection from within a pod, and says how it ended. */
const tryFrom = (t: Terminal, from: string, to: string, port: number): Promise<unknown> =>
  t.type(
    `kubectl exec ${from} -- nc -z -w 2 ` +
      `${/^\d/.test(to) ? to : `$(kubectl get pod ${to} -o jsonpath={.status.podIP})`} ${port} && echo ` +
      `'${from} -> ${to}:${port} open' || echo '${from} -> ${to}:${port} closed'`,
  )

export const networkPolicy: Chapter = {
  number: 7,
  title: 'Network policy',
  begin,
  rows: [
    {
      id: 'P1',
      title: 'a pod that is selected refuses what no policy allows',
      play: async (t) => {
        await tryFrom(t, 'near', 'db', 6379)
        await t.type(
          `${file('deny.yaml', policy('  policyTypes: [Ingress]'))}\nkubectl apply -f deny.yaml; ` +
            'kubectl get networkpolicy',
        )
        await tryFrom(t, 'near', 'db', 6379)
        await tryFrom(t, 'db', 'near', 80)
      },
    },
    {
      id: 'P2',
      title: 'the example for egress',
      play: async (t) => {
        await t.type(
          `${file('egress.yaml', EGRESS)}\nkubectl delete -f deny.yaml; kubectl apply -f egress.yaml`,
        )
        await tryFrom(t, 'db', '10.0.0.200', 5978)
        await tryFrom(t, 'db', '10.0.0.200', 5979)
        await tryFrom(t, 'db', '10.0.1.200', 5978)
      },
    },
    {
      id: 'P3',
      title: 'the example for ingress',
      play: async (t) => {
        await t.type(
          `${file('ingress.yaml', INGRESS)}\nkubectl delete -f egress.yaml; kubectl apply -f ingress.yaml`,
        )
        for (const from of ['near', 'plain', 'frontend', '-n mine stranger'])
          await tryFrom(t, from, 'db', 6379)
        await tryFrom(t, 'near', 'db', 80)
      },
    },
    {
      id: 'P4',
      title: 'who reaches whom',
      play: async (t) => {
        await t.type('kubectl describe networkpolicy test-network-policy')
        const proof = t.cluster.network
          .connect({ from: 'default/plain', to: 'default/db', port: 6379 })
          .proof.find(({ hop }) => hop === 'policy')
        t.say(`plain -> db:6379, with its proof: ${JSON.stringify(proof)}`)
      },
    },
  ],
}
