import { describe, expect, test } from 'vitest'
import type { NamespaceCondition } from '../../../src/api/core/generated.js'
import type { ContentReport } from '../../../src/controllers/namespace/conditions.js'
import { namespaceConditions } from '../../../src/controllers/namespace/conditions.js'
import type { Leftover } from '../../../src/controllers/namespace/content.js'
import { deletionPass } from '../../../src/controllers/namespace/content.js'
import type { ServedResource } from '../../../src/controllers/shared/served-resources.js'

const clean: ContentReport = { remaining: new Map(), finalizers: new Map(), errors: [] }
const T0 = Date.UTC(2026, 0, 1)
const lines = (conditions: readonly NamespaceCondition[]): string[] =>
  conditions.map(({ type, status, reason, message }) => [type, status, reason, message].join('|'))

/** As a real v1.34.9 wrote them (recording ns-delete-full). */
const recorded = [
  'NamespaceDeletionDiscoveryFailure|False|ResourcesDiscovered|All resources successfully discovered',
  'NamespaceDeletionGroupVersionParsingFailure|False|ParsedGroupVersions|All legacy kube types ' +
    'successfully parsed',
  'NamespaceDeletionContentFailure|True|ContentDeletionFailed|Failed to delete all resource types, 1 ' +
    'remaining: ' +
    'unexpected items still remain in namespace: g-ns-delete-full for gvr: /v1, Resource=pods',
  'NamespaceContentRemaining|False|ContentRemoved|All content successfully removed',
  'NamespaceFinalizersRemaining|False|ContentHasNoFinalizers|All content-preserving finalizers finished',
]

describe('conditions', () => {
  const errors = ['unexpected items still remain in namespace: g-ns-delete-full for gvr: /v1, Resource=pods']

  test('all five, in the recorded order and words', () => {
    expect(lines(namespaceConditions([], { ...clean, errors }, T0))).toEqual(recorded)
  })

  test('they flip back, and only what flips gets a new time', () => {
    const failed = namespaceConditions([], { ...clean, errors }, T0)
    const done = namespaceConditions(failed, clean, T0 + 5_000)
    expect(lines(done)[2]).toBe(
      'NamespaceDeletionContentFailure|False|ContentDeleted|' +
        'All content successfully deleted, may be waiting on finalization',
    )
    expect(done.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual([
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:05Z',
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00Z',
    ])
    expect(namespaceConditions(done, clean, T0 + 9_000)).toBe(done)
  })

  test('what remains is listed in order', () => {
    const remaining = new Map([
      ['pods.', 2],
      ['deployments.apps', 1],
    ])
    const finalizers = new Map([
      ['z/z', 1],
      ['a/b', 2],
    ])
    const conditions = lines(namespaceConditions([], { remaining, finalizers, errors: ['b', 'a'] }, T0))
    expect(conditions.slice(2)).toEqual([
      'NamespaceDeletionContentFailure|True|ContentDeletionFailed|Failed to delete all resource ' +
        'types, 2 remaining: a, b',
      'NamespaceContentRemaining|True|SomeResourcesRemain|Some resources are remaining: ' +
        'deployments.apps has 1 resource instances, pods. has 2 resource instances',
      'NamespaceFinalizersRemaining|True|SomeFinalizersRemain|Some content in the namespace has ' +
        'finalizers remaining: ' +
        'a/b in 2 resource instances, z/z in 1 resource instances',
    ])
  })
})

describe('pass over the content', () => {
  const served = (resource: string, group = ''): ServedResource => ({
    resource,
    group,
    version: 'v1',
    kind: resource,
    namespaced: true,
    verbs: ['delete'],
  })
  const resources = [served('configmaps'), served('pods'), served('deployments', 'apps')]
  const none: Leftover = { count: 0, finalizers: new Map(), estimate: 0, inGrace: false }
  const run = (
    podsFirst: boolean,
    pods: Partial<Leftover>,
  ): { order: string[]; pass: ReturnType<typeof deletionPass> } => {
    const order: string[] = []
    const pass = deletionPass(resources, podsFirst, ({ resource }) => {
      order.push(resource)
      return resource === 'pods' ? { ...none, ...pods } : none
    })
    return { order, pass }
  }

  test('pods first, nothing else while there are any', () => {
    const { order, pass } = run(true, { count: 2, estimate: 30, inGrace: true })
    expect(order).toEqual(['pods'])
    expect([pass.estimate, pass.inGrace, [...pass.remaining]]).toEqual([30, true, [['pods.', 2]]])
    expect(run(true, { error: 'x' }).order).toEqual(['pods'])
    expect(run(true, {}).order).toEqual(['pods', 'configmaps', 'deployments'])
  })

  test('before v1.33 all at once', () => {
    expect(run(false, { count: 1, estimate: 30 }).order).toEqual(['configmaps', 'pods', 'deployments'])
  })
})
