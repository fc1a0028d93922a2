import { expect, test } from 'vitest'
import { prune } from '../../../../src/api/apiextensions/custom/prune.js'
import type { Schema } from '../../../../src/api/apiextensions/schema/schema.js'
import { partial } from '../../../support/typed.js'
import { SimCluster } from '../../../../src/cluster/sim-cluster.js'

const KEEPS = { 'x-kubernetes-preserve-unknown-fields': true } as const
const items = {
  type: 'object',
  properties: { known: { type: 'string' }, inner: { type: 'object', properties: { a: { type: 'string' } } } },
} as const

const pruned = (schema: object, value: object): readonly [object, readonly string[]] => {
  const draft = structuredClone(value)
  return [draft, prune(draft, partial<Schema>({ type: 'object', properties: { list: schema } }), false)]
}

test('a list that preserves unknown fields keeps those of its items, and not those deeper', () => {
  const value = { list: [{ known: 'k', more: 1, inner: { a: 'a', b: 'b' } }], gone: true }
  expect(pruned({ type: 'array', ...KEEPS, items }, value)).toEqual([
    { list: [{ known: 'k', more: 1, inner: { a: 'a' } }] },
    ['gone', 'list[0].inner.b'],
  ])
  expect(pruned({ type: 'array', items }, value)[0]).toEqual({ list: [{ known: 'k', inner: { a: 'a' } }] })
})

test('lists of lists keep the fields of their innermost items', () => {
  const value = { list: [[{ known: 'k', more: 1 }]] }
  expect(pruned({ type: 'array', ...KEEPS, items: { type: 'array', items } }, value)).toEqual([value, []])
})

test('a custom resource keeps unknown fields of the items of such a list through the API', () => {
  const cluster = new SimCluster({ nodes: 0 })
  cluster.apply({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.x.io' },
    spec: {
      group: 'x.io',
      names: { kind: 'Thing', plural: 'things' },
      scope: 'Cluster',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { kept: { type: 'array', ...KEEPS, items }, strict: { type: 'array', items } },
            },
          },
        },
      ],
    },
  })
  cluster.settle()
  const list = [{ known: 'k', more: { deep: 1 } }]
  const thing = { apiVersion: 'x.io/v1', kind: 'Thing', metadata: { name: 't' } }
  expect(() => cluster.apply({ ...thing, strict: list })).toThrow('unknown field "strict[0].more"')
  cluster.apply({ ...thing, kept: list })
  expect(JSON.parse(cluster.kubectl('get thing t -o json').stdout)).toMatchObject({ kept: list })
})
