import type { HttpResponse } from '../../../src/client/http.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { deepFreeze } from '../../../src/api/schema/freeze.js'
import { isList, jsonText, listBytes } from '../../../src/apiserver/http/json-text.js'

const item = fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), {
  maxKeys: 3,
})

test('a list put together from parts is what JSON.stringify writes, as text and as bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(item, fc.boolean()), { minLength: 1, maxLength: 4 }), (items) => {
      const list = {
        kind: 'List',
        metadata: { name: 'é' },
        items: items.map(([one, frozen]) => (frozen ? deepFreeze(one) : one)),
      }
      const text = JSON.stringify(list)
      for (let time = 0; time < 2; time++) {
        expect(jsonText(list)).toBe(text)
        expect(isList(list) && new TextDecoder().decode(listBytes(list))).toBe(`${text}\n`)
      }
    }),
  )
})

test('an answered list may be had as bytes', () => {
  const cluster = new SimCluster({ nodes: 2 })
  const user = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }
  const list = (): { body: string; encoded?: () => Uint8Array } =>
    cluster.http.handle({ method: 'GET', path: '/api/v1/nodes', user }) as HttpResponse
  for (let time = 0; time < 2; time++) {
    const { body, encoded } = list()
    expect(JSON.parse(body).items).toHaveLength(2)
    expect(new TextDecoder().decode(encoded?.())).toBe(body)
    cluster.advance('30s')
  }
})
