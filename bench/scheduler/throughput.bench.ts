/**
 * Pods placed a second by the scheduling cycle alone (filter, score, assume), without apiserver and queue.
 * Run: npx tsx bench/scheduler/throughput.bench.ts
 */
import type { Node, Pod } from '../../src/api/core/generated.js'
import { podInfoOf } from '../../src/scheduler/cache/pod-info.js'
import { Snapshot } from '../../src/scheduler/cache/snapshot.js'
import { schedulePod } from '../../src/scheduler/cycle/schedule-pod.js'
import { makeFramework } from '../../src/scheduler/profile.js'
import { schedulerRelease } from '../../src/scheduler/texts.js'

const HOSTNAME = 'kubernetes.io/hostname'
const ZONE = 'topology.kubernetes.io/zone'

/** scheduler_perf's default node and pod. */
function node(name: string, zone: string): Node {
  const allocatable = { cpu: '4', memory: '32Gi', pods: '110' }
  return { metadata: { name, labels: { [HOSTNAME]: name, [ZONE]: zone } }, spec: {}, status: { allocatable } } as unknown as Node
}

function pod(name: string, spec: object): Pod {
  const resources = { requests: { cpu: '10m', memory: '50Mi' } }
  return { metadata: { name, namespace: 'default' }, spec: { containers: [{ name: 'app', resources }], ...spec }, status: {} } as unknown as Pod
}

const inZones = [{ matchExpressions: [{ key: ZONE, operator: 'In', values: ['zone-0', 'zone-1'] }] }]
const PODS: Readonly<Record<string, object>> = {
  plain: {},
  'node affinity': { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: inZones } } } },
}

function podsPerSecond(nodes: number, pods: number, spec: object): number {
  const framework = makeFramework({}, {
    release: schedulerRelease('v1.35'),
    client: () => {
      throw new Error('assertion failed: nothing is bound here')
    },
    podDisruptionBudgets: () => [],
    randomInt: () => 0,
  })
  const snapshot = Snapshot.of(Array.from({ length: nodes }, (_, n) => node(`node-${n}`, `zone-${n % 3}`)))
  const objects = Array.from({ length: pods }, (_, n) => pod(`pod-${n}`, spec))
  const begin = performance.now()
  let start = 0
  for (const object of objects) {
    const info = podInfoOf(object)
    const outcome = schedulePod(info, { framework, snapshot, start })
    start = outcome.nextStart
    if (!('node' in outcome)) throw new Error(`no room for ${info.key}`)
    snapshot.setPod(info, outcome.node.name)
  }
  return (pods * 1000) / (performance.now() - begin)
}

for (const [name, spec] of Object.entries(PODS)) {
  for (const [nodes, pods] of [[100, 5000], [1000, 5000], [5000, 5000]] as const) {
    const runs = Array.from({ length: 5 }, () => podsPerSecond(nodes, pods, spec)).sort((a, b) => a - b)
    console.log(`${name.padEnd(14)} ${String(nodes).padStart(5)} nodes: ${Math.round(runs[2] as number).toLocaleString('en')} pods/s (median of 5)`)
  }
}
