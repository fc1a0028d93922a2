import { describe, expect, it } from 'vitest'
import type { ConfigMap } from '../../src/api/core/generated.js'
import { handleHttp } from '../../src/apiserver/http.js'
import type { HttpResponse } from '../../src/client/http.js'
import type { Authenticator } from '../../src/apiserver/authentication/authenticator.js'
import type { Authorizer } from '../../src/apiserver/authorization/authorizer.js'
import { harness, pod } from './harness.js'

const configMap = (name: string): ConfigMap => ({ metadata: { name, namespace: 'default' } })

describe('authorization', () => {
  const readersOnly: Authorizer = {
    authorize: ({ groups = [] }, { verb }) =>
      groups.includes('system:masters') || verb === 'get'
        ? { allowed: true }
        : { allowed: false, reason: 'RBAC: role.rbac.authorization.k8s.io "x" not found' },
  }

  it('refuses with the text of the real server', () => {
    const { server } = harness({ authorizer: readersOnly })
    const jane = server.client({ name: 'jane' })
    expect(() => jane.list('pods', { namespace: 'default' })).toThrow(
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace ' +
        '"default": ' +
        'RBAC: role.rbac.authorization.k8s.io "x" not found',
    )
    expect(() =>
      jane.patch('nodes', { name: 'n' }, { type: 'merge', body: {} }, { subresource: 'status' }),
    ).toThrow(
      'nodes "n" is forbidden: User "jane" cannot patch resource "nodes/status" in API group "" at ' +
        'the cluster scope',
    )
  })

  it('comes before the resource is looked at', () => {
    const { server } = harness({ authorizer: readersOnly })
    expect(() =>
      server.client({ name: 'jane' }).delete('configmaps', { namespace: 'nosuch', name: 'x' }),
    ).toThrow('is forbidden')
  })
})

describe('authentication of requests from outside', () => {
  const get = { method: 'GET', path: '/api/v1/namespaces/default' }

  it('takes who sends nothing as anonymous, and refuses a token that nobody knows', () => {
    const authenticator: Authenticator = {
      authenticate: ({ bearerToken }) => (bearerToken === 't' ? { name: 'jane' } : undefined),
    }
    const { server } = harness({ authenticator })
    const codes = [{}, { authorization: 'Bearer t' }, { authorization: 'Bearer x' }].map(
      (headers) => handleHttp(server, { ...get, headers }).code,
    )
    expect(codes).toEqual([200, 200, 401])
  })
})

describe('what can be observed', () => {
  it('requests and writes are told on the bus', () => {
    const { client, sim } = harness()
    const told: string[] = []
    sim.bus.on('request', ({ verb, resource, code }) => told.push(`${verb} ${resource} ${code}`))
    sim.bus.on('write', ({ type, resource, object: { metadata }, old }) =>
      told.push(`${type} ${resource} ${metadata.name as string} ${old !== undefined}`),
    )
    client.create('configmaps', configMap('a'))
    client.delete('configmaps', { namespace: 'default', name: 'a' })
    expect(() => client.get('configmaps', { namespace: 'default', name: 'a' })).toThrow('not found')
    expect(told).toEqual([
      'ADDED configmaps a false',
      'create configmaps 201',
      'DELETED configmaps a true',
      'delete configmaps 200',
      'get configmaps 404',
    ])
  })

  it('every write is in the trace hash, reads and dry runs are not', () => {
    const { client, sim } = harness()
    const records = (): number => sim.trace.state().records
    const before = records()
    client.list('pods')
    client.create('configmaps', configMap('a'), { dryRun: true })
    expect(records()).toBe(before)
    client.create('configmaps', configMap('a'))
    expect(records()).toBe(before + 1)
  })

  it('the same calls give the same bytes', () => {
    const run = (): unknown => {
      const { client, sim } = harness()
      client.create('pods', { ...pod('a'), metadata: { generateName: 'w-', namespace: 'default' } })
      return [client.list('pods').items, sim.trace.toString()]
    }
    expect(run()).toEqual(run())
  })
})

describe('the HTTP edge', () => {
  const ask = (path: string, accept: string): HttpResponse => {
    const { client, server } = harness()
    client.create('pods', pod('a', { nodeName: 'n1' }))
    return handleHttp(server, { method: 'GET', path, headers: { accept }, user: client.user }) as HttpResponse
  }
  const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

  it('answers Tables with the metadata of the rows', () => {
    const { body } = ask('/api/v1/namespaces/default/pods', table)
    const { kind, rows, columnDefinitions } = JSON.parse(body) as Record<string, never[]>
    expect(kind).toBe('Table')
    expect((columnDefinitions as { name: string }[]).slice(0, 5).map(({ name }) => name)).toEqual([
      'Name',
      'Ready',
      'Status',
      'Restarts',
      'Age',
    ])
    const [row] = rows as object as [{ cells: unknown[]; object: { kind: string } }]
    expect(row.cells.slice(0, 5)).toEqual(['a', '0/1', 'Pending', '0', '0s'])
    expect(row.object.kind).toBe('PartialObjectMetadata')
  })

  it('leaves kind and apiVersion out of the items of a list', () => {
    const { items } = JSON.parse(ask('/api/v1/pods', 'application/json').body) as { items: object[] }
    expect(
      items.map((item) => Object.keys(item).filter((key) => key === 'kind' || key === 'apiVersion')),
    ).toEqual([[]])
  })

  it('knows what it does not serve', () => {
    expect(ask('/apis/nosuch.io/v1/things', '')).toMatchObject({ code: 404, body: '404 page not found\n' })
    const { body } = ask('/api/v1/things', '')
    expect(JSON.parse(body)).toMatchObject({ message: 'the server could not find the requested resource' })
  })
})

describe('versions of a kind that etcd does not keep', () => {
  it('are written and read in their own form', () => {
    const { client } = harness()
    client.create('events', {
      metadata: { name: 'e', namespace: 'default' },
      involvedObject: { kind: 'Pod', namespace: 'default', name: 'p' },
      reason: 'R',
      message: 'm',
      type: 'Normal',
      source: { component: 'c' },
    })
    const event = client.get('events.events.k8s.io', { namespace: 'default', name: 'e' })
    expect(event).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      regarding: { kind: 'Pod', name: 'p' },
      note: 'm',
      reason: 'R',
    })
    expect(Object.isFrozen(event)).toBe(true)
  })

  it('old workload versions are served when the release has them', () => {
    const { client } = harness({ version: 'v1.15' })
    const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    client.create('deployments.v1beta1.extensions', {
      apiVersion: 'extensions/v1beta1',
      kind: 'Deployment',
      metadata: { name: 'd', namespace: 'default' },
      spec: { template },
    })
    expect(client.get('deployments', { namespace: 'default', name: 'd' }).spec.selector).toEqual({
      matchLabels: { app: 'x' },
    })
  })
})
