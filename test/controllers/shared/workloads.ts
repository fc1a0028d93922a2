import type { DaemonSet, Deployment, ReplicaSet } from '../../../src/api/apps/generated.js'
import type { Pod } from '../../../src/api/core/generated.js'
import type { ObjectInput } from '../../../src/api/kind/input.js'
import type { ControllerCluster } from './controller-cluster.js'

const key = { namespace: 'default', name: 'd' }

/** A pod template with one container, labelled app=x, that stops within a second. */
export function template(
  image: string,
  spec: ObjectInput<Pod['spec']> = {},
): ObjectInput<Deployment['spec']['template']> {
  return {
    metadata: { labels: { app: 'x' } },
    spec: { containers: [{ name: 'c', image }], terminationGracePeriodSeconds: 1, ...spec },
  }
}

/** Creates Deployment `d`. */
export function createDeployment(
  { client }: ControllerCluster,
  spec: ObjectInput<Deployment['spec']>,
): Deployment {
  const object: ObjectInput<Deployment> = {
    metadata: key,
    spec: { selector: { matchLabels: { app: 'x' } }, template: template('img:1'), ...spec },
  }
  return client.create('deployments', object as Deployment)
}

/** Creates DaemonSet `d`. */
export function createDaemonSet(
  { client }: ControllerCluster,
  spec: ObjectInput<DaemonSet['spec']> = {},
): DaemonSet {
  const object: ObjectInput<DaemonSet> = {
    metadata: key,
    spec: { selector: { matchLabels: { app: 'x' } }, template: template('img:1'), ...spec },
  }
  return client.create('daemonsets', object as DaemonSet)
}

/** Creates a ReplicaSet of its own. */
export function createReplicaSet(
  { client }: ControllerCluster,
  name: string,
  spec: ObjectInput<ReplicaSet['spec']> = {},
): ReplicaSet {
  const object: ObjectInput<ReplicaSet> = {
    metadata: { name, namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'x' } }, template: template('img:1'), ...spec },
  }
  return client.create('replicasets', object as ReplicaSet)
}

/** Merges `spec` into the Deployment or DaemonSet `d`. */
export function patch(
  { client }: ControllerCluster,
  resource: 'deployments' | 'daemonsets',
  spec: object,
): void {
  client.patch(resource, key, { type: 'strategic', body: { spec } })
}

export function setImage(
  cluster: ControllerCluster,
  resource: 'deployments' | 'daemonsets',
  image: string,
): void {
  patch(cluster, resource, { template: { spec: { containers: [{ name: 'c', image }] } } })
}

export const deploymentD = ({ client }: ControllerCluster): Deployment => client.get('deployments', key)
export const daemonSetD = ({ client }: ControllerCluster): DaemonSet => client.get('daemonsets', key)
export const pods = ({ client }: ControllerCluster): readonly Pod[] =>
  client.list('pods', { namespace: 'default' }).items
export const sets = ({ client }: ControllerCluster): readonly ReplicaSet[] =>
  client.list('replicasets', { namespace: 'default' }).items

/** The condition of that type of Deployment `d`, as `status reason`. */
export function condition(cluster: ControllerCluster, type: string): string | undefined {
  const found = deploymentD(cluster).status.conditions?.find((each) => each.type === type)
  return found && `${found.status} ${found.reason ?? ''}`
}
