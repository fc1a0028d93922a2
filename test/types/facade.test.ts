import { readFileSync } from 'node:fs'
import { defineController, keyOf, resourceName, SimCluster } from 'simcluster'
import 'simcluster/vitest'
import type {
  BuiltInResource,
  ComponentHost,
  Informer,
  ResourceInputs,
  ResourceTypes,
  StoredOf,
} from 'simcluster'
import type { Container, ContainerInput, Deployment, DeploymentInput, Pod, PodInput } from 'simcluster/types'
import { KINDS_FILE, renderKinds } from '../../scripts/generate-kinds.js'
import { beforeEach, describe, expect, expectTypeOf, it, test } from 'vitest'
import { z } from 'zod'

const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
          },
        },
      },
    ],
  },
} as const

const prepared = new SimCluster({
  nodes: 1,
  version: 'v1.34',
  manifests: [crd, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'office' } }],
}).settle()
let cluster = prepared
beforeEach(() => {
  cluster = prepared.fork()
})

/** A Deployment of nginx, as a client sends it. */
const createWeb = (name: string): StoredOf<'deployments'> =>
  cluster.create('deployments', {
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'web', image: 'nginx' }] },
      },
    },
  })

describe('input and output', () => {
  it('every object that is read may be written again', () => {
    expectTypeOf<ResourceTypes>().toExtend<ResourceInputs>()
    expectTypeOf<Container>().toExtend<ContainerInput>()
    const pod = cluster.create('pods', {
      metadata: { name: 'again' },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    })
    cluster.update('pods', pod)
    const node = cluster.get('nodes', 'node-1')
    cluster.update('nodes', node)
  })

  it('a client sends what the API requires, and reads defaults', () => {
    const web = cluster.create('deployments', {
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'web', image: 'nginx' }] },
        },
      },
    })
    expectTypeOf(web).toEqualTypeOf<StoredOf<'deployments'>>()
    expectTypeOf(web.spec.replicas).toEqualTypeOf<number>()
    expectTypeOf(web.metadata.name).toEqualTypeOf<string>()
    expectTypeOf(web.metadata.namespace).toEqualTypeOf<string>()
    expectTypeOf<DeploymentInput['spec']['replicas']>().toEqualTypeOf<number | undefined>()
    expect(web.spec).toMatchObject({ replicas: 1, strategy: { type: 'RollingUpdate' } })
    // @ts-expect-error the API requires a selector and a template
    expect(() => cluster.create('deployments', { metadata: { name: 'x' }, spec: {} })).toThrow(
      'Required value',
    )
    // @ts-expect-error the API requires a spec
    expect(() => cluster.create('pods', { metadata: { name: 'x' } })).toThrow('Required value')
  })

  it('explicit undefined is as good as a missing field', () => {
    const replicas: number | undefined = undefined
    const input: DeploymentInput['spec'] = { ...createWeb('undefined').spec, replicas }
    expect(input.replicas).toBeUndefined()
  })

  it('an edit writes what a client may send', () => {
    createWeb('edited')
    const edited = cluster.edit('deployments', 'edited', (draft) => {
      draft.spec.replicas = 2
      draft.spec.template.spec.containers.push({ name: 'log', image: 'busybox' })
    })
    const misspelt = (): unknown =>
      cluster.edit('deployments', 'edited', (draft) => {
        // @ts-expect-error a misspelt field
        draft.spec.replicsa = 2
      })
    expect(misspelt).toThrow('strict decoding error: unknown field "spec.replicsa"')
    expect(edited.spec.template.spec.containers).toHaveLength(2)
    cluster.create('services', { metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } })
    cluster.edit('services', 'web', (draft) => {
      draft.spec.type = 'NodePort'
    })
  })
})

describe('names', () => {
  it('a misspelt resource or field is an error', () => {
    // @ts-expect-error a misspelt resource
    expect(() => cluster.get('podz', 'web')).toThrow('could not find the requested resource')
    // @ts-expect-error a misspelt resource
    expect(() => cluster.create('deployment', { metadata: { name: 'x' } })).toThrow()
    const misspelt = (): void => {
      cluster.create('pods', {
        metadata: { name: 'x' },
        // @ts-expect-error a misspelt field, deep inside
        spec: { containers: [{ name: 'c', image: 'nginx', imge: 'nginx' }] },
      })
    }
    expect(misspelt).toThrow('strict decoding error: unknown field "spec.containers[0].imge"')
  })

  it('enumerated values are checked', () => {
    const wrong = (): void => {
      cluster.create('services', {
        metadata: { name: 'x' },
        // @ts-expect-error an unknown type of Service
        spec: { type: 'NodePorts', ports: [{ port: 80 }] },
      })
    }
    expect(wrong).toThrow('Unsupported value')
    expectTypeOf<Pod['spec']['restartPolicy']>().toEqualTypeOf<'Always' | 'Never' | 'OnFailure'>()
  })

  it('resources are offered by name', () => {
    expectTypeOf<'pods'>().toExtend<BuiltInResource>()
    expectTypeOf<string>().not.toExtend<BuiltInResource>()
  })
})

describe('namespaces', () => {
  it('the current one is default, and cluster.in() gives another', () => {
    const office = cluster.in('office')
    office.create('configmaps', { metadata: { name: 'settings' }, data: { a: '1' } })
    expect(office.get('configmaps', 'settings').metadata.namespace).toBe('office')
    expect(cluster.get('configmaps', 'office/settings')).toEqual(office.get('configmaps', 'settings'))
    expect(() => cluster.get('configmaps', 'settings')).toThrow('not found')
    expect(office.list('configmaps').items.map(({ metadata }) => metadata.name)).toContain('settings')
    expect(
      cluster.list('configmaps', { namespace: 'default' }).items.map(({ metadata }) => metadata.name),
    ).not.toContain('settings')
    expect(cluster.list('configmaps').items.map(({ metadata }) => metadata.name)).toContain('settings')
    expect(office.kubectl('get configmaps').stdout).toContain('settings')
    office.edit('configmaps', 'settings', (draft) => void (draft.data = { a: '2' }))
    office.patch('configmaps', 'settings', { type: 'merge', body: { data: { b: '3' } } })
    expect(office.get('configmaps', 'settings').data).toEqual({ a: '2', b: '3' })
    office.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied' } })
    expect(office.get('configmaps', 'applied').metadata.namespace).toBe('office')
    office.delete('configmaps', 'settings')
    expect(() => office.get('configmaps', 'settings')).toThrow('not found')
  })

  it('exec and logs take names in the current namespace', () => {
    const shop = cluster.in('office')
    shop.create('pods', {
      metadata: { name: 'sh' },
      spec: { containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'echo up; sleep 1d'] }] },
    })
    cluster.settle()
    expect(shop.logs('sh')).toBe('up\n')
    expect(shop.exec('sh', 'echo $((1 + 1))').stdout).toBe('2\n')
    expect(cluster.exec('office/sh', ['echo', 'x']).stdout).toBe('x\n')
  })

  it('a cluster-scoped resource takes none', () => {
    expect(cluster.in('office').get('nodes', 'node-1').metadata.name).toBe('node-1')
    expect(() => cluster.get('nodes', 'office/node-1')).toThrow(
      "nodes are not namespaced: write 'node-1' instead of 'office/node-1'",
    )
    // @ts-expect-error a Node has no namespace
    cluster.get('nodes', { name: 'node-1', namespace: 'office' })
    // @ts-expect-error a list of Nodes has no namespace
    cluster.list('nodes', { namespace: 'office' })
    // @ts-expect-error a Namespace has no namespace
    const made = cluster.create('namespaces', { metadata: { name: 'b', namespace: 'office' } })
    expect(made.metadata).not.toHaveProperty('namespace')
    expectTypeOf<StoredOf<'nodes'>['metadata']['namespace']>().toEqualTypeOf<undefined>()
  })

  it('have a name wherever the server has returned them', () => {
    type Followed<T> = T extends Informer<infer O> ? O : never
    const follow = (host: ComponentHost) => host.informer('pods')
    expectTypeOf<Followed<ReturnType<typeof follow>>>().toEqualTypeOf<StoredOf<'pods'>>()
    expectTypeOf(cluster.client.list('pods').items).toEqualTypeOf<readonly StoredOf<'pods'>[]>()
  })
})

describe('custom resources', () => {
  it('have the type of their fields', () => {
    interface Widget {
      readonly spec: { readonly size: number }
      readonly status?: { readonly ready: boolean }
    }
    const widgets = cluster.resource<Widget>('widgets.example.com')
    const made = widgets.create({ metadata: { name: 'a' }, spec: { size: 1 } })
    expectTypeOf(made.spec.size).toEqualTypeOf<number>()
    expectTypeOf(made.metadata.uid).toEqualTypeOf<string>()
    expect(widgets.edit('a', (draft) => void (draft.spec.size = 2)).spec.size).toBe(2)
    expect(widgets.get('a').spec.size).toBe(2)
    expect(widgets.list().items).toHaveLength(1)
    // @ts-expect-error size is a number
    expect(() => widgets.create({ metadata: { name: 'b' }, spec: { size: '1' } })).toThrow(
      'must be of type integer',
    )
    // @ts-expect-error a misspelt field
    expect(() => widgets.create({ metadata: { name: 'c' }, spec: { size: 1 }, sepc: {} })).toThrow(
      'strict decoding error: unknown field "sepc"',
    )
  })

  it('or of a schema', () => {
    const schema = z.object({ spec: z.object({ size: z.number().default(3) }) })
    const widgets = cluster.resource('widgets.example.com', schema)
    const made = widgets.create({ metadata: { name: 'z' }, spec: {} })
    expectTypeOf(made.spec.size).toEqualTypeOf<number>()
  })

  it('or none', () => {
    const made = cluster
      .resource('widgets.example.com')
      .create({ metadata: { name: 'n' }, spec: { size: 1 } })
    expect(made).toMatchObject({ kind: 'Widget', metadata: { namespace: 'default' } })
    expect(() => cluster.resource('gadgets.example.com').list()).toThrow(
      'could not find the requested resource',
    )
  })
})

describe('manifests', () => {
  const settings = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'constant', labels: { app: 'x' } },
    data: { a: '1' },
  } as const

  it('may be constant, text, or objects from elsewhere', () => {
    cluster.apply(settings)
    cluster.apply([settings, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } }])
    cluster.apply('{apiVersion: v1, kind: ConfigMap, metadata: {name: text}}')
    const made = (name: string): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })
    cluster.apply(made('dynamic'))
    const typed: PodInput = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }
    cluster.apply({ apiVersion: 'v1', kind: 'Pod', ...typed })
    expect(cluster.get('configmaps', 'dynamic').metadata.name).toBe('dynamic')
  })

  it('of a built-in kind are checked at every depth', () => {
    const wrong = (): void => {
      cluster.apply({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'w' },
        spec: {
          // @ts-expect-error a misspelt field
          replicsa: 3,
          selector: { matchLabels: { app: 'w' } },
          template: {
            metadata: { labels: { app: 'w' } },
            spec: { containers: [{ name: 'c', image: 'nginx' }] },
          },
        },
      })
    }
    expect(wrong).toThrow('unknown field "spec.replicsa"')
    const deep = (): void => {
      // @ts-expect-error a misspelt field of a port
      cluster.apply([
        { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ports: [{ prt: 80 }] } },
      ])
    }
    expect(deep).toThrow()
  })
})

describe('read objects', () => {
  it('keep the defaults that their types promise', () => {
    cluster.create('pods', { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } })
    const pod = cluster.get('pods', 'p')
    const [container] = pod.spec.containers
    expectTypeOf(pod.spec.terminationGracePeriodSeconds).toEqualTypeOf<number>()
    expect(container?.terminationMessagePath).toBe('/dev/termination-log')
    expectTypeOf<Deployment['spec']['revisionHistoryLimit']>().toEqualTypeOf<number>()
  })
})

test('a cluster-scoped custom resource takes no namespace', () => {
  const names = { plural: 'racks', kind: 'Rack' }
  cluster.apply({
    ...crd,
    metadata: { name: 'racks.example.com' },
    spec: { ...crd.spec, scope: 'Cluster', names },
  } as const)
  cluster.settle()
  const racks = cluster.in('office').resource('racks.example.com')
  expect(racks.create({ metadata: { name: 'a' } }).metadata).not.toHaveProperty('namespace')
  expect(racks.get('a').metadata.name).toBe('a')
  expect(() => racks.get('office/a')).toThrow("racks.example.com are not namespaced: write 'a'")
})

test('resources are named as in kubectl, also in the types', () => {
  createWeb('web')
  const short = cluster.get('deploy', 'web')
  expectTypeOf(short).toEqualTypeOf<StoredOf<'deployments'>>()
  expect(short).toBe(cluster.get('deployments', 'web'))
  expectTypeOf(cluster.list('po').items[0]).toEqualTypeOf<StoredOf<'pods'> | undefined>()
  cluster.edit('deployment', 'web', (draft) => {
    draft.spec.replicas = 2
  })
  cluster.create('cm', { metadata: { name: 'c' }, data: { a: '1' } })
  expect(cluster.get('configmap', 'c').data).toEqual({ a: '1' })
  expect(() => cluster.get('no', 'office/n')).toThrow(/not namespaced/)
  // @ts-expect-error there is no such resource
  expect(() => cluster.get('deploi', 'web')).toThrow(/did you mean deployments\?/)
})

test('the types of built-in kinds are those of their definitions', () => {
  const text = readFileSync(new URL(`../../${KINDS_FILE}`, import.meta.url), 'utf8')
  const bare = (source: string): string => source.replaceAll(/[\s;,|]+/g, '')
  expect(bare(text) === bare(renderKinds()), 'run npm run generate:kinds').toBe(true)
})

test('custom resources carry the type of their objects into informers, and matchers know them', () => {
  const widgets = resourceName<{ readonly spec: { readonly size: number } }>('widgets.example.com')
  const sizes: number[] = []
  const watcher = defineController({
    name: 'widget-watcher',
    identity: { name: 'watcher', groups: ['system:masters'] },
    informers: { widgets: { resource: widgets } },
    setup: ({ informers }) => ({
      on: { widgets: ({ object }) => [keyOf(object)] },
      reconcile: (key) => {
        const size = informers.widgets.get(key)?.spec.size
        expectTypeOf(size).toEqualTypeOf<number | undefined>()
        if (size !== undefined) sizes.push(size)
      },
    }),
  })
  cluster = new SimCluster({ nodes: 1, manifests: [crd], components: [watcher] }).settle()
  cluster.resource('widgets.example.com').create({ metadata: { name: 'w' }, spec: { size: 3 } })
  cluster.settle()
  expect(sizes).toEqual([3])
  expect(cluster).toExist('widgets.example.com', 'w')
  expect(cluster).not.toExist('widgets.example.com', 'v')
  expect(cluster).toBeReady('widgets.example.com', 'w')
  const stored = cluster.client.get(widgets, { namespace: 'default', name: 'w' })
  expectTypeOf(stored.spec.size).toEqualTypeOf<number>()
  expect(stored.spec.size).toBe(3)
})

test('a workload that is not there yet is not ready under any of its names', () => {
  createWeb('web')
  for (const name of ['deployments', 'deployment', 'deploy'] as const)
    expect(() => expect(cluster).toBeReady(name, 'web')).toThrow(/to be ready/)
})
