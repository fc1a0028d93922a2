import { expect, test } from 'vitest'
import { SimCluster, type Component } from 'simcluster'

/** A controller that follows Pods and lists Secrets, as a service account without any rights. */
const curious: Component = {
  name: 'curious',
  identity: { name: 'system:serviceaccount:default:curious', groups: ['system:authenticated'] },
  setup: (host) => {
    host.informer('pods')
    const queue = host.workQueue('secrets', () => void host.client.list('secrets', { namespace: 'default' }))
    queue.add('all')
  },
}

test('a right that a component lacks is logged once, with the rule that would give it', () => {
  const warnings: string[] = []
  const cluster = new SimCluster({ nodes: 0 })
  cluster.on('log', ({ component, level, message }) => {
    if (component === 'curious' && level === 'warning') warnings.push(message)
  })
  cluster.rewind(cluster.snapshot(), { components: [curious] })
  cluster.advance('10m')
  const rule = (resource: string): string =>
    `; missing rule: {apiGroups: [""], resources: ["${resource}"], verbs: ["list"]}`
  expect(warnings).toEqual([
    expect.stringContaining(
      `cannot list resource "pods" in API group "" at the cluster scope${rule('pods')}`,
    ),
    expect.stringContaining(`"secrets" in API group "" in the namespace "default"${rule('secrets')}`),
  ])
})
