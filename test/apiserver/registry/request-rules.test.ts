import { expect, test } from 'vitest'
import type { HttpResponse } from '../../../src/client/http.js'
import { SimCluster } from '../../../src/index.js'

const user = { name: 'admin', groups: ['system:masters'] }
const OTHER = '11111111-2222-3333-4444-555555555555'

function setUp(): (method: string, path: string, body: object) => { code: number; body: string } {
  const cluster = new SimCluster({
    version: 'v1.34',
    nodes: 0,
    disable: ['kube-controller-manager', 'kube-scheduler'],
  })
  cluster.create('namespaces', { metadata: { name: 'a' } })
  return (method, path, body) =>
    cluster.http.handle({
      method,
      path,
      query: 'dryRun=All',
      user,
      body: JSON.stringify(body),
    }) as HttpResponse
}

test('the storage of namespaces checks preconditions itself, with words of its own', () => {
  const send = setUp()
  const { code, body } = send('DELETE', '/api/v1/namespaces/a', { preconditions: { uid: OTHER } })
  expect(code).toBe(409)
  expect(body).toContain(
    'Operation cannot be fulfilled on namespaces \\"a\\": ' +
      `Precondition failed: UID in precondition: ${OTHER}, `,
  )
})

test('a cascade in the old form holds a namespace, which 202 says', () => {
  const { code, body } = setUp()('DELETE', '/api/v1/namespaces/a', { orphanDependents: false })
  expect(code).toBe(202)
  expect(JSON.parse(body)).toMatchObject({ metadata: { finalizers: ['foregroundDeletion'] } })
})

test('a bound token names its object as a path does', () => {
  const { code, body } = setUp()('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', {
    spec: { audiences: ['a'], boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: '..' } },
  })
  expect(code).toBe(400)
  expect(body).toContain(`Name parameter invalid: \\"..\\": may not be '..'`)
})

test('a DaemonSet has its generation of templates from the conversion, for which its writer answers', () => {
  const send = setUp()
  const { body } = send('POST', '/apis/apps/v1/namespaces/default/daemonsets', {
    metadata: { name: 'd' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  })
  expect(body).toContain('"f:annotations":{".":{},"f:deprecated.daemonset.template.generation":{}}')
})

test('restart policies of containers need their feature, but for Always of init containers', () => {
  const send = setUp()
  const { body } = send('POST', '/api/v1/namespaces/default/pods', {
    metadata: { name: 'p' },
    spec: {
      initContainers: [
        { name: 'a', image: 'i', restartPolicy: 'Always' },
        { name: 'b', image: 'i', restartPolicy: 'Never' },
      ],
      containers: [{ name: 'c', image: 'i' }],
    },
  })
  const { spec } = JSON.parse(body) as { spec: { initContainers: { restartPolicy?: string }[] } }
  expect(spec.initContainers.map(({ restartPolicy }) => restartPolicy)).toEqual(['Always', undefined])
})
