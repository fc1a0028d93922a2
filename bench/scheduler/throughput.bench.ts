import { partial } from '../../test/support/typed.js'
/**
 * Placing pods by the scheduling cycle alone (filter, score, assume), without apiserver and queue. Nodes and
 * pods are scheduler_perf's defaults, but for smaller requests, so that all pods fit. Times are for one pod.
 */
import type { Node, Pod } from '../../src/api/core/generated.js'
import { podInfoOf } from '../../src/scheduler/cache/pod-info.js'
import { NodeSnapshot } from '../../src/scheduler/cache/snapshot.js'
import { schedulePod } from '../../src/scheduler/cycle/schedule-pod.js'
import { makeFramework } from '../../src/scheduler/profile.js'
import { plainDevices } from '../../src/scheduler/devices/device-view.js'
import { NO_STORAGE } from '../../src/scheduler/cache/storage-view.js'
import { plainRelatedObjects } from '../../src/scheduler/cache/related-objects.js'
import { schedulerRelease } from '../../src/scheduler/texts.js'
import type { BenchCase } from '../runner.js'
import { suite } from '../runner.js'

const ZONE = 'topology.kubernetes.io/zone'
const PODS = 5000

function node(n: number): Node {
  const name = `node-${n}`
  const labels = { 'kubernetes.io/hostname': name, [ZONE]: `zone-${n % 3}` }
  const allocatable = { cpu: '4', memory: '32Gi', pods: '110' }
  return partial<Node>({ metadata: { name, labels }, spec: {}, status: { allocatable } })
}

function pod(n: number, spec: object): Pod {
  const containers = [{ name: 'app', resources: { requests: { cpu: '10m', memory: '50Mi' } } }]
  return partial<Pod>({
    metadata: { name: `pod-${n}`, namespace: 'default' },
    spec: { containers, ...spec },
    status: {},
  })
}

const nodeSelectorTerms = [
  { matchExpressions: [{ key: ZONE, operator: 'In', values: ['zone-0', 'zone-1', 'zone-2'] }] },
]
const AFFINITY = {
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
}

const framework = makeFramework(
  {},
  {
    release: schedulerRelease('v1.35'),
    client: () => {
      throw new Error('assertion failed: nothing is bound here')
    },
    podDisruptionBudgets: () => [],
    storage: NO_STORAGE,
    devices: plainDevices({}),
    relatedObjects: plainRelatedObjects({}),
    now: () => 0,
    record: () => undefined,
    randomInt: () => 0,
  },
)

function placing(name: string, nodes: number, spec: object): BenchCase {
  let snapshot = new NodeSnapshot()
  let pods: readonly Pod[] = []
  return {
    name: `${name}, ${nodes} nodes`,
    ops: PODS,
    setup: () => {
      snapshot = NodeSnapshot.of(Array.from({ length: nodes }, (_, n) => node(n)))
      pods = Array.from({ length: PODS }, (_, n) => pod(n, spec))
    },
    run: () => {
      let start = 0
      for (const object of pods) {
        const info = podInfoOf(object)
        const outcome = schedulePod(info, { framework, snapshot, start })
        if (!('node' in outcome)) throw new Error(`no room for ${info.key}`)
        start = outcome.nextStart
        snapshot.setPod(info, outcome.node.name)
      }
    },
  }
}

const sizes = [100, 1000, 5000]
const cases = sizes.flatMap((nodes) => [
  placing('plain pod', nodes, {}),
  placing('node affinity', nodes, AFFINITY),
])
await suite('scheduling cycle', cases, { rounds: 7, minMs: 0 })
