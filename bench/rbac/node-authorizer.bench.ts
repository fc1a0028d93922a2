import { partial } from '../../test/support/typed.js'
/**
 * What the node authorizer costs: a check of a secret, and a change of a pod with the check after it,
 * whatever the size of the cluster. Goal: both stay at microseconds from 1,000 pods to 100,000. Run: npm run
 * bench -- node-authorizer
 */
import type { PersistentVolume, Pod } from '../../src/api/core/generated.js'
import type { KubeObject } from '../../src/api/kind/definition.js'
import type { StoreView } from '../../src/apiserver/storage/stored-objects.js'
import { ReferenceGraph } from '../../src/rbac/nodes/reference-graph.js'
import { suite } from '../runner.js'

const PODS_ON_NODE = 100
const TURNS = 10_000

type Listener = (next: KubeObject | undefined, old: KubeObject | undefined) => void

function podOn(node: number, at: number): Pod {
  const name = `p-${node}-${at}`
  return partial<Pod>({
    metadata: { name, namespace: `ns-${at % 10}`, uid: name },
    spec: {
      nodeName: `n-${node}`,
      serviceAccountName: 'default',
      containers: [{ name: 'c', image: 'i', envFrom: [{ secretRef: { name: `s-${at}` } }] }],
      volumes: [
        {
          name: 'token',
          projected: {
            sources: [
              { serviceAccountToken: { path: 'token' } },
              { configMap: { name: 'kube-root-ca.crt' } },
            ],
          },
        },
        { name: 'data', persistentVolumeClaim: { claimName: name } },
      ],
    },
    status: {},
  })
}

function volumeOf(node: number, at: number): PersistentVolume {
  const claimRef = { namespace: `ns-${at % 10}`, name: `p-${node}-${at}` }
  return {
    metadata: { name: `v-${node}-${at}` },
    spec: {
      claimRef,
      csi: {
        driver: 'd',
        volumeHandle: 'h',
        nodeStageSecretRef: { namespace: 'storage', name: `s-${node}-${at}` },
      },
    },
  } as PersistentVolume
}

for (const nodes of [10, 100, 1_000]) {
  const pods = Array.from({ length: nodes }, (_, node) =>
    Array.from({ length: PODS_ON_NODE }, (_each, at) => podOn(node, at)),
  )
  const volumes = pods.flatMap((all, node) => all.map((_pod, at) => volumeOf(node, at)))
  const listeners: Listener[] = []
  const view: Pick<StoreView, 'list' | 'withField' | 'onChange'> = {
    list: <T extends KubeObject>() => volumes as readonly KubeObject[] as readonly T[],
    withField: <T extends KubeObject>(_resource: string, _field: string, node: string) =>
      pods[Number(node.slice(2))] as readonly KubeObject[] as readonly T[],
    onChange: <T extends KubeObject>(
      resource: string,
      listener: (next: T | undefined, old: T | undefined) => void,
    ) => {
      if (resource === 'pods') listeners.push(listener as Listener)
    },
  }
  const graph = new ReferenceGraph(view)
  for (let node = 0; node < nodes; node++) graph.isSecretOfVolume(`n-${node}`, 'storage', `s-${node}-1`)
  await suite(
    `node authorizer: ${(nodes * PODS_ON_NODE).toLocaleString('en')} pods on ` +
      `${nodes.toLocaleString('en')} nodes`,
    [
      {
        name: 'a secret of a pod',
        ops: TURNS,
        run: () => {
          for (let at = 0; at < TURNS; at++)
            graph.isUsed(`n-${at % nodes}`, 'secrets', `ns-${at % 10}`, `s-${at % 100}`)
        },
      },
      {
        name: 'a secret of a volume',
        ops: TURNS,
        run: () => {
          for (let at = 0; at < TURNS; at++)
            graph.isSecretOfVolume(`n-${at % nodes}`, 'storage', `s-${at % nodes}-${at % 100}`)
        },
      },
      {
        name: 'a pod comes and goes, a check after each',
        ops: TURNS,
        run: () => {
          for (let at = 0; at < TURNS; at++) {
            const pod = podOn(at % nodes, 1_000)
            for (const listener of listeners) listener(pod, undefined)
            graph.isUsed(`n-${at % nodes}`, 'secrets', 'ns-0', 's-1000')
            for (const listener of listeners) listener(undefined, pod)
            graph.isUsed(`n-${at % nodes}`, 'secrets', 'ns-0', 's-1000')
          }
        },
      },
    ],
    { rounds: 7 },
  )
}
