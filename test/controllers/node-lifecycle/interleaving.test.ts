import { expect, test } from 'vitest'
import { createNodeLifecycleController } from '../../../src/controllers/node-lifecycle/controller.js'
import { createPodGcController } from '../../../src/controllers/pod-gc.js'
import { createTaintEvictionController } from '../../../src/controllers/taint-eviction.js'
import { ControllerCluster } from '../shared/controller-cluster.js'
import { fakeKubelet } from '../../support/fake-kubelet.js'
import { podOn } from '../shared/pods.js'

const seeds = Array.from({ length: 20 }, (_, at) => at + 1)

test.each(seeds)(
  'in whatever order things run, the pods of a lost node go, and a fork agrees (seed %i)',
  (seed) => {
    const kubelets = ['n1', 'n2', 'n3', 'n4'].map((name) => fakeKubelet(name))
    const cluster = new ControllerCluster(
      () => [
        createNodeLifecycleController(),
        createTaintEvictionController(),
        createPodGcController(),
        ...kubelets,
      ],
      { seed, interleaving: 'seeded' },
    )
    cluster.advance(5)
    cluster.client.create('pods', podOn('n2', 'p'))
    cluster.advance(3)
    cluster.stop('kubelet/n2')
    cluster.advance(200)
    const labels = { 'topology.kubernetes.io/zone': 'another' }
    cluster.client.patch('nodes', { name: 'n3' }, { type: 'merge', body: { metadata: { labels } } })
    cluster.stop('kubelet/n3')
    const fork = cluster.fork().advance(200)
    expect(fork.sim.trace.toString()).toBe(cluster.advance(200).sim.trace.toString())
    expect(cluster.client.list('pods').items[0]?.metadata.deletionTimestamp).toBeDefined()
  },
)
