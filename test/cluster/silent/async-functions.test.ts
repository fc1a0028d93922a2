import { expect, test } from 'vitest'
import { InputError, SimCluster, admissionWebhook, defineController, defineImage } from 'simcluster'
import type { ClusterOptions } from 'simcluster'
import { checkInvariants, preparedCluster } from 'simcluster/testing'
import { badInput } from '../../support/typed.js'

const identity = { name: 'late', groups: ['system:masters'] }

/** A function that returns a promise, and that is not declared async. */
const promised = <T>(): T => badInput(Promise.resolve({ allowed: true }))

/** A promise that fails: its rejection must not end the process. */
const rejected = <T>(): T => badInput(Promise.reject(new Error('nobody waits')))

type Parts = Partial<Parameters<typeof defineController>[0]>

function controlled(parts: object, more: Parts = {}): () => unknown {
  const controller = defineController({
    name: 'late',
    identity,
    informers: { namespaces: { resource: 'namespaces' } },
    setup: () => ({
      on: { namespaces: ({ object }) => [object.metadata.name ?? ''] },
      reconcile: () => undefined,
      ...parts,
    }),
    ...more,
  })
  return () => new SimCluster({ nodes: 0, components: [controller] }).settle().advance('2m')
}

function withOptions(options: ClusterOptions, then: (cluster: SimCluster) => unknown): () => unknown {
  return () => then(new SimCluster({ nodes: 1, ...options }))
}

const manifest = 'run web --image=app'
const hook = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'guard' },
  webhooks: [
    {
      name: 'guard.example.com',
      clientConfig: { url: 'https://guard.example.com' },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    },
  ],
}

const started = (behavior: object) => (): unknown => {
  const app = defineImage({ name: 'app', behavior })
  const cluster = new SimCluster({ nodes: 1, images: { app } })
  cluster.kubectl(manifest)
  return cluster.settle().advance('1m')
}

const cases: readonly (readonly [what: string, call: () => unknown, says: string])[] = [
  ['reconcile', controlled({ reconcile: promised }), 'late: reconcile must not be async'],
  ['a reconcile that fails', controlled({ reconcile: rejected }), 'host.client returns objects at once'],
  ['an event handler', controlled({ on: { namespaces: promised } }), 'late: on.namespaces must not be async'],
  ['setup', controlled({}, { setup: promised }), 'late: setup must not be async'],
  [
    'a periodic pass',
    controlled({ periodic: { name: 'resync', period: 1000, run: promised } }),
    'late: resync must not be async',
  ],
  [
    'a component',
    () => new SimCluster({ nodes: 0, components: [{ name: 'late', identity, setup: promised }] }),
    'late: setup must not be async',
  ],
  ['until()', () => new SimCluster({ nodes: 0 }).until(promised), 'must return true or false, not a promise'],
  [
    'edit()',
    () => new SimCluster({ nodes: 0 }).edit('namespaces', 'default', promised),
    'edit(): the recipe must not be async',
  ],
  [
    'on()',
    withOptions({}, (cluster) => {
      cluster.on('write', promised)
      cluster.create('namespaces', { metadata: { name: 'office' } })
    }),
    "on('write'): the listener must not be async",
  ],
  [
    'onCopy()',
    withOptions({}, (cluster) => {
      cluster.onCopy(promised)
      cluster.fork()
    }),
    'onCopy(): the function must not be async',
  ],
  [
    'an admission webhook',
    withOptions({ webhooks: { 'https://guard.example.com': admissionWebhook(promised) } }, (cluster) => {
      cluster.apply(hook)
      cluster.create('pods', { metadata: { name: 'web' }, spec: { containers: [{ name: 'c', image: 'i' }] } })
    }),
    'the webhook https://guard.example.com must not be async',
  ],
  [
    'an authorization webhook',
    withOptions({ access: { authorization: { type: 'Webhook', review: promised } } }, (cluster) =>
      cluster.as({ user: 'jane' }).list('pods'),
    ),
    'review must not be async',
  ],
  [
    'an authorizer',
    withOptions({ access: { authorization: ['RBAC', { authorize: promised }] } }, (cluster) =>
      cluster.as({ user: 'jane' }).list('pods'),
    ),
    'authorize must not be async',
  ],
  [
    'an authentication webhook',
    withOptions({ access: { authentication: { webhook: promised } } }, (cluster) =>
      cluster.http.handle({ method: 'GET', path: '/api/v1/pods', headers: { authorization: 'Bearer x' } }),
    ),
    'the authentication webhook must not be async',
  ],
  [
    'a policy enforcer',
    withOptions({ network: { policyEnforcer: { check: promised } } }, (cluster) => {
      cluster.kubectl(manifest)
      cluster.settle()
      cluster.network.connect({ from: { node: 'node-1' }, to: 'default/web', port: 80 })
    }),
    'network.policyEnforcer: check must not be async',
  ],
  [
    'a scheduler plugin',
    withOptions(
      { scheduler: { profiles: [{ plugins: [{ name: 'Mine', filter: promised }] }] } },
      (cluster) => {
        cluster.kubectl(manifest)
        cluster.settle()
      },
    ),
    'the scheduler plugin Mine: filter must not be async',
  ],
  ['the start of an image', started({ start: promised }), 'the image app: start must not be async'],
  [
    'an invariant',
    () =>
      checkInvariants(new SimCluster({ nodes: 0 }), {
        invariants: [{ name: 'mine', rule: 'all is well', check: promised }],
      }),
    'the invariant mine must not be async',
  ],
  ['prepare', preparedCluster({ nodes: 0 }, promised), 'prepare must not be async'],
]

test.each(cases)('%s that returns a promise is an error that names it', (_, call, says) => {
  expect(call).toThrow(says)
})

test('functions that are declared async are refused when they are given', () => {
  const late: () => never = (async () => promised()) as () => never
  const cluster = new SimCluster({ nodes: 0 })
  const calls = [
    () => Reflect.construct(SimCluster, [{ webhooks: { 'https://a.example.com': late } }]),
    () => cluster.until(late),
    () => cluster.edit('namespaces', 'default', late),
    () => cluster.on('write', late),
    () => preparedCluster({ nodes: 0 }, late),
    () => admissionWebhook(late),
  ]
  for (const call of calls) expect(call).toThrow(InputError)
  for (const call of calls)
    expect(call).toThrow(/must be a function that is not async.*not an async function/)
})

test('a promise in place of an argument says that it must be awaited', () => {
  const cluster = new SimCluster({ nodes: 0 })
  const call = (): unknown => cluster.apply(badInput<string>(Promise.resolve('kind: Pod')))
  expect(call).toThrow('apply(): manifests is a promise: await it first')
})

test('a handler that returns a text instead of keys is an error', () => {
  const call = controlled({ on: { namespaces: () => 'default/web' } })
  expect(call).toThrow('late: on.namespaces must return an array of keys')
})
