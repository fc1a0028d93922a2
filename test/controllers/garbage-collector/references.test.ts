import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../src/api/kind/definition.js'
import type { OwnerReference } from '../../../src/api/meta/generated.js'
import {
  blocks,
  isDeletedWith,
  judge,
  referenceChange,
} from '../../../src/controllers/garbage-collector/references.js'

const owner = (uid: string, blockOwnerDeletion?: boolean): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: uid,
  uid,
  ...(blockOwnerDeletion === undefined ? {} : { blockOwnerDeletion }),
})
const object = (
  ownerReferences: readonly OwnerReference[],
  finalizers: readonly string[] = [],
): KubeObject => ({ metadata: { name: 'o', uid: 'o', ownerReferences, finalizers } })

describe('judgement', () => {
  const [a, b, c] = [owner('a'), owner('b'), owner('c')]
  const none = { solid: [], dangling: [], waiting: [] }
  test.each<[what: string, classified: object, finalizers: string[], dependents: boolean, verdict: object]>([
    ['no owners', {}, [], false, { kind: 'keep' }],
    ['all owners are there', { solid: [a, b] }, [], false, { kind: 'keep' }],
    [
      'one is there: the others are released',
      { solid: [a], dangling: [b], waiting: [c] },
      [],
      true,
      { kind: 'release', owners: ['b', 'c'] },
    ],
    ['all gone', { dangling: [a] }, [], true, { kind: 'delete', propagation: 'Background' }],
    [
      'all gone, orphan finalizer',
      { dangling: [a] },
      ['orphan'],
      false,
      { kind: 'delete', propagation: 'Orphan' },
    ],
    [
      'all gone, foreground finalizer',
      { dangling: [a] },
      ['foregroundDeletion'],
      false,
      { kind: 'delete', propagation: 'Foreground' },
    ],
    [
      'an owner waits, dependents',
      { dangling: [a], waiting: [b] },
      [],
      true,
      { kind: 'delete', propagation: 'Foreground' },
    ],
    [
      'an owner waits, no dependents',
      { waiting: [b] },
      [],
      false,
      { kind: 'delete', propagation: 'Background' },
    ],
    [
      'an owner waits, dependents, orphan finalizer',
      { waiting: [b] },
      ['orphan'],
      true,
      { kind: 'delete', propagation: 'Foreground' },
    ],
  ])('%s', (_, classified, finalizers, dependents, verdict) => {
    expect(judge(object([], finalizers), { ...none, ...classified }, dependents)).toEqual(verdict)
  })
})

test('changes of references', () => {
  const change = (old: OwnerReference[] | undefined, now: OwnerReference[]): object =>
    referenceChange(old && object(old), object(now))
  expect(change(undefined, [owner('a')])).toEqual({ added: [owner('a')], unblocked: [] })
  expect(change([owner('a', true)], [owner('b')])).toEqual({ added: [owner('b')], unblocked: ['a'] })
  expect(change([owner('a', true)], [owner('a', false)])).toEqual({ added: [], unblocked: ['a'] })
  expect(change([owner('a', false)], [owner('a', true)])).toEqual({ added: [], unblocked: [] })
  expect(change([owner('a')], [])).toEqual({ added: [], unblocked: [] })
})

test('blocking and finalizers', () => {
  expect([
    blocks(object([owner('a', true)]), 'a'),
    blocks(object([owner('a')]), 'a'),
    blocks(object([owner('b', true)]), 'a'),
  ]).toEqual([true, false, false])
  expect(isDeletedWith(object([], ['orphan']), 'orphan')).toBe(false)
  expect(isDeletedWith({ metadata: { deletionTimestamp: 't', finalizers: ['orphan'] } }, 'orphan')).toBe(true)
  expect(isDeletedWith(undefined, 'orphan')).toBe(false)
})
