import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../src/api/definition.js'
import { createScheme } from '../../../src/api/scheme.js'
import { trackUpdate } from '../../../src/apiserver/apply/field-manager.js'
import { fieldFilter } from '../../../src/apiserver/apply/reset-fields.js'
import type { FieldSet } from '../../../src/apiserver/apply/field-set.js'
import { emptyObject, trackedKind } from '../../../src/apiserver/registry/managed-fields.js'
import { Resources } from '../../../src/apiserver/registry/resources.js'

/** Objects of a real v1.34 cluster that one manager made, and the fields that the real server noted for it. */
const file = new URL('../../fixtures/apply/owned.json', import.meta.url)
const cases = JSON.parse(readFileSync(file, 'utf8')) as readonly { readonly object: KubeObject; readonly fieldsV1: FieldSet }[]
const resources = new Resources(createScheme('v1.34'))

describe('fields of a creator, to the byte as the real server notes them', () => {
  it.each(cases.map(({ object, fieldsV1 }) => [`${object.kind ?? ''} ${object.metadata.name ?? ''}`, object, fieldsV1] as const))(
    '%s', (_, object, fieldsV1) => {
      const resource = resources.ofKind(object.apiVersion ?? '', object.kind ?? '')
      if (resource === undefined) throw new Error(`no ${object.kind ?? ''}`)
      const write = { manager: 'm', subresource: undefined, time: '2026-01-01T00:00:00Z', filter: fieldFilter(resource.definition, '') }
      const [entry] = trackUpdate(trackedKind(resources, resource), write, emptyObject(resource.message), object, [])
      expect(JSON.stringify(entry?.fieldsV1)).toBe(JSON.stringify(fieldsV1))
    },
  )
})
