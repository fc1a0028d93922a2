import { expect, it } from 'vitest'
import type { ValidatingAdmissionPolicy } from '../../src/api/admissionregistration/generated.js'
import { SimCluster } from '../../src/index.js'

const rule = (group: string, ...resources: string[]): object => ({
  apiGroups: [group],
  apiVersions: ['v1'],
  operations: ['CREATE'],
  resources,
})

function checked(
  spec: object,
  cluster: SimCluster = new SimCluster({ version: 'v1.34', nodes: 0 }),
): ValidatingAdmissionPolicy {
  cluster.create('validatingadmissionpolicies', { metadata: { name: 'policy' }, spec })
  cluster.settle()
  return cluster.get('validatingadmissionpolicies', { name: 'policy' }) as ValidatingAdmissionPolicy
}

it('a policy without faults is marked as seen, under the name of the controller', () => {
  const { status, metadata } = checked({
    matchConstraints: { resourceRules: [rule('apps', 'deployments')] },
    variables: [{ name: 'n', expression: 'object.spec.replicas' }],
    validations: [
      {
        expression:
          'variables.n <= 5 && object.metadata.creationTimestamp < timestamp("2030-01-01T00:00:00Z")',
      },
    ],
  })
  expect(status).toEqual({ observedGeneration: 1, typeChecking: {} })
  expect(
    metadata.managedFields?.map(({ manager, operation, subresource }) => ({
      manager,
      operation,
      subresource,
    })),
  ).toContainEqual({ manager: 'validatingadmissionpolicy-status', operation: 'Apply', subresource: 'status' })
})

it('each type that an expression does not fit is told, as the documentation shows', () => {
  const { status } = checked({
    matchConstraints: {
      resourceRules: [rule('apps', 'replicasets', 'deployments', 'deployments/scale'), rule('*', 'pods')],
    },
    validations: [
      { expression: 'object.replicas > 1', messageExpression: "'no ' + object.spec.replicas" },
      { expression: 'has(params.x)', message: 'm' },
    ],
    paramKind: { apiVersion: 'none.io/v1', kind: 'None' },
  })
  const fault = ' | object.replicas > 1\n | ......^\n'
  expect(status.observedGeneration).toBe(1)
  const [first, second, third, ...rest] = status.typeChecking?.expressionWarnings ?? []
  expect(rest).toEqual([])
  expect(first).toEqual({
    fieldRef: 'spec.validations[0].expression',
    warning: ['Deployment', 'ReplicaSet']
      .map((kind) => `apps/v1, Kind=${kind}: ERROR: <input>:1:7: undefined field 'replicas'\n${fault}`)
      .join('\n'),
  })
  expect(second?.fieldRef).toBe('spec.validations[0].messageExpression')
  expect(second?.warning).toContain("found no matching overload for '_+_' applied to '(string, int)'")
  expect(third?.warning).toContain(
    "apps/v1, Kind=Deployment: ERROR: <input>:1:5: undeclared reference to 'params' (in container '')",
  )
})

it('a new generation is looked at again; kinds of CRDs have types too', () => {
  const cluster = new SimCluster({ version: 'v1.34', nodes: 0 })
  const schema = { openAPIV3Schema: { type: 'object', properties: { size: { type: 'integer' } } } }
  cluster.create('customresourcedefinitions', {
    metadata: { name: 'ws.x.io' },
    spec: {
      group: 'x.io',
      scope: 'Namespaced',
      names: { plural: 'ws', kind: 'W' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  })
  cluster.settle()
  const policy = checked(
    {
      matchConstraints: { resourceRules: [rule('x.io', 'ws')] },
      validations: [{ expression: 'object.size > 1' }],
    },
    cluster,
  )
  expect(policy.status.typeChecking).toEqual({})
  cluster.client.update('validatingadmissionpolicies', {
    ...policy,
    spec: { ...policy.spec, validations: [{ expression: 'object.length > 1' }] },
  })
  cluster.settle()
  const { status } = cluster.get('validatingadmissionpolicies', {
    name: 'policy',
  }) as ValidatingAdmissionPolicy
  expect(status.observedGeneration).toBe(2)
  expect(status.typeChecking?.expressionWarnings?.[0]?.warning).toContain(
    "x.io/v1, Kind=W: ERROR: <input>:1:7: undefined field 'length'",
  )
})
