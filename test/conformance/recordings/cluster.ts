import { SimCluster } from 'simcluster'
import type { RecordedOn } from '../../../src/real/recording/scenario.js'

/** The version of the server that was recorded. */
const VERSION = 'v1.34'

/**
 * The controllers that ran beside the recorded apiserver: those that look after namespaces, accounts,
 * certificates, quotas and garbage. No workload controller, no scheduler, no node.
 */
const RAN = [
  'serviceaccount',
  'root-ca',
  'namespace',
  'garbage',
  'quota',
  'clusterrole-aggregation',
  'certificate',
  'bootstrap',
  'token-cleaner',
]

let idle: readonly string[] | undefined

/** The components that did not run. */
function leftOut(): readonly string[] {
  if (idle === undefined) {
    const { names } = new SimCluster({ version: VERSION, nodes: 0 }).process('kube-controller-manager')
    idle = ['kube-scheduler', ...names.filter((name) => !RAN.some((part) => name.includes(part)))]
  }
  return idle
}

/** A fresh control plane as it was recorded. */
export function recordedCluster(): SimCluster {
  return withoutKubeadm(
    new SimCluster({
      version: VERSION,
      nodes: 0,
      disable: leftOut(),
      seed: 1,
      kubeadm: { advertiseAddress: '192.0.2.10:6443' },
    }),
  )
}

/** A new cluster of the size and version that `record()` has found. */
export function likeRecorded({ version, nodes }: RecordedOn): SimCluster {
  return new SimCluster({ version, nodes }).settle()
}

/** The recorded server was not set up by kubeadm, which binds its administrators and its nodes to roles. */
export function withoutKubeadm(cluster: SimCluster): SimCluster {
  for (const resource of ['clusterrolebindings', 'clusterroles'] as const) {
    for (const {
      metadata: { name = '' },
    } of cluster.list(resource).items)
      if (name.startsWith('kubeadm:')) cluster.delete(resource, { name })
  }
  return cluster.settle()
}
