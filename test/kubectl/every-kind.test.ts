import { SimCluster } from 'simcluster'
import { describe, expect, test } from 'vitest'
import type { KindDefinition, KubeObject } from '../../src/api/kind/definition.js'
import { createScheme } from '../../src/api/scheme.js'
import { ApiError } from '../../src/client/api-error.js'
import type { Client } from '../../src/client/client.js'
import { describeObject } from '../../src/kubectl/describe/describe-object.js'
import { KubectlError } from '../../src/kubectl/call/errors.js'
import { releaseOf } from '../../src/kubectl/call/release.js'
import { type Extent, extents, shapeOf } from '../support/shapes.js'
import { partial } from '../support/typed.js'

const now = Date.parse('2026-01-02T00:00:00Z')
const scheme = createScheme('v1.35')
const kinds = scheme
  .definitions()
  .filter(({ verbs }) => verbs.includes('get'))
  .map((kind) => [`${kind.resource}.${kind.version}.${kind.group}`, kind] as const)

/** A client whose lists hold one object of the same extent, or nothing. */
function clientOf(extent: Extent, isEmpty: boolean): Client {
  const find = (resource: string): KubeObject => {
    const definition = scheme.byName(resource)
    if (isEmpty || !definition) throw new ApiError(404, 'NotFound', `${resource} not found`)
    return shapeOf(scheme, definition, extent)
  }
  return partial<Client>({
    get: find,
    list: (resource: string) => ({ items: isEmpty ? [] : [find(resource)] }),
    getSubresource: find,
  })
}

/** What kubectl says of a request for a certificate that holds none. */
const NO_REQUEST = 'Error parsing CSR: PEM block type must be CERTIFICATE REQUEST'

function describeShape(definition: KindDefinition, extent: Extent, isEmpty: boolean): string {
  try {
    return describeObject(shapeOf(scheme, definition, extent), {
      client: clientOf(extent, isEmpty),
      definition,
      now,
      release: releaseOf('v1.35'),
      withEvents: true,
    })
  } catch (error) {
    if (error instanceof KubectlError) return error.message
    throw error
  }
}

describe.each(extents)('of %s objects', (extent) => {
  test.each(kinds)('%s is described', (_, definition) => {
    for (const isEmpty of [false, true]) {
      const text = describeShape(definition, extent, isEmpty)
      if (text === NO_REQUEST) continue
      expect(text).toMatch(/^Name:/)
      expect(text).not.toMatch(/undefined|NaN|\[object|\bnull\b/)
    }
  })

  test.each(kinds)('%s has a row', (_, definition) => {
    const object = shapeOf(scheme, definition, extent)
    for (const { name, cell } of definition.columns) {
      const shown = cell(object, now)
      expect([name, String(shown)]).toEqual([name, expect.not.stringMatching(/undefined|NaN|\[object/)])
    }
  })
})

test('objects whose lists the server writes as null are used as well as described', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.create('limitranges', { metadata: { name: 'none' }, spec: { limits: null } })
  cluster.kubectl('create service clusterip web --tcp=80')
  cluster.kubectl('run web --image=nginx')
  cluster.settle()
  expect(cluster.get('pods', 'web').status.phase).toBe('Running')
  for (const what of ['limits', 'svc', 'endpointslices', 'csinodes'])
    expect(cluster.kubectl(`describe ${what}`).exitCode).toBe(0)
})
