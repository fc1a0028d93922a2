import type { Component } from '../../../src/client/component.js'
import { createCronJobController } from '../../../src/controllers/cronjob/controller.js'
import { createDaemonSetController } from '../../../src/controllers/daemonset/controller.js'
import { createDeploymentController } from '../../../src/controllers/deployment/controller.js'
import { createDisruptionController } from '../../../src/controllers/disruption/controller.js'
import { createGarbageCollector } from '../../../src/controllers/garbage-collector/controller.js'
import { createJobController } from '../../../src/controllers/job/controller.js'
import { createNodeLifecycleController } from '../../../src/controllers/node-lifecycle/controller.js'
import { createReplicaSetController } from '../../../src/controllers/replicaset/controller.js'
import { createStatefulSetController } from '../../../src/controllers/statefulset/controller.js'
import { createTtlAfterFinishedController } from '../../../src/controllers/ttl-after-finished.js'
import type { SimulationOptions } from '../../../src/sim/simulation.js'
import { ControllerCluster } from './controller-cluster.js'
import { fakeKubelet } from '../../support/fake-kubelet.js'
import { fakeScheduler } from './fake-scheduler.js'

/** How long the cluster runs before the test begins, in seconds. */
const LEAD = 10

const kubelets = (): readonly Component[] => ['n1', 'n2', 'n3'].map((node) => fakeKubelet(node))

/**
 * Three nodes and the controllers of workloads that go on for ever. `offset`: in which part of a second it
 * begins, which matters where API times (whole seconds) are compared with the clock.
 */
export function workloadCluster(
  offset = 0,
  version = 'v1.34',
  options: SimulationOptions = {},
): ControllerCluster {
  const cluster = new ControllerCluster(
    (resources) => [
      createDeploymentController(),
      createReplicaSetController(),
      createDaemonSetController(),
      createDisruptionController({ resources: () => resources }),
      createGarbageCollector({ resources }),
      createNodeLifecycleController(),
      fakeScheduler(10),
      ...kubelets(),
    ],
    { version, ...options },
  )
  return cluster.advance(LEAD + offset)
}

/**
 * Three nodes and the controllers of workloads that run to an end or keep a name, as of v1.34 unless said
 * otherwise.
 */
export function jobCluster(
  begin: string,
  options: SimulationOptions & { readonly version?: string } = {},
): ControllerCluster {
  const cluster = new ControllerCluster(
    (resources) => [
      createStatefulSetController(),
      createJobController(),
      createCronJobController(),
      createTtlAfterFinishedController(),
      createGarbageCollector({ resources }),
      createNodeLifecycleController(),
      fakeScheduler(),
      ...kubelets(),
    ],
    { version: 'v1.34', start: Date.parse(begin) - LEAD * 1000, ...options },
  )
  return cluster.advance(LEAD)
}
