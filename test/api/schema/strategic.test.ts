import { describe, expect, it } from 'vitest'
import { applyStrategicPatch } from '../../../src/api/schema/strategic.js'
import { createScheme } from '../../../src/api/scheme.js'

const scheme = createScheme('v1.34')
const podTable = scheme.messageOf(scheme.byName('pods') as NonNullable<ReturnType<typeof scheme.byName>>)

/** The spec that a patch of a pod's spec makes. */
function patched(spec: object, patch: object): unknown {
  return (applyStrategicPatch(podTable, { spec }, { spec: patch }) as { spec?: unknown }).spec
}

const volumes = (...names: readonly string[]): object => ({ volumes: names.map((name) => ({ name })) })

describe('applyStrategicPatch', () => {
  it('drops nulls and maps with directives of what is new', () => {
    expect(
      patched(
        {},
        { volumes: [{ name: 'a', secret: null, emptyDir: { $patch: 'replace' } }, { $patch: 'delete' }] },
      ),
    ).toEqual({ volumes: [{ name: 'a' }] })
  })

  it('takes items of lists as they are', () => {
    expect(patched(volumes('a'), { volumes: [{ name: 'b', secret: null }] })).toEqual({
      volumes: [{ name: 'b', secret: null }, { name: 'a' }],
    })
    const toleration = { key: 'k', $patch: 'bogus' }
    expect(patched({ tolerations: [] }, { tolerations: [toleration] })).toEqual({ tolerations: [toleration] })
  })

  it('deletes from lists that are else replaced', () => {
    const args = (...values: readonly string[]): object => ({ containers: [{ name: 'c', args: values }] })
    expect(
      patched(args('a', 'b'), { containers: [{ name: 'c', '$deleteFromPrimitiveList/args': ['a'] }] }),
    ).toEqual(args('b'))
  })

  it('needs no retained key for nulls', () => {
    const volume = { name: 'a', emptyDir: {}, secret: { secretName: 's' } }
    const patch = { name: 'a', secret: null, $retainKeys: ['name', 'emptyDir'] }
    expect(patched({ volumes: [volume] }, { volumes: [patch] })).toEqual({
      volumes: [{ name: 'a', emptyDir: {} }],
    })
  })

  it.each<[patch: object, message: string]>([
    [
      { volumes: [{ name: 'a', $patch: 5 }] },
      'unknown patch type: %!s(int64=5) in map: map[$patch:5 name:a]',
    ],
    [{ volumes: ['a'] }, 'list element types are not identical: [[map[name:a]] [a]]'],
    [{ volumes: [{}] }, 'map: map[] does not contain declared merge key: name'],
    [{ '$setElementOrder/volumes': 'a' }, 'expected a []interface {}, but received a string'],
    [
      { '$setElementOrder/volumes': [{ name: 'b' }], volumes: [{ name: 'a' }] },
      "The order in patch list:\n[map[name:a]]\n doesn't match $setElementOrder list:\n[map[name:b]]\n",
    ],
  ])('refuses %j', (patch, message) => {
    expect(() => patched(volumes('a'), patch)).toThrow(message)
  })

  it('refuses the order of two lists without items', () => {
    expect(() => patched(volumes(), { '$setElementOrder/volumes': [], volumes: [] })).toThrow(
      'no elements in any of the given slices',
    )
  })
})
