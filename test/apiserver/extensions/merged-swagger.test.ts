import { expect, test } from 'vitest'
import { mergeSwagger } from '../../../src/apiserver/extensions/merged-swagger.js'
import type { SwaggerDocument } from '../../../src/apiserver/http/openapi/swagger-document.js'

const kind = (version: string): object => ({ group: 'x.io', version, kind: 'Thing' })
const own: SwaggerDocument = {
  swagger: '2.0',
  info: { title: 'Kubernetes', version: '1.35' },
  paths: { '/apis/x.io/v1/things': { get: { own: true } } },
  definitions: {
    'io.k8s.ObjectMeta': { type: 'object' },
    'x.Other': { type: 'string' },
    'x.Same': { type: 'object', 'x-kubernetes-group-version-kind': [kind('v1')] },
  },
  securityDefinitions: {},
  security: [],
}

const ref = (name: string): object => ({ $ref: `#/definitions/${name}` })
const text = (paths: object, definitions: object): string =>
  JSON.stringify({ swagger: '2.0', paths, definitions })

test('only paths of the group version are added, with the definitions that they use', () => {
  const merged = mergeSwagger(
    own,
    'y.io/v1',
    text(
      { '/apis/y.io/v1/ys': { get: ref('y.Y') }, '/apis/y.io/v2/ys': { get: ref('y.Z') }, '/healthz': {} },
      { 'y.Y': { properties: { deep: ref('y.Deep') } }, 'y.Deep': { type: 'string' }, 'y.Z': {} },
    ),
  )
  expect(Object.keys(merged.paths)).toEqual(['/apis/x.io/v1/things', '/apis/y.io/v1/ys'])
  expect(Object.keys(merged.definitions)).toEqual([...Object.keys(own.definitions), 'y.Deep', 'y.Y'])
})

test('a path that is there stays, and brings no definitions', () => {
  const merged = mergeSwagger(
    own,
    'x.io/v1',
    text({ '/apis/x.io/v1/things': { get: ref('x.New') } }, { 'x.New': {} }),
  )
  expect(merged.paths).toEqual(own.paths)
  expect(Object.keys(merged.definitions)).not.toContain('x.New')
})

test('definitions of one name with other contents are renamed, and equal ones share their kinds', () => {
  const paths = {
    '/apis/x.io/v2/things': { get: { a: ref('x.Other'), b: ref('x.Same'), c: ref('io.k8s.ObjectMeta') } },
  }
  const definitions = {
    'x.Other': { type: 'integer', properties: { self: ref('x.Other') } },
    'x.Same': { type: 'object', 'x-kubernetes-group-version-kind': [kind('v1'), kind('v2')] },
    'io.k8s.ObjectMeta': { type: 'object' },
  }
  const merged = mergeSwagger(own, 'x.io/v2', text(paths, definitions))
  expect(merged.definitions).toEqual({
    ...own.definitions,
    'x.Other_v2': { type: 'integer', properties: { self: ref('x.Other_v2') } },
    'x.Same': { type: 'object', 'x-kubernetes-group-version-kind': [kind('v1'), kind('v2')] },
  })
  expect(merged.paths['/apis/x.io/v2/things']).toEqual({
    get: { a: ref('x.Other_v2'), b: ref('x.Same'), c: ref('io.k8s.ObjectMeta') },
  })
  const again = mergeSwagger(
    merged,
    'x.io/v3',
    text({ '/apis/x.io/v3/z': { get: ref('x.Other') } }, { 'x.Other': { type: 'null' } }),
  )
  expect(again.definitions['x.Other_v3']).toEqual({ type: 'null' })
})

test.each([
  '',
  'null',
  '[]',
  '{"swagger":"3"}',
  '{"swagger":"2.0","paths":[]}',
  '{"swagger":"2.0","paths":{"/a":1}}',
])('text that is no document adds nothing: %s', (given) =>
  expect(mergeSwagger(own, 'x.io/v2', given)).toBe(own),
)
