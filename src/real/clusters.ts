import { checkClusters } from './inputs.js'
import { randomBytes } from 'node:crypto'
import { env } from 'node:process'
import type { ClusterOptions } from '../cluster/compose/options.js'
import { SimCluster } from '../cluster/sim-cluster.js'
import { connect } from './connect.js'
import type { RealClusterOptions } from './kubectl-process.js'
import { simulated } from './simulated.js'
import type { TestCluster } from './test-cluster.js'

/** Which clusters {@link clusters} gives. */
export interface ClustersOptions {
  /**
   * Options of the simulated cluster.
   * @default one with three nodes
   */
  readonly simulated?: ClusterOptions
  /**
   * The real cluster.
   * @default the kubeconfig that `SIMCLUSTER_KUBECONFIG` names; if it is not set, none
   */
  readonly real?: RealClusterOptions
}

/** A name for a test's title, and a function that makes the cluster. */
export type ClusterCase = readonly [name: string, make: () => Promise<TestCluster>]

/**
 * Returns the clusters that a test runs on: a simulated one, and a real one if there is one. In a real
 * cluster each test has a namespace of its own, which `close()` deletes.
 *
 * ```ts
 * test.each(clusters())('rolls out on a %s cluster', async (_name, make) => {
 *   const cluster = await make()
 *   await cluster.apply(manifest)
 *   const isReady = async () => (await cluster.get('deployments', 'web')).status.readyReplicas === 2
 *   expect(await cluster.until(isReady)).toBe(true)
 *   await cluster.close()
 * })
 * ```
 * @example test.each(clusters())('web rolls out on a %s cluster', async (_kind, make) => { await make() })
 */
export function clusters(options: ClustersOptions = {}): readonly ClusterCase[] {
  checkClusters(options)
  const kubeconfig = env['SIMCLUSTER_KUBECONFIG']
  const real = options.real ?? (kubeconfig === undefined ? undefined : { kubeconfig })
  const simulator: ClusterCase = [
    'simulated',
    async () => simulated(new SimCluster(options.simulated).settle()),
  ]
  return real === undefined ? [simulator] : [simulator, ['real', () => inOwnNamespace(real)]]
}

async function inOwnNamespace(options: RealClusterOptions): Promise<TestCluster> {
  const cluster = await connect(options)
  const namespace = `simcluster-${randomBytes(4).toString('hex')}`
  await cluster.create('namespaces', { metadata: { name: namespace } })
  const own = cluster.in(namespace)
  own.close = () => cluster.delete('namespaces', namespace)
  return own
}
