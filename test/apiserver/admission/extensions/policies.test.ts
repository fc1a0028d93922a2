import type { KubeObject } from '../../../../src/api/kind/definition.js'
import { describe, expect, it } from 'vitest'
import type { ConfigMap } from '../../../../src/api/core/generated.js'
import type { HttpResponse } from '../../../../src/client/http.js'
import { isApiError } from '../../../../src/client/api-error.js'
import { SimCluster } from '../../../../src/index.js'

const rule = {
  apiGroups: [''],
  apiVersions: ['v1'],
  operations: ['CREATE', 'UPDATE'],
  resources: ['configmaps'],
}

interface Policy {
  readonly validations: readonly object[]
  readonly more?: object
  readonly binding?: object
}

function clusterWith({ validations, more = {}, binding = {} }: Policy): SimCluster {
  const cluster = new SimCluster({ version: 'v1.34', nodes: 0, disable: ['kube-controller-manager'] })
  const create = (resource: string, object: object): void => {
    cluster.client.create(resource, object as KubeObject)
  }
  create('validatingadmissionpolicies', {
    metadata: { name: 'policy' },
    spec: { matchConstraints: { resourceRules: [rule] }, validations, ...more },
  })
  create('validatingadmissionpolicybindings', {
    metadata: { name: 'binding' },
    spec: { policyName: 'policy', validationActions: ['Deny'], ...binding },
  })
  return cluster
}

const configMap = (name: string, labels?: Record<string, string>): ConfigMap =>
  ({
    metadata: { name, namespace: 'default', ...(labels === undefined ? {} : { labels }) },
    data: { n: '3' },
  }) as ConfigMap

/** The message of the refusal, without who refuses, and its code. */
function outcome(cluster: SimCluster, object: ConfigMap, user?: string): string {
  try {
    const client = user === undefined ? cluster.client : cluster.as({ user, groups: ['system:masters'] })
    client.create('configmaps', object)
    return 'allowed'
  } catch (error) {
    if (!isApiError(error)) throw error
    return (
      `${error.code} ` +
      `${error.message.replace(/^configmaps ".*" is forbidden: ValidatingAdmissionPolicy 'policy' with binding 'binding' denied request: /, '')}`
    )
  }
}

describe('ValidatingAdmissionPolicy', () => {
  it('refuses with its own words, a message, or a computed one, and its reason', () => {
    const plain = clusterWith({ validations: [{ expression: "object.metadata.name != 'bad'" }] })
    expect(outcome(plain, configMap('good'))).toBe('allowed')
    expect(outcome(plain, configMap('bad'))).toBe("422 failed expression: object.metadata.name != 'bad'")
    const worded = clusterWith({
      validations: [{ expression: 'false', message: ' never ', reason: 'Forbidden' }],
    })
    expect(outcome(worded, configMap('a'))).toBe('403 never')
    const computed = clusterWith({
      validations: [{ expression: 'false', message: 'x', messageExpression: "'no ' + object.metadata.name" }],
    })
    expect(outcome(computed, configMap('a'))).toBe('422 no a')
  })

  it('the status is that of the real server', () => {
    const cluster = clusterWith({ validations: [{ expression: 'false', message: 'no' }] })
    const text = "ValidatingAdmissionPolicy 'policy' with binding 'binding' denied request: no"
    expect(() => cluster.create('configmaps', configMap('a'))).toThrow(
      expect.objectContaining({
        status: {
          kind: 'Status',
          apiVersion: 'v1',
          metadata: {},
          status: 'Failure',
          message: `configmaps "a" is forbidden: ${text}`,
          reason: 'Invalid',
          details: { name: 'a', kind: 'configmaps', causes: [{ message: text }] },
          code: 422,
        },
      }),
    )
  })

  it('variables, conditions, request, namespace and authorizer', () => {
    const cluster = clusterWith({
      validations: [
        {
          expression:
            "variables.n > 2 && request.userInfo.username == 'jo' && namespaceObject.metadata.name == " +
            "'default' && oldObject == null" +
            " && authorizer.group('').resource('pods').namespace('default').check('create').allowed() " +
            "&& authorizer.requestResource.check('get').allowed()",
        },
      ],
      more: {
        variables: [
          { name: 'raw', expression: 'object.data.n' },
          { name: 'n', expression: 'int(variables.raw)' },
        ],
        matchConditions: [{ name: 'unmarked', expression: '!has(object.metadata.labels)' }],
      },
    })
    expect(outcome(cluster, configMap('a'), 'jo')).toBe('allowed')
    expect(outcome(cluster, configMap('b'), 'al')).toMatch(/^422 failed expression: variables.n > 2/)
    expect(outcome(cluster, configMap('c', { x: 'y' }), 'al')).toBe('allowed')
  })

  it('faults of expressions refuse or pass, by failurePolicy', () => {
    const validations = [{ expression: 'object.nope == 1' }]
    expect(outcome(clusterWith({ validations }), configMap('a'))).toBe(
      "422 expression 'object.nope == 1' resulted in error: no such key: nope",
    )
    expect(outcome(clusterWith({ validations, more: { failurePolicy: 'Ignore' } }), configMap('a'))).toBe(
      'allowed',
    )
  })

  it('parameters, and what happens without them', () => {
    const more = {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      matchConditions: [{ name: 'x', expression: "object.metadata.name != 'limits'" }],
    }
    const paramRef = { name: 'limits', namespace: 'default', parameterNotFoundAction: 'Deny' }
    const cluster = clusterWith({
      validations: [{ expression: 'object.data.n == params.data.n' }],
      more,
      binding: { paramRef },
    })
    expect(outcome(cluster, configMap('a'))).toBe(
      '422 failed to configure binding: no params found for policy binding with `Deny` ' +
        'parameterNotFoundAction',
    )
    const lenient = clusterWith({
      validations: [{ expression: 'object.data.n == params.data.n' }],
      more,
      binding: { paramRef: { ...paramRef, parameterNotFoundAction: 'Allow' } },
    })
    expect(outcome(lenient, configMap('limits'))).toBe('allowed')
    expect(outcome(lenient, configMap('same'))).toBe('allowed')
    expect(outcome(lenient, { ...configMap('other'), data: { n: '4' } })).toBe(
      '422 failed expression: object.data.n == params.data.n',
    )
  })

  it('warns instead of refusing', () => {
    const cluster = clusterWith({
      validations: [{ expression: 'false', message: 'no' }],
      binding: { validationActions: ['Warn', 'Audit'] },
    })
    const { code, headers } = cluster.http.handle({
      method: 'POST',
      path: '/api/v1/namespaces/default/configmaps',
      user: { name: 'x', groups: ['system:masters'] },
      body: JSON.stringify(configMap('a')),
    }) as HttpResponse
    expect(code).toBe(201)
    expect(headers['warning']).toEqual([
      "299 - \"Validation failed for ValidatingAdmissionPolicy 'policy' with binding 'binding': no\"",
    ])
  })

  it('selects by namespace, object and binding', () => {
    const validations = [{ expression: 'false', message: 'no' }]
    const none = { matchLabels: { such: 'none' } }
    expect(
      outcome(
        clusterWith({
          validations,
          more: { matchConstraints: { resourceRules: [rule], namespaceSelector: none } },
        }),
        configMap('a'),
      ),
    ).toBe('allowed')
    expect(
      outcome(
        clusterWith({
          validations,
          more: { matchConstraints: { resourceRules: [rule], objectSelector: none } },
        }),
        configMap('a'),
      ),
    ).toBe('allowed')
    expect(
      outcome(
        clusterWith({ validations, binding: { matchResources: { objectSelector: none } } }),
        configMap('a'),
      ),
    ).toBe('allowed')
    expect(
      outcome(
        clusterWith({ validations, binding: { matchResources: { resourceRules: [rule] } } }),
        configMap('a'),
      ),
    ).toBe('422 no')
  })

  it('cannot lock itself in', () => {
    const everything = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'] }
    const cluster = clusterWith({
      validations: [{ expression: 'false' }],
      more: { matchConstraints: { resourceRules: [everything] } },
    })
    expect(outcome(cluster, configMap('a'))).toMatch(/^422/)
    cluster.delete('validatingadmissionpolicybindings', { name: 'binding' })
    expect(outcome(cluster, configMap('a'))).toBe('allowed')
  })
})

describe('the budget of a binding', () => {
  const text = (length: number): ConfigMap => {
    const map = configMap('costly')
    return { ...map, data: { n: 'a'.repeat(length) } } as ConfigMap
  }
  /** Costs 1.8 for each character. */
  const costly = `!object.data.n.matches('${'x'.repeat(72)}')`
  const times = (count: number, object: object): object[] => Array.from({ length: count }, () => object)
  const exceeded =
    'validation failed due to running out of cost budget, no further validation rules will be run'

  it('is for all validations together', () => {
    const cluster = clusterWith({ validations: times(12, { expression: costly }) })
    expect(outcome(cluster, text(400_000))).toBe('allowed')
    expect(outcome(cluster, text(500_000))).toBe(`422 ${exceeded}`)
  })

  it('may be exceeded where failures are ignored', () => {
    const validations = times(12, { expression: costly })
    const cluster = clusterWith({ validations, more: { failurePolicy: 'Ignore' } })
    expect(outcome(cluster, text(500_000))).toBe('allowed')
  })

  it('pays for variables, once for all validations', () => {
    const validations = times(12, { expression: 'variables.costly' })
    const variable = (count: number): object => ({
      variables: Array.from({ length: count }, (_, at) => ({ name: `v${at}`, expression: costly })).concat({
        name: 'costly',
        expression: Array.from({ length: count }, (_, at) => `variables.v${at}`).join(' && '),
      }),
    })
    expect(outcome(clusterWith({ validations, more: variable(11) }), text(500_000))).toBe('allowed')
    expect(outcome(clusterWith({ validations, more: variable(12) }), text(500_000))).toBe(`422 ${exceeded}`)
  })

  it('is what messages have left, also those that are not needed', () => {
    const validation = { expression: costly, messageExpression: `${costly} ? 'a' : 'b'` }
    const cluster = clusterWith({ validations: times(6, validation) })
    expect(outcome(cluster, text(400_000))).toBe('allowed')
    expect(outcome(cluster, text(500_000))).toBe(`422 failed messageExpression: ${exceeded}`)
  })

  it('is a quarter for match conditions', () => {
    const matchConditions = Array.from({ length: 4 }, (_, at) => ({ name: `c${at}`, expression: costly }))
    const cluster = clusterWith({ validations: [{ expression: 'true' }], more: { matchConditions } })
    expect(outcome(cluster, text(300_000))).toBe('allowed')
    expect(outcome(cluster, text(500_000))).toBe(`422 ${exceeded}`)
  })
})
