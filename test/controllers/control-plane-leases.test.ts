import { SimCluster, type ClusterOptions } from 'simcluster'
import { describe, expect, test } from 'vitest'
import type { LeaseSpec } from '../../src/api/coordination/generated.js'

const identities = (options: ClusterOptions = {}): SimCluster => {
  const cluster = new SimCluster({ nodes: 0, kubeadm: { processIdentities: true }, ...options })
  cluster.advance('1s')
  return cluster
}
const leaseOf = (cluster: SimCluster, name: string): LeaseSpec =>
  cluster.get('leases', `kube-system/${name}`).spec ?? {}
const leases = (cluster: SimCluster): readonly string[] =>
  cluster.list('leases', { namespace: 'kube-system' }).items.map(({ metadata }) => metadata.name ?? '')

/** The accounts of the controllers of a real v1.34, with those of kubeadm's two more controllers. */
const ACCOUNTS = `attachdetach-controller bootstrap-signer certificate-controller
clusterrole-aggregation-controller cronjob-controller daemon-set-controller default deployment-controller
disruption-controller endpoint-controller endpointslice-controller endpointslicemirroring-controller
ephemeral-volume-controller expand-controller generic-garbage-collector horizontal-pod-autoscaler
job-controller legacy-service-account-token-cleaner namespace-controller node-controller
persistent-volume-binder pod-garbage-collector pv-protection-controller pvc-protection-controller
replicaset-controller replication-controller resource-claim-controller resourcequota-controller
root-ca-cert-publisher service-account-controller service-cidrs-controller statefulset-controller
token-cleaner ttl-after-finished-controller ttl-controller validatingadmissionpolicy-status-controller
volumeattributesclass-protection-controller`.split(/\s+/)

describe('the processes of a control plane that show who they are', () => {
  test('hold leases, and their events say who leads', () => {
    const cluster = identities()
    expect(leases(cluster)).toEqual([
      expect.stringMatching(/^apiserver-[a-z2-7]{26}$/),
      'kube-controller-manager',
      'kube-scheduler',
    ])
    const { holderIdentity = '', ...scheduler } = leaseOf(cluster, 'kube-scheduler')
    expect(holderIdentity).toMatch(/^control-plane_[0-9a-f-]{36}$/)
    expect(scheduler).toMatchObject({ leaseDurationSeconds: 15, leaseTransitions: 0 })
    const events = cluster.list('events', { namespace: 'kube-system' }).items
    expect(
      events.map(({ reason, message, source, involvedObject: { kind, name, resourceVersion } }) => [
        reason,
        message,
        source?.component,
        `${kind ?? ''}/${name ?? ''}`,
        resourceVersion !== undefined,
      ]),
    ).toContainEqual([
      'LeaderElection',
      `${holderIdentity} became leader`,
      'default-scheduler',
      'Lease/kube-scheduler',
      true,
    ])
  })

  test('renew them every two seconds, and the apiserver its own every ten', () => {
    const cluster = identities()
    const [apiserver = ''] = leases(cluster)
    const times = (): readonly unknown[] =>
      [apiserver, 'kube-controller-manager'].map((name) => leaseOf(cluster, name).renewTime)
    const [own, leader] = times()
    cluster.advance('3s')
    expect(times()[0]).toBe(own)
    expect(times()[1]).not.toBe(leader)
    cluster.advance('10s')
    expect(times()[0]).not.toBe(own)
  })

  test('take over a lease that somebody else holds no longer than it lasts', () => {
    const cluster = identities()
    cluster.process('kube-scheduler').stop()
    const spec = { holderIdentity: 'other', leaseDurationSeconds: 15, leaseTransitions: 3 }
    cluster.patch('leases', 'kube-system/kube-scheduler', { type: 'merge', body: { spec } })
    cluster.process('kube-scheduler').start()
    cluster.advance('10s')
    expect(leaseOf(cluster, 'kube-scheduler').holderIdentity).toBe('other')
    cluster.advance('10s')
    expect(leaseOf(cluster, 'kube-scheduler')).toMatchObject({
      holderIdentity: expect.stringMatching(/^control-plane_/) as string,
      leaseTransitions: 4,
    })
  })

  test('have the accounts of their controllers, and only of those that run', () => {
    const accounts = (cluster: SimCluster): readonly string[] =>
      cluster
        .list('serviceaccounts', { namespace: 'kube-system' })
        .items.map(({ metadata }) => metadata.name ?? '')
    expect(accounts(identities({ version: 'v1.34' }))).toEqual(ACCOUNTS)
    const fewer = accounts(identities({ disable: ['kube-controller-manager/job-controller'] }))
    expect(fewer).not.toContain('job-controller')
    expect(fewer).toContain('cronjob-controller')
  })

  test('are the same in a copy, which goes on as the original', () => {
    const cluster = identities()
    const copy = SimCluster.fromJSON(cluster.toJSON())
    for (const one of [cluster, copy]) one.advance('1m')
    expect(copy.state.traceHash()).toBe(cluster.state.traceHash())
    expect(leaseOf(copy, 'kube-scheduler')).toEqual(leaseOf(cluster, 'kube-scheduler'))
  })

  test('leave no lease where nobody asked for them', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.advance('1m')
    expect(leases(cluster)).toEqual([])
  })
})
