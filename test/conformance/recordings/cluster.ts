import { SimCluster } from '../../../src/cluster/sim-cluster.js'
import { componentsOf } from '../../../src/cluster/components.js'
import { createScheme } from '../../../src/api/scheme.js'

/** The version of the server that was recorded. */
const VERSION = 'v1.34'

/**
 * The controllers that ran beside the recorded apiserver: those that look after namespaces, accounts, certificates, quotas and garbage. No
 * workload controller, no scheduler, no node.
 */
const RAN = [
  'serviceaccount', 'root-ca', 'namespace', 'garbage', 'quota', 'clusterrole-aggregation', 'certificate', 'csr', 'bootstrap', 'token-cleaner',
  'customresource', 'crd', 'apiservice', 'establishing', 'naming',
]

const ran = (name: string): boolean => RAN.some((part) => name.includes(part))

let idle: readonly string[] | undefined

/** The components that did not run. */
function leftOut(): readonly string[] {
  return (idle ??= componentsOf({ version: VERSION }, createScheme(VERSION)).map(({ name }) => name).filter((name) => !ran(name)))
}

/** A fresh control plane as it was recorded. */
export function recordedCluster(): SimCluster {
  return new SimCluster({ version: VERSION, nodes: 0, without: leftOut(), seed: 1 })
}
