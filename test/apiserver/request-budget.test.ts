import { beforeEach, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'

let cluster: SimCluster
beforeEach(() => {
  cluster = new SimCluster({ nodes: 0 })
})

const crd = (
  schema: object,
  columns: readonly { name: string; type: string; jsonPath: string }[] = [],
): void => {
  cluster.create('customresourcedefinitions', {
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { kind: 'Thing', plural: 'things' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: schema } } },
          additionalPrinterColumns: columns,
        },
      ],
    },
  })
  cluster.settle()
}

const made = (spec: unknown): string => {
  const body = JSON.stringify({ apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' }, spec })
  const user = { name: 'root', groups: ['system:masters'] }
  const path = '/apis/example.com/v1/namespaces/default/things'
  const response = cluster.http.handle({ method: 'POST', path, headers: {}, body, user })
  return `${response.code} ${'body' in response ? response.body : ''}`
}

test('a pattern with a large program and a long value end in 504', () => {
  crd({ type: 'string', pattern: '(a?){500}(b)c*$' })
  expect(made('ab')).toMatch(/^201/)
  expect(made(`${'a'.repeat(1_000_000)}b`)).toMatch(/^504 .*"reason":"Timeout"/)
})

test('many values of a pattern have one budget', () => {
  crd({ type: 'array', items: { type: 'string', pattern: '^([0-9a-z]?){500}$' } })
  expect(made(['a'])).toMatch(/^201/)
  expect(made(Array.from({ length: 60_000 }, () => 'abcdefghij'))).toMatch(
    /^504 .*the request takes more than/,
  )
})

test('a printer column with repeated descents is empty, and the list is printed', () => {
  const jsonPath = '.spec..a..a..a..a..a..a'
  crd({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, [
    { name: 'A', type: 'string', jsonPath },
  ])
  let spec: object = {}
  for (let depth = 0; depth < 60; depth++) spec = { a: spec }
  expect(made(spec)).toMatch(/^201/)
  const { stdout } = cluster.kubectl('get things')
  expect(stdout).toMatch(/^NAME +A\na +$/m)
})
