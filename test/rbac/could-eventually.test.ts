import { describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { findEventualAccess, type EventualAccess } from '../../src/rbac/index.js'
import { runEscalation } from '../../src/testing/index.js'

const cluster = new SimCluster({ nodes: 1 })
for (const line of [
  'create namespace prod',
  'create serviceaccount robot -n prod',
  'create serviceaccount idle -n prod',
  'create role reader --verb=get --resource=secrets -n prod',
  'create rolebinding readers --role=reader --serviceaccount=prod:robot --user=jane -n prod',
  // ci may run pods, and so any service account there
  'create role runner --verb=create,get --resource=pods,pods/exec -n prod',
  'create rolebinding runners --role=runner --user=ci -n prod',
  // the release team may use ci
  'create clusterrole as-ci --verb=impersonate --resource=users --resource-name=ci',
  'create clusterrolebinding as-ci --clusterrole=as-ci --group=release',
  // binder may bind any role in prod
  'create role binder --verb=bind --resource=roles -n prod',
  'create role creator --verb=create --resource=rolebindings -n prod',
  'create rolebinding binders --role=binder --user=binder -n prod',
  'create rolebinding creators --role=creator --user=binder -n prod',
  // joe reads something else
  'create rolebinding joe --clusterrole=view --user=joe',
])
  expect(cluster.kubectl(line), line).toMatchObject({ exitCode: 0 })
cluster.settle()

const secrets = { verb: 'get', resource: 'secrets', namespace: 'prod' } as const
const nameOf = ({ subject, path }: EventualAccess): string =>
  `${subject.kind} ${subject.name}: ${path?.kind ?? 'now'}`

describe('who could get secrets in prod', () => {
  const found = findEventualAccess(cluster, secrets)

  test('are those who may, and those who can become somebody who may', () => {
    expect(found.map(nameOf).toSorted()).toEqual([
      'Group kubeadm:cluster-admins: now',
      'Group release: create-pod',
      'ServiceAccount robot: now',
      'User binder: bind',
      'User ci: create-pod',
      'User jane: now',
    ])
  })

  test('every path of a user works when it is executed', () => {
    for (const { subject, path } of found) {
      if (path === undefined || subject.kind !== 'User') continue
      expect(runEscalation(cluster.fork(), { user: subject.name }, path), subject.name).toMatchObject({
        proved: true,
      })
    }
  })

  test('are fewer if techniques may not be chained', () => {
    expect(findEventualAccess(cluster, secrets, { depth: 1 }).map(nameOf)).not.toContain(
      'Group release: create-pod',
    )
  })

  test('include the cluster\u2019s own subjects if they are asked for', () => {
    const all = findEventualAccess(cluster, secrets, { includeSystem: true, depth: 1 }).map(nameOf)
    expect(all).toContain('User system:kube-controller-manager: now')
    expect(found.map(nameOf)).not.toContain('User system:kube-controller-manager: now')
  })
})

test('an action in another namespace is not reached by a binding in this one', () => {
  const other = findEventualAccess(cluster, { ...secrets, namespace: 'default' })
  expect(other.map(nameOf)).not.toContain('User binder: bind')
})
