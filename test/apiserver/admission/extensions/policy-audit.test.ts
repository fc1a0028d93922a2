import type { KubeObject } from '../../../../src/api/kind/definition.js'
import { describe, expect, it } from 'vitest'
import type { ClusterEvents } from '../../../../src/client/cluster-events.js'
import { SimCluster } from '../../../../src/index.js'

const rule = {
  apiGroups: [''],
  apiVersions: ['v1'],
  operations: ['CREATE', 'UPDATE'],
  resources: ['configmaps'],
}

interface Setting {
  readonly spec: object
  readonly bindings: readonly object[]
  readonly params?: readonly object[]
}

function clusterWith({ spec, bindings, params = [] }: Setting): SimCluster {
  const cluster = new SimCluster({ version: 'v1.34', nodes: 0, disable: ['kube-controller-manager'] })
  for (const param of params) cluster.client.create<string>('configmaps', param as KubeObject)
  cluster.client.create<string>('validatingadmissionpolicies', {
    metadata: { name: 'policy' },
    spec: { matchConstraints: { resourceRules: [rule] }, ...spec },
  } as KubeObject)
  bindings.forEach((binding, at) => {
    cluster.create('validatingadmissionpolicybindings', {
      metadata: { name: `binding-${at}` },
      spec: { policyName: 'policy', ...binding },
    })
  })
  return cluster
}

/** Annotations of the audit event of a creation, without those of the authorizer, and how it ended. */
function audited(
  cluster: SimCluster,
  resource: string,
  object: object,
): { readonly code: number; readonly annotations: object; readonly message: string } {
  const events: ClusterEvents['audit'][] = []
  const stop = cluster.on('audit', (event) => void events.push(event))
  let message = ''
  try {
    cluster.client.create(resource, object as KubeObject)
  } catch (error) {
    message = (error as Error).message
  }
  stop()
  const { annotations, responseStatus } = events.at(-1) as ClusterEvents['audit']
  const own = Object.entries(annotations).filter(([key]) => !key.startsWith('authorization.k8s.io/'))
  return { code: (responseStatus as { code: number }).code, annotations: Object.fromEntries(own), message }
}

const configMap = { metadata: { name: 'a', namespace: 'default' }, data: { n: '3' } }
const KEY = 'validation.policy.admission.k8s.io/validation_failure'

describe('audit annotations of policies', () => {
  it('a failure is noted with its place, and lets the request pass', () => {
    const cluster = clusterWith({
      spec: { validations: [{ expression: 'true' }, { expression: '1 > 2', message: 'a < b & "c"' }] },
      bindings: [{ validationActions: ['Audit', 'Warn'] }],
    })
    expect(audited(cluster, 'configmaps', configMap)).toEqual({
      code: 201,
      message: '',
      annotations: {
        [KEY]:
          '[{"message":"a \\u003c b \\u0026 ' +
          '\\"c\\"","policy":"policy","binding":"binding-0","expressionIndex":1,' +
          '"validationActions":["Audit","Warn"]}]',
      },
    })
  })

  it('denies and notes; the first note of a key stays', () => {
    const cluster = clusterWith({
      spec: {
        validations: [
          { expression: 'false', message: 'first' },
          { expression: 'false', message: 'second' },
        ],
      },
      bindings: [{ validationActions: ['Deny', 'Audit'] }],
    })
    const { code, annotations, message } = audited(cluster, 'configmaps', configMap)
    expect([code, message]).toEqual([
      422,
      `configmaps "a" is forbidden: ValidatingAdmissionPolicy 'policy' with binding 'binding-0' ` +
        'denied request: first',
    ])
    expect(JSON.parse((annotations as Record<string, string>)[KEY] ?? '')).toMatchObject([
      { message: 'first', expressionIndex: 0 },
    ])
  })

  it('values of all bindings are joined, empty and null ones left out, without repetition', () => {
    const param = (name: string): object => ({
      metadata: { name, namespace: 'default' },
      data: { text: name },
    })
    const paramRef = (name: string): object => ({
      validationActions: ['Deny'],
      paramRef: { name, namespace: 'default', parameterNotFoundAction: 'Deny' },
    })
    const cluster = clusterWith({
      spec: {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        auditAnnotations: [
          { key: 'who', valueExpression: "' ' + params.data.text + ' '" },
          { key: 'same', valueExpression: 'object.data.n' },
          { key: 'none', valueExpression: 'null' },
          { key: 'empty', valueExpression: "''" },
        ],
      },
      params: [param('x'), param('y')],
      bindings: [paramRef('x'), paramRef('y')],
    })
    expect(audited(cluster, 'configmaps', configMap).annotations).toEqual({
      'policy/who': 'x, y',
      'policy/same': '3',
    })
  })

  it.each([
    ['Fail', 422],
    ['Ignore', 201],
  ])('a value that cannot be told is a matter of the failure policy: %s', (failurePolicy, code) => {
    const cluster = clusterWith({
      spec: { failurePolicy, auditAnnotations: [{ key: 'k', valueExpression: 'object.data.none' }] },
      bindings: [{ validationActions: ['Audit'] }],
    })
    const outcome = audited(cluster, 'configmaps', configMap)
    expect(outcome.code).toBe(code)
    if (code === 422)
      expect(outcome.message).toContain("expression 'object.data.none' resulted in error: no such key: none")
  })
})

const pod = (name: string, spec: object = {}): object => ({
  metadata: { name, namespace: 'strict' },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
})

describe('audit annotations of Pod Security', () => {
  it('tell what was enforced, and what another level would not let in', () => {
    const cluster = new SimCluster({ version: 'v1.34', nodes: 0, disable: ['kube-controller-manager'] })
    const namespace = (labels: Readonly<Record<string, string>>): void => {
      cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'strict', labels } })
    }
    const prefix = 'pod-security.kubernetes.io/'
    namespace({})
    cluster.create('serviceaccounts', { metadata: { name: 'default', namespace: 'strict' } })
    expect(audited(cluster, 'pods', pod('a')).annotations).toEqual({
      [`${prefix}enforce-policy`]: 'privileged:latest',
    })
    namespace({
      [`${prefix}enforce`]: 'baseline',
      [`${prefix}enforce-version`]: 'v1.30',
      [`${prefix}audit`]: 'restricted',
    })
    const { annotations } = audited(cluster, 'pods', pod('b'))
    expect(annotations).toMatchObject({
      [`${prefix}enforce-policy`]: 'baseline:v1.30',
      [`${prefix}audit-violations`]: expect.stringMatching(
        /^would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false \(container "c" must set/,
      ),
    })
    const refused = audited(cluster, 'pods', pod('c', { hostNetwork: true }))
    expect([refused.code, Object.keys(refused.annotations).sort()]).toEqual([
      403,
      [`${prefix}audit-violations`, `${prefix}enforce-policy`],
    ])
    const template = { metadata: { name: 'd', namespace: 'strict' }, template: { metadata: {}, ...pod('d') } }
    expect(Object.keys(audited(cluster, 'podtemplates', template).annotations)).toEqual([
      `${prefix}audit-violations`,
    ])
  })
})
