import { expect, test } from 'vitest'
import type { HttpResponse } from '../../src/client/http.js'
import { SimCluster } from '../../src/index.js'

const user = { name: 'admin', groups: ['system:masters'] }
const OTHER = '11111111-2222-3333-4444-555555555555'
const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'o', uid: OTHER }

test('a Binding and a Scale are for one uid, and repeated owners are told', () => {
  const cluster = new SimCluster({ nodes: 0 })
  const send = (method: string, path: string, body: object): HttpResponse =>
    cluster.http.handle({ method, path, user, body: JSON.stringify(body) }) as HttpResponse
  cluster.create('pods', { metadata: { name: 'a' }, spec: { containers: [{ name: 'c', image: 'i' }] } })
  const bind = (metadata: object): HttpResponse =>
    send('POST', '/api/v1/namespaces/default/pods/a/binding', {
      metadata: { name: 'a', ...metadata },
      target: { kind: 'Node', name: 'n' },
    })
  const key = 'Key: /registry/pods/default/a, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: '
  expect(bind({ uid: OTHER }).body).toContain(`${key}UID in precondition: ${OTHER}, UID in object meta: `)
  expect(bind({ resourceVersion: 'abc' }).body).toContain(`${key}ResourceVersion in precondition: abc, `)
  expect(bind({ ownerReferences: [owner, owner] }).headers['warning']).toEqual([
    expect.stringContaining('duplicate entries'),
  ])

  cluster.create('replicationcontrollers', {
    metadata: { name: 'r' },
    spec: {
      selector: { a: 'b' },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
    },
  })
  const scale = (metadata: object): HttpResponse =>
    send('PUT', '/api/v1/namespaces/default/replicationcontrollers/r/scale', {
      metadata: { name: 'r', ...metadata },
      spec: { replicas: 2 },
    })
  expect(scale({ uid: OTHER })).toMatchObject({
    code: 409,
    body: expect.stringContaining(`Precondition failed: UID in precondition: ${OTHER}`) as string,
  })
  expect(scale({ finalizers: ['nodomain'] }).body).toContain('neither a standard finalizer name')
  expect(scale({ ownerReferences: [owner, owner] }).headers['warning']).toHaveLength(1)
})
