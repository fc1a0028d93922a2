import type { KubeObject } from '../../../../src/api/kind/definition.js'
import { describe, expect, it } from 'vitest'
import type {
  WebhookResponse,
  WebhookHandler,
  WebhookReview,
} from '../../../../src/apiserver/admission/extensions/call-webhook.js'
import type { ConfigMap } from '../../../../src/api/core/generated.js'
import type { HttpResponse } from '../../../../src/client/http.js'
import { isApiError } from '../../../../src/client/api-error.js'
import { SimCluster } from '../../../../src/index.js'

const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] }
const webhook = (name: string, more: object = {}): object => ({
  name,
  clientConfig: { service: { namespace: 'hooks', name: 'hook', path: '/check' } },
  rules: [rule],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  ...more,
})

const respond = (
  review: WebhookReview,
  response: object,
  more: Partial<WebhookResponse> = {},
): WebhookResponse => ({
  apiVersion: review.apiVersion,
  kind: review.kind,
  response: { uid: review.request['uid'], ...response },
  ...more,
})

interface Setup {
  readonly validating?: readonly object[]
  readonly mutating?: readonly object[]
  readonly handlers?: Readonly<Record<string, WebhookHandler>>
}

function clusterWith({ validating = [], mutating = [], handlers = {} }: Setup): SimCluster {
  const cluster = new SimCluster({
    version: 'v1.34',
    nodes: 0,
    disable: ['kube-controller-manager'],
    webhooks: handlers,
  })
  cluster.client.create<string>('validatingwebhookconfigurations', {
    metadata: { name: 'v' },
    webhooks: validating,
  } as KubeObject)
  cluster.client.create<string>('mutatingwebhookconfigurations', {
    metadata: { name: 'm' },
    webhooks: mutating,
  } as KubeObject)
  return cluster
}

const configMap = (name: string): ConfigMap =>
  ({ metadata: { name, namespace: 'default' }, data: { x: '1' } }) as ConfigMap

function outcome(run: () => unknown): string {
  try {
    run()
    return 'allowed'
  } catch (error) {
    if (!isApiError(error)) throw error
    return `${error.code} ${error.message}`
  }
}

const create = (setup: Setup): string =>
  outcome(() => clusterWith(setup).create('configmaps', configMap('a')))

describe('validating webhooks', () => {
  it('deny with message, code and reason', () => {
    const deny = (status?: object): string =>
      create({
        validating: [webhook('a.b.c')],
        handlers: {
          'hooks/hook': (review) =>
            respond(review, { allowed: false, ...(status === undefined ? {} : { status }) }),
        },
      })
    expect(deny()).toBe('400 admission webhook "a.b.c" denied the request without explanation')
    expect(deny({ message: 'no' })).toBe('400 admission webhook "a.b.c" denied the request: no')
    expect(deny({ message: 'no', code: 403, reason: 'Forbidden' })).toBe(
      '403 admission webhook "a.b.c" denied the request: no',
    )
  })

  it('are sent a review of the request', () => {
    const seen: WebhookReview[] = []
    const handler: WebhookHandler = (review, { path, timeout }) => {
      expect([path, timeout]).toEqual(['/check', 10_000])
      seen.push(review)
      return respond(review, { allowed: true })
    }
    const cluster = clusterWith({ validating: [webhook('a.b.c')], handlers: { 'hooks/hook': handler } })
    cluster.create('configmaps', configMap('a'))
    cluster.delete('configmaps', { namespace: 'default', name: 'a' })
    expect(seen.map(({ request }) => request['operation'])).toEqual(['CREATE', 'DELETE'])
    expect(seen[0]).toMatchObject({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        kind: { group: '', version: 'v1', kind: 'ConfigMap' },
        resource: { group: '', version: 'v1', resource: 'configmaps' },
        name: 'a',
        namespace: 'default',
        userInfo: { username: 'kubernetes-admin' },
        object: { metadata: { name: 'a' } },
        oldObject: null,
        dryRun: false,
        options: { kind: 'CreateOptions' },
      },
    })
    expect(seen[1]).toMatchObject({ request: { object: null, oldObject: { metadata: { name: 'a' } } } })
  })

  it('that cannot be asked refuse or pass, by failurePolicy', () => {
    const failed = 'Internal error occurred: failed calling webhook "a.b.c": failed to call webhook: Post'
    expect(create({ validating: [webhook('a.b.c')] })).toBe(
      `500 ${failed} "https://hook.hooks.svc:443/check?timeout=10s": service "hook" not found`,
    )
    expect(
      create({
        validating: [
          webhook('a.b.c', { clientConfig: { url: 'https://h.example:8443/x' }, timeoutSeconds: 3 }),
        ],
      }),
    ).toMatch(
      `500 ${failed} "https://h.example:8443/x?timeout=3s": dial tcp h.example:8443: connect: ` +
        'connection refused (no machine of the cluster listens there;',
    )
    expect(create({ validating: [webhook('a.b.c', { failurePolicy: 'Ignore' })] })).toBe('allowed')
    const slow: WebhookHandler = (review) => respond(review, { allowed: true }, { takes: 11_000 })
    expect(create({ validating: [webhook('a.b.c')], handlers: { 'hooks/hook': slow } })).toBe(
      `500 ${failed} "https://hook.hooks.svc:443/check?timeout=10s": context deadline exceeded`,
    )
    const stranger: WebhookHandler = () => ({ response: { uid: 'other', allowed: true } })
    expect(create({ validating: [webhook('a.b.c')], handlers: { 'hooks/hook': stranger } })).toMatch(
      /^500 Internal error occurred: failed calling webhook "a.b.c": received invalid webhook response: expected response.uid="[-0-9a-f]+", got "other"$/,
    )
  })

  it('with side effects refuse dry runs', () => {
    const cluster = clusterWith({
      validating: [webhook('a.b.c')],
      handlers: { 'hooks/hook': (review) => respond(review, { allowed: true }) },
    })
    expect(outcome(() => cluster.create('configmaps', configMap('a'), { dryRun: true }))).toBe('allowed')
  })

  it('conditions decide whether they are asked', () => {
    const conditions = (expression: string): string =>
      create({ validating: [webhook('a.b.c', { matchConditions: [{ name: 'c', expression }] })] })
    expect(conditions("object.metadata.name != 'a'")).toBe('allowed')
    expect(conditions("object.metadata.name == 'a'")).toMatch(/^500/)
    expect(conditions('object.nope == 1')).toBe(
      '403 configmaps "a" is forbidden: expression \'object.nope == 1\' resulted in error: no such key: nope',
    )
  })
})

describe('mutating webhooks', () => {
  const patching =
    (operations: readonly object[]): WebhookHandler =>
    (review) =>
      respond(review, {
        allowed: true,
        warnings: ['changed'],
        patchType: 'JSONPatch',
        patch: btoa(JSON.stringify(operations)),
      })

  it('change the object, which others then see', () => {
    const cluster = clusterWith({
      mutating: [webhook('a.b.c')],
      validating: [webhook('d.e.f', { clientConfig: { url: 'https://v/x' } })],
      handlers: {
        'hooks/hook': patching([{ op: 'add', path: '/data/k', value: 'v' }]),
        'https://v': (review) =>
          respond(review, { allowed: (review.request['object'] as ConfigMap).data?.['k'] === 'v' }),
      },
    })
    const created = cluster.create('configmaps', configMap('a'))
    expect(created.data).toEqual({ x: '1', k: 'v' })
    expect(created.metadata.managedFields).toHaveLength(1)
    const { headers } = cluster.http.handle({
      method: 'POST',
      path: '/api/v1/namespaces/default/configmaps',
      user: { name: 'x', groups: ['system:masters'] },
      body: JSON.stringify(configMap('b')),
    }) as HttpResponse
    expect(headers['warning']).toEqual(['299 - "changed"'])
  })

  it('are asked again when others have changed the object since', () => {
    const calls: string[] = []
    const counting =
      (name: string, handler: WebhookHandler): WebhookHandler =>
      (review, call) => {
        calls.push(name)
        return handler(review, call)
      }
    const url = (name: string): object => ({ clientConfig: { url: `https://${name}/x` } })
    clusterWith({
      mutating: [
        webhook('one.b.c', { ...url('one'), reinvocationPolicy: 'IfNeeded' }),
        webhook('two.b.c', url('two')),
      ],
      handlers: {
        'https://one': counting('one', (review) => respond(review, { allowed: true })),
        'https://two': counting('two', patching([{ op: 'add', path: '/data/k', value: 'v' }])),
      },
    }).create('configmaps', configMap('a'))
    expect(calls.slice(0, 3)).toEqual(['one', 'two', 'one'])
  })

  it('whose patch does not apply fail', () => {
    const handlers = { 'hooks/hook': patching([{ op: 'remove', path: '/nope' }]) }
    expect(create({ mutating: [webhook('a.b.c')], handlers })).toMatch(/^500 Internal error occurred: /)
  })
})

describe('notes in the audit log', () => {
  it(
    'tell of each webhook that was asked, of what it changed and said, and of failures that were ' +
      'ignored',
    () => {
      const patch = [{ value: '<2>', op: 'add', path: '/data/y' }]
      const cluster = clusterWith({
        mutating: [
          webhook('none.b.c', { rules: [{ ...rule, resources: ['secrets'] }] }),
          webhook('a.b.c'),
          webhook('plain.b.c'),
        ],
        validating: [
          webhook('v.b.c'),
          webhook('gone.b.c', { failurePolicy: 'Ignore', clientConfig: { url: 'https://gone.example.com' } }),
        ],
        handlers: {
          'hooks/hook': (review) =>
            respond(review, {
              allowed: true,
              auditAnnotations: { k: 'said', 'z-bad': 5 },
              ...((review.request['object'] as ConfigMap).data?.['y'] === undefined
                ? { patch, patchType: 'JSONPatch' }
                : {}),
            }),
        },
      })
      const seen: Record<string, string>[] = []
      cluster.on('audit', ({ annotations }) => void seen.push(annotations))
      cluster.create('configmaps', configMap('a'))
      const {
        'authorization.k8s.io/decision': _decision,
        'authorization.k8s.io/reason': _reason,
        ...notes
      } = seen[0] ?? {}
      expect(notes).toEqual({
        'mutation.webhook.admission.k8s.io/round_0_index_1':
          '{"configuration":"m","webhook":"a.b.c","mutated":true}',
        'patch.webhook.admission.k8s.io/round_0_index_1':
          '{"configuration":"m","webhook":"a.b.c","patch":[{"op":"add","path":"/data/y",' +
          '"value":"\\u003c2\\u003e"}],"patchType":"JSONPatch"}',
        'mutation.webhook.admission.k8s.io/round_0_index_2':
          '{"configuration":"m","webhook":"plain.b.c","mutated":false}',
        'a.b.c/k': 'said',
        'plain.b.c/k': 'said',
        'v.b.c/k': 'said',
        'failed-open.validating.webhook.admission.k8s.io/round_0_index_1': 'gone.b.c',
      })
    },
  )
})
