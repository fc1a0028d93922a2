import { badInput } from '../../support/typed.js'
import { describe, expect, test, vi } from 'vitest'
import { InputError, ClusterSnapshot, SimCluster } from 'simcluster'
import { checkInvariants } from 'simcluster/testing'
import type { ClusterOptions } from 'simcluster'
import { ClusterComponentHost } from '../../../src/cluster/compose/component-host.js'
import { ControlPlane } from '../../../src/cluster/compose/control-plane.js'
import { clusterWith, deployment, stateOf } from '../support.js'

type Interleaving = NonNullable<NonNullable<ClusterOptions['time']>['interleaving']>

/** Awkward moments to copy a cluster in: what is done to one with three pods. */
const moments: Readonly<Record<string, (cluster: SimCluster) => unknown>> = {
  'at rest': () => undefined,
  'just after a write': (cluster) => cluster.apply(deployment('web', 5, 'nginx:2')),
  'in the middle of a rollout': (cluster) => {
    cluster.apply(deployment('web', 4, 'nginx:2'))
    for (let step = 0; step < 40; step++) cluster.step()
    cluster.advance('700ms')
  },
  'with a node that is cut off': (cluster) => {
    cluster.node('node-2').partition()
    cluster.apply(deployment('web', 6))
    cluster.advance('90s')
  },
  'with a node that was cut off before its kubelet had begun': (cluster) => {
    cluster.node('node-2').reboot().partition()
    cluster.advance('90s')
  },
  'with stopped components': (cluster) => {
    cluster.component('kube-scheduler').stop()
    cluster.component('kube-controller-manager/replicaset-controller').stop()
    cluster.apply(deployment('web', 6))
    cluster.advance('5s')
  },
  'with a kubelet that was stopped while its machine was at work': (cluster) => {
    cluster.apply(deployment('web', 6))
    cluster.advance(0)
    for (const node of cluster.nodes()) node.kubelet.stop()
  },
  'with the apiserver down': (cluster) => {
    cluster.apiserver.stop()
    cluster.advance('2m')
  },
  'with a dead node whose pods wait for their eviction': (cluster) => {
    cluster.node('node-1').crash()
    cluster.advance('3m')
  },
  'long after the last change of most resources': (cluster) => cluster.advance('25m'),
}

/** What happens to each copy afterwards. */
function future(cluster: SimCluster): string {
  cluster.apiserver.start()
  cluster.component('kube-scheduler').start()
  cluster.process('kube-controller-manager').start()
  for (const node of cluster.nodes()) node.kubelet.start()
  cluster.apply(deployment('web', 2, 'nginx:3'))
  cluster.apply(deployment('api', 2))
  cluster.advance('30s')
  cluster.node('node-2').repair()
  cluster.advance('6m')
  cluster.node('node-3').drain({ force: true, ignoreDaemonSets: true })
  cluster.delete('deployments', { namespace: 'default', name: 'web' })
  return stateOf(cluster.settle())
}

function clusterIn(moment: string, interleaving: Interleaving): SimCluster {
  const cluster = clusterWith(3, { time: { interleaving } })
  moments[moment]?.(cluster)
  return cluster
}

const throughJson = (cluster: SimCluster): SimCluster =>
  SimCluster.fromJSON(JSON.parse(JSON.stringify(cluster.toJSON())))

describe.each(['fifo', 'seeded'] as const)('interleaving %s', (interleaving) => {
  test.each(Object.keys(moments))(
    'all kinds of copies are the same and have the same future: %s',
    (moment) => {
      const cluster = clusterIn(moment, interleaving)
      const copies = [
        cluster.fork(),
        SimCluster.restore(cluster.snapshot()),
        throughJson(cluster),
        cluster.fork().fork(),
      ]
      const present = stateOf(cluster)
      for (const copy of copies) expect(stateOf(copy)).toBe(present)
      const expected = future(cluster)
      for (const copy of copies) expect(future(copy)).toBe(expected)
    },
  )

  test.each(Object.keys(moments))(
    'whatever a fork does, the original does not see, and the other way round: %s',
    (moment) => {
      const cluster = clusterIn(moment, interleaving)
      const present = stateOf(cluster)
      const undisturbed = future(clusterIn(moment, interleaving))
      const fork = cluster.fork()
      fork.node('node-1').crash()
      future(fork)
      fork.node('node-2').remove()
      expect(stateOf(cluster)).toBe(present)
      const sibling = cluster.fork()
      expect(future(cluster)).toBe(undisturbed)
      expect(stateOf(sibling)).toBe(present)
    },
  )

  test('a snapshot is a value: it does not change with its cluster, and serves any number of times', () => {
    const cluster = clusterIn('in the middle of a rollout', interleaving)
    const snapshot = cluster.snapshot()
    const text = JSON.stringify(snapshot)
    const first = future(cluster)
    expect(JSON.stringify(snapshot)).toBe(text)
    expect(future(SimCluster.restore(snapshot))).toBe(first)
    expect(future(SimCluster.restore(snapshot))).toBe(first)
    expect(JSON.stringify(snapshot)).toBe(text)
  })

  test('JSON of a copy is the JSON of the original', () => {
    const cluster = clusterIn('with a node that is cut off', interleaving)
    const text = JSON.stringify(cluster.toJSON())
    expect(JSON.stringify(throughJson(cluster).toJSON())).toBe(text)
    expect(JSON.stringify(cluster.fork().toJSON())).toBe(text)
  })

  test('equal seeds and calls give equal clusters, other seeds others', () => {
    const play = (seed: number): SimCluster => {
      const cluster = clusterWith(3, { seed, time: { interleaving } })
      future(cluster)
      return cluster
    }
    expect(stateOf(play(11))).toBe(stateOf(play(11)))
    expect(play(11).state.traceHash()).not.toBe(play(12).state.traceHash())
  })
})

test('the seed also decides the interleaving', () => {
  const steps = (interleaving: Interleaving, seed: number): readonly string[] => {
    const cluster = new SimCluster({ time: { interleaving }, seed })
    const seen: string[] = []
    cluster.on('step', ({ owner, topic }) => seen.push(`${owner}/${topic}`))
    cluster.apply(deployment('web', 3))
    cluster.settle()
    return seen
  }
  expect(steps('seeded', 1)).not.toEqual(steps('seeded', 2))
  expect(steps('fifo', 1)).toEqual(steps('fifo', 1))
})

test('a copy may go on in another order than its original: its seed decides, each time the same', () => {
  const cluster = clusterWith(2)
  cluster.apply(deployment('web', 6))
  const snapshot = cluster.snapshot()
  const played = (interleaving?: Interleaving): SimCluster =>
    SimCluster.restore(snapshot, interleaving === undefined ? {} : { time: { interleaving } }).settle()
  const [same, seeded, again] = [played(), played('seeded'), played('seeded')]
  expect(same.state.traceHash()).toBe(cluster.settle().state.traceHash())
  expect(seeded.state.traceHash()).not.toBe(same.state.traceHash())
  expect(seeded.state.traceHash()).toBe(again.state.traceHash())
  expect(seeded.fork().advance('1h').state.traceHash()).toBe(again.advance('1h').state.traceHash())
  expect(checkInvariants(seeded)).toEqual([])
  expect(() => SimCluster.restore(snapshot, { time: { interleaving: badInput('random') } })).toThrow(
    /interleaving/,
  )
})

test('what is no snapshot is refused', () => {
  expect(() => SimCluster.fromJSON(badInput({}))).toThrow(new InputError('this is not a simcluster snapshot'))
  expect(() => SimCluster.fromJSON(badInput(undefined))).toThrow(InputError)
  const json = new SimCluster({ nodes: 0 }).toJSON()
  expect(() => ClusterSnapshot.fromJSON({ ...json, simcluster: 99 })).toThrow(/has format 99/)
})

test('as JSON equal values are written once, however often they are stored and remembered', () => {
  const cluster = clusterWith(3)
  cluster.apply(deployment('web', 8, 'nginx:2'))
  cluster.settle()
  const json = cluster.toJSON()
  const text = JSON.stringify(json)
  expect(text.split('"name":"kube-api-access').length).toBeLessThan(8 * 8)
  expect(text.length).toBeLessThan(JSON.stringify(cluster.internals.etcd.toJSON()).length)
  const again = SimCluster.fromJSON(JSON.parse(text) as typeof json)
  expect(JSON.stringify(again)).toBe(text)
  const broken = text.replaceAll(/"\$ref":\d+/g, '"$ref":999999')
  expect(() => SimCluster.fromJSON(JSON.parse(broken) as typeof json)).toThrow('no shared value 999999')
})

test('a snapshot as lines comes back, and says when lines are missing', () => {
  const cluster = clusterWith(2)
  cluster.apply(deployment('web', 2))
  cluster.settle()
  const lines = [...cluster.snapshot().toLines()]
  const copy = SimCluster.restore(ClusterSnapshot.fromLines(lines))
  expect(copy.advance('5m').state.traceHash()).toBe(cluster.advance('5m').state.traceHash())
  expect(() => ClusterSnapshot.fromLines(lines.slice(0, -1))).toThrow(
    `the snapshot is truncated: ${lines.length - 2} of ${lines.length - 1} values are there`,
  )
  expect(() => ClusterSnapshot.fromLines(['{}'])).toThrow('these are not the lines of a snapshot')
})

test('a fork of a cluster whose history was cut past the apiserver lists again, and works', () => {
  const cluster = new SimCluster({ nodes: 2, seed: 11 })
  cluster.apply(deployment('web', 2))
  cluster.settle()
  cluster.internals.etcd.compact({ revision: cluster.internals.etcd.revision })
  const fork = cluster.fork()
  fork.settle()
  fork.apply(deployment('web', 4))
  fork.settle()
  expect(checkInvariants(fork)).toEqual([])
  expect(
    fork.list('pods', { labelSelector: 'app=web' }).items.filter(({ status }) => status.phase === 'Running'),
  ).toHaveLength(4)
})

describe('a copy with a seed of its own', () => {
  const names = (cluster: SimCluster): readonly (string | undefined)[] => {
    cluster.apply(deployment('api', 3))
    return cluster
      .settle()
      .list('pods')
      .items.map(({ metadata }) => metadata.name)
  }
  test('draws otherwise, the same each time, and its trace says so', () => {
    const cluster = clusterWith(1)
    const [plain, two, again, three] = [undefined, 2, 2, 3].map((seed) =>
      cluster.fork(seed === undefined ? {} : { seed }),
    ) as [SimCluster, SimCluster, SimCluster, SimCluster]
    expect(two.state.traceHash()).not.toBe(plain.state.traceHash())
    expect(names(two)).toEqual(names(again))
    expect(two.state.traceHash()).toBe(again.state.traceHash())
    expect(names(two)).not.toEqual(names(three))
    expect(two.internals.options.seed).toBe(2)
    expect(cluster.rewind(cluster.snapshot(), { seed: 2 }).state.traceHash()).not.toBe(
      plain.state.traceHash(),
    )
  })

  test('does not repeat the uids of its original, even with the same seed', () => {
    const cluster = clusterWith(3, { seed: 7 })
    const copy = cluster.fork({ seed: 7 })
    names(copy)
    const uids = copy.state.peek('pods').map(({ metadata }) => metadata.uid)
    expect(new Set(uids).size).toBe(uids.length)
  })
})

/** What can happen first to a fork, whose components are dormant until something happens to them. */
const firstEvents: Readonly<Record<string, (cluster: SimCluster) => unknown>> = {
  'time passes': (cluster) => cluster.advance('12m'),
  'a controller is stopped': (cluster) =>
    cluster.component('kube-controller-manager/replicaset-controller').stop(),
  'a controller is restarted': (cluster) =>
    cluster.component('kube-controller-manager/deployment-controller').restart(),
  'the scheduler is stopped': (cluster) => cluster.component('kube-scheduler').stop(),
  'the apiserver restarts': (cluster) => {
    cluster.apiserver.stop()
    cluster.advance('1m')
    cluster.apiserver.start()
  },
  'a node crashes': (cluster) => cluster.node('node-1').crash(),
  'a node is cut off for a while': (cluster) => {
    cluster.node('node-1').partition()
    cluster.advance('1m')
    cluster.node('node-1').repair()
  },
  'a node is removed, and another joins': (cluster) => {
    cluster.node('node-1').remove()
    cluster.addNode({ name: 'node-9' })
  },
  'a container ends': (cluster) => {
    const [pod] = cluster.list('pods', { namespace: 'default' }).items
    cluster.exec(pod?.metadata ?? { name: '' }, ['sh', '-c', 'kill 1'])
  },
  'a user writes': (cluster) => cluster.edit('deployments', 'web', ({ spec }) => void (spec.replicas = 1)),
  'watches are bookmarked': (cluster) => cluster.internals.bookmarkWatches(),
  'a look at the views of all informers': (cluster) => cluster.state.views(),
  'it is forked': (cluster) => cluster.fork().advance('1m'),
}

describe.each(['0s', '6m'] as const)('after %s', (quiet) => {
  test.each(Object.entries(firstEvents))(
    'a fork goes on as a copy that has set up all of its components: %s',
    (_name, happen) => {
      const cluster = clusterWith(3).advance('1m')
      const outcomes = [cluster.fork(), SimCluster.fromJSON(cluster.toJSON())].map((copy) => {
        copy.advance(quiet)
        happen(copy)
        copy.advance('1m')
        const { etcd } = copy.internals
        return [copy.state.traceHash(), etcd.revision, copy.state.views(), copy.fork().state.views()]
      })
      expect(outcomes[0]).toEqual(outcomes[1])
    },
  )
})

test('a fork makes machines and sets up components only when something happens to them', () => {
  const cluster = clusterWith(3).advance('1m')
  const added = vi.spyOn(ControlPlane.prototype, 'addComponent')
  const opened = vi.spyOn(ClusterComponentHost.prototype, 'informer')
  const kubelets = (): readonly string[] =>
    added.mock.calls.map(([{ name }]) => name).filter((name) => name.startsWith('kubelet/'))
  const setUp = (): ReadonlySet<string> =>
    new Set((opened.mock.contexts as ClusterComponentHost[]).map(({ name }) => name))
  const fork = cluster.fork().settle()
  expect(fork.nodes()).toHaveLength(3)
  expect(kubelets()).toEqual([])
  fork.node('node-2').setSystemUsage({})
  expect(kubelets()).toEqual(['kubelet/node-2'])
  expect(setUp()).toEqual(new Set())
  const quiet = cluster.fork().advance('1m')
  // those that look at the heartbeats and the pods every few seconds
  const looking = ['node-lifecycle-controller', 'pod-garbage-collector-controller']
  expect(setUp()).toEqual(new Set(looking.map((name) => `kube-controller-manager/${name}`)))
  quiet.node('node-1').kubelet.stop()
  expect(setUp()).toContain('kubelet/node-1')
  vi.restoreAllMocks()
})

test('components of the user are set up in a fork at once', () => {
  const setUp: string[] = []
  const cluster = new SimCluster({
    components: [
      {
        name: 'mine',
        identity: { name: 'mine', groups: ['system:masters'] },
        setup: (host) => {
          host.informer('pods')
          setUp.push(host.name)
        },
      },
    ],
  })
  cluster.settle()
  cluster.fork()
  expect(setUp).toEqual(['mine', 'mine'])
})
