import * as fc from 'fast-check'
import { SimCluster, type KubeObject } from 'simcluster'
import { arbitraries } from 'simcluster/testing'
import { describe, expect, test } from 'vitest'

const cluster = new SimCluster({ nodes: 0 })

/** Applies an object to a copy of the cluster, as a user does; returns the refusal. */
function refusalOf(object: KubeObject): string | undefined {
  try {
    cluster.fork().apply(object)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

const kinds: readonly (readonly [apiVersion: string, kind: string])[] = [
  ['v1', 'Pod'],
  ['v1', 'Service'],
  ['v1', 'ConfigMap'],
  ['v1', 'PersistentVolumeClaim'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['batch/v1', 'CronJob'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
]

describe.each(kinds)('objects of %s %s', (apiVersion, kind) => {
  const { valid, broken } = arbitraries(fc).objects(apiVersion, kind, { cluster })

  test('are created, and differ', () => {
    const objects = fc.sample(valid, { numRuns: 5, seed: 1 })
    expect(objects.map((object) => refusalOf(object))).toEqual(objects.map(() => undefined))
    expect(new Set(objects.map((object) => JSON.stringify(object))).size).toBeGreaterThan(1)
  })

  test('are printed and described, and controllers live with them', () => {
    for (const object of fc.sample(valid, { numRuns: 2, seed: 3 })) {
      const each = cluster.fork()
      each.apply(object)
      const { name = '' } = object.metadata
      for (const line of [`get ${kind} -o wide`, `describe ${kind} ${name}`])
        expect(each.kubectl(line)).toMatchObject({ exitCode: 0, stderr: '' })
      each.advance('1m')
    }
  })

  test('with one broken rule are refused', () => {
    for (const { object, rule } of fc.sample(broken, { numRuns: 3, seed: 1 })) {
      expect(rule.message).not.toBe('')
      if (!/unknown field/.test(rule.message)) expect(refusalOf(object)).toBeDefined()
    }
  })
})

const gadgets = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: gadgets, singular: gadget, kind: Gadget}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              required: [size, colour]
              x-kubernetes-validations: [{rule: 'self.size < 7 || self.colour == "red"', message: 'big ones are red'}]
              properties:
                size: {type: integer, minimum: 3, maximum: 9}
                colour: {type: string, enum: [red, green]}
                code: {type: string, pattern: '^[A-Z]{2}$'}`

interface Gadget extends KubeObject {
  readonly spec: { readonly size: number; readonly colour: string; readonly code?: string }
}

describe('objects of a custom kind', () => {
  const factory = new SimCluster({ nodes: 0, manifests: gadgets })
  const { valid: objects, broken } = arbitraries(fc).objects('example.com/v1', 'Gadget', { cluster: factory })
  const valid = objects.map((object) => object as Gadget)

  test('keep the rules of its schema, also those in CEL', () => {
    const sample = fc.sample(valid, { numRuns: 40, seed: 1 })
    for (const { spec } of sample) {
      expect(spec.size).toBeGreaterThan(2)
      expect(spec.size < 7 || spec.colour === 'red').toBe(true)
      expect(spec.code ?? 'AA').toMatch(/^[A-Z]{2}$/)
    }
    expect(new Set(sample.map(({ spec }) => spec.size)).size).toBeGreaterThan(3)
    expect(sample.some(({ spec }) => spec.code !== undefined)).toBe(true)
  })

  test('break one of them at a time', () => {
    const rules = fc.sample(broken, { numRuns: 60, seed: 1 }).map(({ rule }) => rule)
    const fields = new Set(rules.map(({ field }) => field))
    for (const field of ['spec.size', 'spec.colour', 'spec.code']) expect(fields).toContain(field)
  })

  test('shrink to the simplest', () => {
    const found = fc.check(
      fc.property(valid, ({ spec }) => spec.size < 5),
      { seed: 1 },
    )
    const [shrunk] = found.counterexample ?? []
    expect(shrunk).toEqual({
      apiVersion: 'example.com/v1',
      kind: 'Gadget',
      metadata: { name: 'a', namespace: 'default', labels: { app: 'a' } },
      spec: { size: 5, colour: 'red' },
    })
  })
})

test('policies of the cluster count, and a base wins', () => {
  const strict = new SimCluster({ nodes: 0 })
  strict.kubectl('label namespace default pod-security.kubernetes.io/enforce=restricted')
  expect(() => arbitraries(fc).objects('v1', 'Pod', { cluster: strict })).toThrow(
    /^no valid Pod was found; give a base that meets:\n {2}.*violates PodSecurity/s,
  )
  const { valid } = arbitraries(fc).objects('v1', 'ConfigMap', { cluster, base: { data: { a: 'fixed' } } })
  for (const object of fc.sample(valid, { numRuns: 10, seed: 1 }))
    expect(object).toMatchObject({ data: { a: 'fixed' } })
  expect(() => arbitraries(fc).objects('v2', 'Pod', { cluster })).toThrow('the cluster creates no Pod of v2')
})

test('a manifest without metadata is refused by name', () => {
  expect(() => cluster.apply('apiVersion: v1\nkind: ConfigMap')).toThrow('resource name may not be empty')
})
