/**
 * What tests look like that used client-go's fake clientset, envtest or kind before. Run it with
 * `npx vitest run examples/migrating.test.ts`; docs/migrating.md explains it.
 */
import { admissionWebhook, isApiError, SimCluster } from 'simcluster'
import { expect, test } from 'vitest'

test("client-go's fake: a tracker of objects, but one that defaults, validates and has versions", () => {
  const cluster = new SimCluster({ nodes: 0, disable: ['kube-controller-manager'] })
  const made = cluster.create('configmaps', { metadata: { name: 'settings' }, data: { colour: 'blue' } })
  cluster.update('configmaps', { ...made, data: { colour: 'red' } })
  try {
    cluster.update('configmaps', { ...made, data: { colour: 'green' } }) // with the old resourceVersion
    expect.unreachable()
  } catch (error) {
    expect(isApiError(error, 'Conflict')).toBe(true)
  }
})

test("client-go's fake: a reactor that fails requests", () => {
  const refuse = admissionWebhook(() => ({ allowed: false, message: 'not today' }))
  const cluster = new SimCluster({ nodes: 0, webhooks: { 'https://reactor.example.com': refuse } })
  cluster.apply(`
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata: {name: reactor}
    webhooks:
      - name: reactor.example.com
        clientConfig: {url: 'https://reactor.example.com/'}
        rules: [{apiGroups: [''], apiVersions: [v1], operations: [DELETE], resources: [configmaps]}]
        sideEffects: None
        admissionReviewVersions: [v1]`)
  cluster.kubectl('create configmap settings')
  expect(cluster.kubectl('delete configmap settings').stderr).toContain('not today')
})

test('envtest: an apiserver alone, in which nothing runs unless the test does it', () => {
  const cluster = new SimCluster({ nodes: 0, disable: ['kube-controller-manager'] })
  cluster.kubectl('create deployment web --image=nginx')
  cluster.settle()
  expect(cluster.list('replicasets').items).toEqual([])
  const body = { status: { replicas: 1, readyReplicas: 1 } }
  cluster.patch('deployments', 'web', { type: 'merge', body }, { subresource: 'status' })
  expect(cluster.get('deployments', 'web').status.readyReplicas).toBe(1)
})

test('kind: the whole cluster, with nodes to break and time to skip', () => {
  const cluster = new SimCluster({ nodes: 3 })
  cluster.kubectl('create deployment web --image=nginx --replicas=3')
  cluster.settle()
  cluster.node('node-1').crash()
  cluster.advance('7m')
  cluster.kubectl('rollout status deployment web') // waits in virtual time
  expect(cluster.get('deployments', 'web').status.readyReplicas).toBe(3)
})
