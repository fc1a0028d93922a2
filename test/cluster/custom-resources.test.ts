import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/kind/definition.js'
import { SimCluster } from '../../src/index.js'

const crd = (kind: string, names: object = {}, version: object = {}): KubeObject =>
  ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.toLowerCase()}s.example.com` },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: `${kind.toLowerCase()}s`, kind, ...names },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          ...version,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { type: 'object', properties: { size: { type: 'integer', default: 1 } } } },
            },
          },
        },
      ],
    },
  }) as KubeObject

const widget = (name: string, more: object = {}, namespace = 'default'): KubeObject =>
  ({
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name, namespace, ...more },
    spec: {},
  }) as KubeObject

function cluster(): SimCluster {
  const made = new SimCluster({ version: 'v1.34', nodes: 0 })
  made.apply(
    crd(
      'Widget',
      { shortNames: ['wi'] },
      { additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }] },
    ),
  )
  return made.settle()
}

const apply = (to: SimCluster, ...objects: readonly KubeObject[]): SimCluster => {
  to.apply(objects)
  return to.settle()
}

const names = (of: SimCluster): readonly string[] =>
  of
    .resource('widgets.example.com')
    .list()
    .items.map(({ metadata }) => metadata.name ?? '')

describe('custom resources in a cluster', () => {
  it('are served as soon as their CRD is established', () => {
    const made = new SimCluster({ version: 'v1.34', nodes: 0 })
    made.client.create<string>('customresourcedefinitions', crd('Widget') as KubeObject)
    expect(() => made.resource('widgets.example.com').list()).toThrow(
      'the server could not find the requested resource',
    )
    made.settle()
    expect(names(made)).toEqual([])
    expect(apply(cluster(), widget('a')).kubectl('get wi').stdout).toBe('NAME   SIZE\na      1\n')
  })

  it('a fork serves them too, and has the same future', () => {
    const one = apply(cluster(), widget('owner'))
    const { uid = '' } = one
      .resource('widgets.example.com')
      .get({ namespace: 'default', name: 'owner' }).metadata
    const ownerReferences = [{ apiVersion: 'example.com/v1', kind: 'Widget', name: 'owner', uid }]
    apply(one, widget('owned', { ownerReferences }))
    const copies = [one, one.fork(), SimCluster.fromJSON(JSON.parse(JSON.stringify(one.toJSON())))]
    const hashes = copies.map((copy) => {
      copy.resource('widgets.example.com').delete({ namespace: 'default', name: 'owner' })
      copy.settle()
      expect(names(copy)).toEqual([])
      return copy.state.traceHash()
    })
    expect(new Set(hashes).size).toBe(1)
  })

  it('go with their namespace', () => {
    const one = apply(
      cluster(),
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } } as KubeObject,
      widget('a', {}, 'n'),
    )
    one.delete('namespaces', { name: 'n' })
    one.advance('1m')
    expect(names(one)).toEqual([])
    expect(() => one.get('namespaces', { name: 'n' })).toThrow('not found')
  })

  it('go with their CRD, which waits for those that finalizers hold', () => {
    const one = apply(cluster(), widget('held', { finalizers: ['example.com/mine'] }), widget('free'))
    one.delete('customresourcedefinitions', { name: 'widgets.example.com' })
    one.settle()
    expect(names(one)).toEqual(['held'])
    expect(() => one.resource('widgets.example.com').create(widget('late'))).toThrow(
      'create not allowed while custom resource definition is terminating',
    )
    one
      .resource('widgets.example.com')
      .patch(
        { namespace: 'default', name: 'held' },
        { type: 'merge', body: { metadata: { finalizers: null } } },
      )
    one.advance('10s')
    expect(() => one.get('customresourcedefinitions', { name: 'widgets.example.com' })).toThrow('not found')
    expect(() => one.resource('widgets.example.com').list()).toThrow('could not find the requested resource')
    expect(names(apply(one, crd('Widget')))).toEqual([])
  })

  it('names that are taken are not accepted', () => {
    const one = cluster()
    apply(one, crd('Gadget', { shortNames: ['wi'] }))
    const { status } = one.get('customresourcedefinitions', { name: 'gadgets.example.com' }) as KubeObject & {
      status: { conditions: readonly object[] }
    }
    expect(status.conditions).toMatchObject([
      {
        type: 'NamesAccepted',
        status: 'False',
        reason: 'ShortNamesConflict',
        message: '"wi" is already in use',
      },
      { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' },
    ])
    one.delete('customresourcedefinitions', { name: 'widgets.example.com' })
    one.advance('10s')
    expect(one.resource('gadgets.example.com').list().items).toEqual([])
  })
})

describe('several versions', () => {
  const schema = (field: string): object => ({
    openAPIV3Schema: {
      type: 'object',
      properties: { spec: { type: 'object', properties: { [field]: { type: 'string' } } } },
    },
  })
  const versioned = (conversion: object): KubeObject =>
    ({
      ...crd('Widget'),
      spec: {
        ...(crd('Widget') as KubeObject & { spec: object }).spec,
        conversion,
        versions: [
          { name: 'v1', served: true, storage: false, schema: schema('old') },
          { name: 'v2', served: true, storage: true, schema: schema('new') },
        ],
      },
    }) as KubeObject
  const old = {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'a', namespace: 'default' },
    spec: { old: 'x' },
  }
  const webhook = {
    strategy: 'Webhook',
    webhook: { clientConfig: { service: { namespace: 'n', name: 's' } }, conversionReviewVersions: ['v1'] },
  }

  it('without conversion each shows what it knows', () => {
    const one = apply(new SimCluster({ version: 'v1.34', nodes: 0 }), versioned({ strategy: 'None' }))
    one.resource('widgets.v1.example.com').create(old)
    expect(one.resource('widgets.v2.example.com').get(old.metadata)).toMatchObject({
      apiVersion: 'example.com/v2',
      spec: {},
    })
  })

  it('a webhook converts', () => {
    const one = new SimCluster({
      version: 'v1.34',
      nodes: 0,
      webhooks: {
        'n/s': ({ request }) => {
          const [object] = request['objects'] as readonly (KubeObject & {
            readonly spec: Readonly<Record<string, string>>
          })[]
          const { old: before, new: after } = object?.spec ?? {}
          const spec = after === undefined ? { new: `${before ?? ''}!` } : { old: after.slice(0, -1) }
          const convertedObjects = [{ ...object, apiVersion: request['desiredAPIVersion'], spec }]
          return { response: { uid: request['uid'], result: { status: 'Success' }, convertedObjects } }
        },
      },
    })
    apply(one, versioned(webhook)).resource('widgets.v1.example.com').create(old)
    expect(one.resource('widgets.v2.example.com').get(old.metadata)).toMatchObject({
      apiVersion: 'example.com/v2',
      spec: { new: 'x!' },
    })
    expect(one.resource('widgets.v1.example.com').get(old.metadata)).toMatchObject({
      apiVersion: 'example.com/v1',
      spec: { old: 'x' },
    })
    const { items } = one.list('apiservices')
    expect(
      items.map(({ metadata }) => metadata.name).filter((name) => name?.endsWith('example.com')),
    ).toEqual(['v1.example.com', 'v2.example.com'])
  })

  it('controllers live on when a webhook fails them', () => {
    let fails = false
    const one = new SimCluster({
      version: 'v1.34',
      nodes: 0,
      webhooks: {
        'n/s': ({ request }) => {
          if (fails) throw new Error('broken pipe')
          const convertedObjects = (request['objects'] as readonly object[]).map((each) => ({
            ...each,
            apiVersion: request['desiredAPIVersion'],
          }))
          return { response: { uid: request['uid'], result: { status: 'Success' }, convertedObjects } }
        },
      },
    })
    apply(one, versioned(webhook)).resource('widgets.v1.example.com').create(old)
    one.settle()
    fails = true
    one
      .resource('widgets.v2.example.com')
      .create({
        ...old,
        apiVersion: 'example.com/v2',
        metadata: { name: 'b', namespace: 'default' },
        spec: {},
      })
    one.settle()
    fails = false
    one.advance('5s')
    expect(one.resource('widgets.v1.example.com').list().items).toHaveLength(2)
  })

  it('a webhook that is not there fails the request', () => {
    const one = apply(new SimCluster({ version: 'v1.34', nodes: 0 }), versioned(webhook))
    expect(() => one.resource('widgets.v1.example.com').create(old)).toThrow(
      'conversion webhook for example.com/v1, Kind=Widget failed: Post ' +
        '"https://s.n.svc:443/?timeout=30s": service "s" not found',
    )
  })
})
