import { describe, expect, it } from 'vitest'
import type { ConfigMap, Node, Pod, ServiceAccount } from '../../src/api/core/generated.js'
import type { PriorityClass } from '../../src/api/scheduling/generated.js'
import type { AdmissionPlugin } from '../../src/apiserver/admission/plugin.js'
import { harness, pod } from './harness.js'

const withSpec = (name: string, spec: object): Pod => ({ ...pod(name), spec: { ...pod(name).spec, ...spec } })

describe('ServiceAccount', () => {
  it('mounts the token into every container, once', () => {
    const { client } = harness()
    const { spec } = client.create(
      'pods',
      withSpec('a', {
        initContainers: [{ name: 'i', image: 'i' }],
        containers: [
          { name: 'c', image: 'i' },
          {
            name: 'own',
            image: 'i',
            volumeMounts: [{ name: 'v', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
          },
        ],
        volumes: [{ name: 'v', emptyDir: {} }],
      }),
    )
    const volume = spec.volumes?.[1]?.name as string
    expect(volume).toMatch(/^kube-api-access-/)
    expect(spec.initContainers?.[0]?.volumeMounts?.map(({ name }) => name)).toEqual([volume])
    expect(spec.containers.map(({ volumeMounts }) => volumeMounts?.map(({ name }) => name))).toEqual([
      [volume],
      ['v'],
    ])
    expect(spec.volumes?.[1]?.projected?.sources?.[0]?.serviceAccountToken).toEqual({
      expirationSeconds: 3607,
      path: 'token',
    })
  })

  it('lets pod and account do without the token, and hands on pull secrets', () => {
    const { client } = harness()
    client.create('serviceaccounts', {
      metadata: { name: 's', namespace: 'default' },
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: 'p' }],
    } as ServiceAccount)
    const { spec } = client.create('pods', withSpec('a', { serviceAccountName: 's' }))
    expect(spec.volumes).toBeUndefined()
    expect(spec.imagePullSecrets).toEqual([{ name: 'p' }])
  })

  it('refuses a pod whose account does not exist, naming what it was to be called', () => {
    const { client } = harness()
    const { name: _, ...metadata } = pod('a').metadata
    const nameless = {
      ...withSpec('a', { serviceAccountName: 'x' }),
      metadata: { ...metadata, generateName: 'web-' },
    }
    expect(() => client.create('pods', nameless)).toThrow(
      'pods "web-" is forbidden: error looking up service account default/x: serviceaccount "x" not found',
    )
  })
})

describe('Priority', () => {
  it('looks the class up', () => {
    const { client } = harness()
    expect(
      client.create('pods', withSpec('a', { priorityClassName: 'system-node-critical' })).spec.priority,
    ).toBe(2000001000)
    expect(() => client.create('pods', withSpec('b', { priorityClassName: 'x' }))).toThrow(
      'pods "b" is forbidden: no PriorityClass with name x was found',
    )
  })

  it('takes the global default class, of which there is one', () => {
    const { client } = harness()
    const fields = { value: 7, globalDefault: true, preemptionPolicy: 'Never' }
    const high = { metadata: { name: 'high' }, ...fields } as PriorityClass
    client.create('priorityclasses', high)
    const { spec } = client.create('pods', pod('a'))
    expect(spec).toMatchObject({ priority: 7, priorityClassName: 'high', preemptionPolicy: 'Never' })
    expect(() => client.create('priorityclasses', { ...high, metadata: { name: 'other' } })).toThrow(
      'PriorityClass high is already marked as default. Only one default can exist',
    )
  })
})

it('TaintNodesByCondition taints new nodes once', () => {
  const { client } = harness()
  const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }
  expect(client.create('nodes', { metadata: { name: 'a' } } as Node).spec?.taints).toEqual([taint])
  const tainted = { metadata: { name: 'b' }, spec: { taints: [taint] } } as unknown as Node
  expect(client.create('nodes', tainted).spec?.taints).toEqual([taint])
})

it('DefaultTolerationSeconds leaves alone what the pod says itself', () => {
  const { client } = harness()
  const { spec } = client.create(
    'pods',
    withSpec('a', {
      tolerations: [
        {
          key: 'node.kubernetes.io/not-ready',
          operator: 'Exists',
          tolerationSeconds: 5,
          effect: 'NoExecute',
        },
      ],
    }),
  )
  expect(spec.tolerations?.map(({ key, tolerationSeconds }) => [key, tolerationSeconds])).toEqual([
    ['node.kubernetes.io/not-ready', 5],
    ['node.kubernetes.io/unreachable', 300],
  ])
})

it('NamespaceLifecycle knows no objects without a namespace', () => {
  const { client } = harness()
  const homeless = { metadata: { name: 'a', namespace: 'x' } } as ConfigMap
  expect(() => client.create('configmaps', homeless)).toThrow('namespaces "x" not found')
})

it('all plugins mutate before any validates, in their order', () => {
  const calls: string[] = []
  const plugin = (name: string): AdmissionPlugin => ({
    name,
    resources: ['configmaps'],
    mutate: () => void calls.push(`${name} mutates`),
    validate: ({ operation }) => void calls.push(`${name} validates ${operation}`),
  })
  const { client } = harness({ admission: [plugin('a'), plugin('b')] })
  client.create('configmaps', { metadata: { name: 'a', namespace: 'default' } } as ConfigMap)
  expect(calls).toEqual(['a mutates', 'b mutates', 'a validates CREATE', 'b validates CREATE'])
})
