import { describe, expect, it } from 'vitest'
import { buildReplicaSet } from '../../../src/controllers/deployment/new-replica-set.js'
import {
  REVISION,
  REVISION_HISTORY,
  equalIgnoringHash,
  findNewReplicaSet,
  maxRevision,
  newReplicaSetAnnotations,
  surplusHistory,
} from '../../../src/controllers/deployment/replica-sets.js'
import { deployment, replicaSet } from '../shared/objects.js'

const revision = (name: string, number: number, replicas = 0) =>
  replicaSet(name, replicas, { annotations: { [REVISION]: String(number) } })

describe('surplusHistory', () => {
  const names = (limit: number | undefined, ...sets: ReturnType<typeof revision>[]): string[] =>
    surplusHistory(
      deployment(
        limit === undefined ? { revisionHistoryLimit: 2147483647 } : { revisionHistoryLimit: limit },
      ),
      sets,
    ).map(({ metadata }) => metadata.name as string)

  it('is the lowest revisions beyond the limit', () => {
    expect(names(1, revision('c', 3), revision('a', 1), revision('b', 2))).toEqual(['a', 'b'])
    expect(names(3, revision('a', 1))).toEqual([])
    expect(names(undefined, revision('a', 1))).toEqual([])
  })

  it('spares sets with pods, unobserved ones and those that are being deleted', () => {
    const unobserved = { ...revision('b', 2), metadata: { ...revision('b', 2).metadata, generation: 2 } }
    const deleted = {
      ...revision('c', 3),
      metadata: { ...revision('c', 3).metadata, deletionTimestamp: '1970-01-01T00:00:00Z' },
    }
    expect(names(0, revision('a', 1, 1), unobserved, deleted, revision('d', 4))).toEqual(['d'])
  })
})

describe('newReplicaSetAnnotations', () => {
  const d = deployment()
  const annotated = {
    ...d,
    metadata: {
      ...d.metadata,
      annotations: {
        'kubernetes.io/change-cause': 'why',
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
        [REVISION]: '7',
      },
    },
  }

  it('copies the annotations of the deployment but the bookkeeping ones', () => {
    expect(newReplicaSetAnnotations(annotated, {}, 1n)).toEqual({
      'kubernetes.io/change-cause': 'why',
      [REVISION]: '1',
    })
  })

  it('never lowers a revision, and keeps what it raises in the history', () => {
    expect(newReplicaSetAnnotations(d, { [REVISION]: '5' }, 3n)).toEqual({ [REVISION]: '5' })
    expect(newReplicaSetAnnotations(d, { [REVISION]: '1' }, 3n)).toEqual({
      [REVISION]: '3',
      [REVISION_HISTORY]: '1',
    })
    expect(newReplicaSetAnnotations(d, { [REVISION]: '3', [REVISION_HISTORY]: '1' }, 10n)).toEqual({
      [REVISION]: '10',
      [REVISION_HISTORY]: '1,3',
    })
  })

  it('counts revisions in 64 bits', () => {
    const sets = ['3546343826724305832', 'x', '7'].map((text, at) => ({
      ...revision(`r${at}`, 0),
      metadata: { annotations: { [REVISION]: text } },
    }))
    const next = maxRevision(sets as Parameters<typeof maxRevision>[0]) + 1n
    expect(newReplicaSetAnnotations(d, { [REVISION]: '1' }, next)[REVISION]).toBe('3546343826724305833')
  })

  it('forgets the oldest revisions when the history gets too long', () => {
    const long = Array.from({ length: 500 }, (_, at) => String(at + 1000)).join(',')
    const history = newReplicaSetAnnotations(d, { [REVISION]: '2000', [REVISION_HISTORY]: long }, 2001n)[
      REVISION_HISTORY
    ] as string
    expect(history.length).toBeLessThanOrEqual(2000)
    expect(history.endsWith(',2000')).toBe(true)
  })
})

describe('the new ReplicaSet', () => {
  it('is the oldest with the template, whatever its hash label', () => {
    const d = deployment({}, 'img:1')
    const [young, old] = [
      replicaSet('b', 0, { image: 'img:1', age: 5 }),
      replicaSet('a', 0, { image: 'img:1', age: 1 }),
    ]
    expect(findNewReplicaSet(d, [replicaSet('c', 3), young, old])?.metadata.name).toBe('a')
    expect(findNewReplicaSet(d, [replicaSet('c', 3)])).toBeUndefined()
  })

  it('carries the hash in name, labels, selector and template', () => {
    const set = buildReplicaSet(deployment({ replicas: 4 }), [], 1n, 34)
    const hash = set.metadata.labels?.['pod-template-hash'] as string
    expect(set.metadata.name).toBe(`d-${hash}`)
    expect(set.spec.selector.matchLabels).toEqual({ app: 'x', 'pod-template-hash': hash })
    expect(set.spec.template.metadata.labels).toEqual({ app: 'x', 'pod-template-hash': hash })
    expect(set.spec.replicas).toBe(4)
    expect(set.metadata.annotations).toEqual({
      [REVISION]: '1',
      'deployment.kubernetes.io/desired-replicas': '4',
      'deployment.kubernetes.io/max-replicas': '5',
    })
    expect(equalIgnoringHash(set.spec.template, deployment().spec.template)).toBe(true)
  })

  it('gets another name after a collision', () => {
    const collided = { ...deployment(), status: { collisionCount: 1 } }
    expect(buildReplicaSet(collided, [], 1n, 34).metadata.name).not.toBe(
      buildReplicaSet(deployment(), [], 1n, 34).metadata.name,
    )
  })
})
