import { badInput } from '../../support/typed.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConfigMap, Service } from '../../../src/api/core/generated.js'
import { isApiError } from '../../../src/client/api-error.js'
import type { Client } from '../../../src/client/client.js'
import { harness } from '../harness.js'

const service = (ports: readonly object[], more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's', ...more },
  spec: { ports },
})
const at = { namespace: 'default', name: 's' }
const apply = (client: Client, body: object, fieldManager = 'one', force = false): Service =>
  client.patch('services', at, { type: 'apply', body }, { fieldManager, force })
const refusal = (run: () => unknown): [number, string] => {
  try {
    run()
  } catch (error) {
    if (isApiError(error)) return [error.code, error.message]
    throw error
  }
  return [200, 'nothing']
}

describe('refused configurations', () => {
  const { client } = harness()
  const typed = (text: string): [number, string] => [
    500,
    `failed to create typed patch object (/s; /v1, Kind=Service): ${text}`,
  ]
  it.each<[string, unknown, [number, string]]>([
    [
      'of another version',
      { ...service([]), apiVersion: 'v2' },
      [400, 'invalid object type: /v2, Kind=Service'],
    ],
    ['of no kind', {}, [400, 'invalid object type: /, Kind=']],
    ['with managedFields', service([], { managedFields: [] }), [400, 'metadata.managedFields must be nil']],
    [
      'with an unknown field',
      { ...service([]), spec: { nope: 1 } },
      typed('.spec.nope: field not declared in schema'),
    ],
    [
      'with a number for a text',
      { ...service([]), spec: { type: 5 } },
      typed('.spec.type: expected string, got &value.valueUnstructured{Value:5}'),
    ],
    [
      'with a text for a number',
      service([{ port: '80' }]),
      typed('.spec.ports[port="80",protocol="TCP"].port: expected numeric (int or float), got string'),
    ],
    [
      'with a map for a list',
      { ...service([]), spec: { ports: { a: 1 } } },
      typed('.spec.ports: expected list, got &{map[a:1]}'),
    ],
    ['with a list for a map', { ...service([]), spec: [] }, typed('.spec: expected map, got &{[]}')],
    [
      'with several faults',
      { ...service([]), spec: { type: true, allocateLoadBalancerNodePorts: 'x' } },
      typed(
        'errors:\n  .spec.type: expected string, got &value.valueUnstructured{Value:true}\n' +
          '  .spec.allocateLoadBalancerNodePorts: expected boolean, got &{x}',
      ),
    ],
    [
      'with an item twice',
      service([{ port: 1 }, { port: 1, protocol: 'TCP' }]),
      typed('.spec.ports: duplicate entries for key [port=1,protocol="TCP"]'),
    ],
    [
      'with an item that is none',
      service([badInput(null)]),
      typed('.spec.ports: element 0: associative list with keys may not have a null element'),
    ],
    [
      'with the name of another',
      service([{ port: 1 }], { name: 'other' }),
      [400, 'the name of the object (other) does not match the name on the URL (s)'],
    ],
    [
      'of another namespace',
      service([{ port: 1 }], { namespace: 'other' }),
      [400, 'the namespace of the provided object does not match the namespace sent on the request'],
    ],
  ])('%s', (_, body, expected) => {
    expect(refusal(() => apply(client, body as object))).toEqual(expected)
    expect(client.list('services', { namespace: 'default', fieldSelector: 'metadata.name=s' }).items).toEqual(
      [],
    )
  })

  it('without a manager', () => {
    expect(refusal(() => apply(client, service([]), ''))).toEqual([
      422,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    ])
  })

  it('on a status of what is not there', () => {
    const body = { ...service([]), spec: undefined }
    expect(
      refusal(() =>
        client.patch('services', at, { type: 'apply', body }, { fieldManager: 'm', subresource: 'status' }),
      ),
    ).toEqual([404, 'services "s" not found'])
  })
})

const data = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2'), {
  minKeys: 1,
  maxKeys: 4,
})
const steps = fc.array(
  fc.record({
    manager: fc.constantFrom('x', 'y', 'z'),
    values: data,
    how: fc.constantFrom('apply', 'force', 'merge' as const),
  }),
  { minLength: 1, maxLength: 8 },
)
const key = { namespace: 'default', name: 'm' }
const config = (values: object): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'm' },
  data: values,
})

/** Who owns which keys, by `manager operation`. */
function owned({ metadata }: ConfigMap): Map<string, readonly string[]> {
  return new Map(
    (metadata.managedFields ?? []).map(({ manager = '', operation = '', fieldsV1 }) => [
      `${manager} ${operation}`,
      Object.keys((fieldsV1 as { 'f:data'?: object })['f:data'] ?? {})
        .filter((name) => name !== '.')
        .map((name) => name.slice(2)),
    ]),
  )
}

describe('histories of applies and patches', () => {
  it('are idempotent, move ownership by force, and own all that is there', () => {
    const { client } = harness()
    fc.assert(
      fc.property(steps, (history) => {
        if (refusal(() => client.get('configmaps', key))[0] === 200) client.delete('configmaps', key)
        for (const { manager, values, how } of history) {
          if (how === 'merge') {
            const [code] = refusal(() =>
              client.patch(
                'configmaps',
                key,
                { type: 'merge', body: { data: values } },
                { fieldManager: manager },
              ),
            )
            expect([200, 404]).toContain(code)
            continue
          }
          const run = (): ConfigMap =>
            client.patch(
              'configmaps',
              key,
              { type: 'apply', body: config(values) },
              { fieldManager: manager, force: how === 'force' },
            )
          const [code] = refusal(run)
          if (code === 409) {
            expect(how).toBe('apply')
            continue
          }
          const after = client.get('configmaps', key)
          // again: the very same object
          expect(run()).toBe(after)
          const owners = owned(after)
          for (const [name, value] of Object.entries(values)) {
            expect(after.data?.[name]).toBe(value)
            expect(owners.get(`${manager} Apply`)).toContain(name)
          }
          for (const name of owners.get(`${manager} Apply`) ?? []) expect(Object.keys(values)).toContain(name)
          const all = new Set([...owners.values()].flat())
          for (const name of Object.keys(after.data ?? {})) expect(all).toContain(name)
          for (const name of all) expect(Object.keys(after.data ?? {})).toContain(name)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('take fields from all others by force', () => {
    const { client } = harness()
    client.patch(
      'configmaps',
      key,
      { type: 'apply', body: config({ a: '1', b: '1' }) },
      { fieldManager: 'x' },
    )
    client.patch('configmaps', key, { type: 'merge', body: { data: { c: '1' } } }, { fieldManager: 'y' })
    const after = client.patch(
      'configmaps',
      key,
      { type: 'apply', body: config({ a: '2', c: '2' }) },
      { fieldManager: 'z', force: true },
    )
    expect(Object.fromEntries(owned(after))).toEqual({ 'x Apply': ['b'], 'z Apply': ['a', 'c'] })
  })
})
