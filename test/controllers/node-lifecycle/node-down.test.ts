import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Node, Pod } from '../../../src/api/core/generated.js'
import { createNodeLifecycleController } from '../../../src/controllers/node-lifecycle/controller.js'
import { createTaintEvictionController } from '../../../src/controllers/taint-eviction.js'
import { ControllerCluster } from '../shared/controller-cluster.js'
import { fakeKubelet } from '../../support/fake-kubelet.js'
import { podOn, tolerateLoss } from '../shared/pods.js'

/** A line of the recording: seconds, what changed, how. */
type Line = readonly [at: number, what: string, value?: unknown]

interface Recording {
  readonly node: readonly Line[]
  readonly pods: Readonly<Record<string, readonly Line[]>>
  /** Seconds, source, type, reason, object, message. */
  readonly events: readonly (readonly [at: number, ...parts: string[]])[]
}

const recording = JSON.parse(
  readFileSync(new URL('../../fixtures/controllers/node-down.json', import.meta.url), 'utf8'),
) as Recording

const conditionsOf = ({ status }: Node | Pod): string[] =>
  (status.conditions ?? []).map(({ type, status: value, reason = '', message = '' }) =>
    [type, value, reason, message].join('|'),
  )

type Aspects = Readonly<Record<string, (object: never) => unknown>>

/** Each aspect of an object as a sequence of its changes, beginning after `from`. */
function changes(
  cluster: ControllerCluster,
  resource: string,
  name: string,
  from: number,
  aspects: Aspects,
): Line[] {
  const lines: Line[] = []
  const last: Record<string, string> = {}
  for (const { at, type, resource: of, object } of cluster.writes) {
    if (of !== resource || object.metadata.name !== name) continue
    if (type === 'DELETED' && at > from) lines.push([at - from, 'deleted'])
    if (type === 'DELETED') continue
    for (const [what, aspect] of Object.entries(aspects)) {
      // each aspect reads objects of its own resource
      const value = aspect(object as never)
      const text = JSON.stringify(value) ?? ''
      if (at > from && value !== undefined && last[what] !== text) lines.push([at - from, what, value])
      last[what] = text
    }
  }
  return lines
}

/** Creates a pod that the scheduler has bound. */
function addScheduled({ client }: ControllerCluster, pod: Pod): void {
  const conditions = [{ type: 'PodScheduled', status: 'True' }]
  client.updateStatus('pods', { ...client.create('pods', pod), status: { phase: 'Pending', conditions } })
}

/**
 * As the recording was made: three nodes in three zones, n2 falls silent at `stop`, 6.35 s after its last
 * renewal, for 380 s.
 */
function replay(): { cluster: ControllerCluster; stop: number } {
  const zones = { n1: 'zone-b', n2: 'zone-c', n3: 'zone-a' }
  const kubelets = Object.entries(zones).map(([name, zone]) =>
    fakeKubelet(name, { 'topology.kubernetes.io/zone': zone }),
  )
  const components = (): ReturnType<typeof fakeKubelet>[] => [
    createNodeLifecycleController(),
    createTaintEvictionController(),
    ...kubelets,
  ]
  const cluster = new ControllerCluster(components, { version: 'v1.34' })
  const zero = [
    { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 0 },
  ] as const
  cluster.advance(5)
  addScheduled(cluster, podOn('n2', 'bare-default'))
  addScheduled(cluster, podOn('n2', 'bare-20s', tolerateLoss(20)))
  addScheduled(cluster, podOn('n2', 'bare-forever', tolerateLoss(undefined)))
  addScheduled(cluster, podOn('n2', 'bare-0s', zero))
  addScheduled(cluster, podOn('n2', 'db-0'))
  cluster.advance(21.35)
  const stop = cluster.now
  cluster.stop('kubelet/n2')
  cluster.advance(380)
  cluster.start('kubelet/n2')
  cluster.advance(2)
  cluster.client.create('pods', podOn('n2', 'db-0'))
  cluster.advance(30)
  return { cluster, stop }
}

describe('a node stops its heartbeats and comes back, compared with a real v1.34.9', () => {
  const { cluster, stop } = replay()

  /** The same sequence, at about the same times: the phases of leases and passes differ by up to 5 s each. */
  const expectLike = (actual: readonly Line[], expected: readonly Line[]): void => {
    expect(actual.map(([, ...rest]) => rest)).toEqual(expected.map(([, ...rest]) => rest))
    expected.forEach(([at], index) => expect(Math.abs((actual[index]?.[0] ?? 0) - at)).toBeLessThan(6))
  }

  test('the node: conditions, then the NoSchedule taint, then NoExecute; and back', () => {
    const taints = ({ spec }: Node): string[] =>
      (spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`)
    expectLike(changes(cluster, 'nodes', 'n2', stop, { conditions: conditionsOf, taints }), recording.node)
  })

  test.each(Object.keys(recording.pods))('pod %s', (name) => {
    const aspects = {
      conditions: conditionsOf,
      deleting: ({ metadata }: Pod) =>
        metadata.deletionTimestamp ? metadata.deletionGracePeriodSeconds : undefined,
    }
    const isOld = ([at]: Line): boolean => at < 382
    const expected = (recording.pods[name] as Line[]).map(([at, what, value]): Line =>
      what === 'deleted' ? [at, what] : [at, what === 'grace' ? 'deleting' : what, value],
    )
    const actual = changes(cluster, 'pods', name, stop, aspects)
    expectLike(name === 'db-0' ? actual.filter((line) => isOld(line)) : actual, expected)
  })

  test('events', () => {
    const actual = cluster.events.filter(({ at }) => at > stop)
    const line = (parts: readonly unknown[]): string => parts.join(' ')
    expect(
      actual
        .map(({ source, type, reason, object, message }) => line([source, type, reason, object, message]))
        .toSorted(),
    ).toEqual(recording.events.map(([, ...parts]) => line(parts)).toSorted())
  })

  test('phase and container statuses of the pods stay as they were', () => {
    const phases = new Set(
      cluster.writes
        .filter(({ resource, at }) => resource === 'pods' && at > stop && at < stop + 370)
        .map(({ object }) => (object as Pod).status.phase),
    )
    expect([...phases]).toEqual(['Running'])
  })
})
