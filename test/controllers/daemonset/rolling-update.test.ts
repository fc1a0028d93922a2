import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Pod } from '../../../src/api/core/generated.js'
import { podsByNode } from '../../../src/controllers/daemonset/placement.js'
import { rollingUpdateStep } from '../../../src/controllers/daemonset/rolling-update.js'
import { daemonSet, node, pod } from '../shared/objects.js'

const now = 100_000
const rolling = (maxUnavailable: number | string, maxSurge: number | string = 0) =>
  daemonSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge } } })
const newLabels = { app: 'x', 'controller-revision-hash': 'new' }
const old = (on: string, ready = true): Pod =>
  pod(`old-${on}`, { node: on, ...(ready ? { readySince: 0 } : {}) })
const fresh = (on: string, ready = true): Pod =>
  pod(`new-${on}`, { node: on, labels: newLabels, ...(ready ? { readySince: 0 } : {}) })

function step(
  set: ReturnType<typeof rolling>,
  count: number,
  pods: readonly Pod[],
): { create: readonly string[]; remove: string[] } {
  const nodes = Array.from({ length: count }, (_, at) => node(`n${at + 1}`))
  const { create, remove } = rollingUpdateStep(set, nodes, podsByNode(pods), 'new', now)
  return { create, remove: remove.map(({ metadata }) => metadata.name as string) }
}

describe('without surge', () => {
  it.each<[string, number | string, Pod[], string[]]>([
    ['takes one pod at a time', 1, [old('n1'), old('n2'), old('n3')], ['old-n1']],
    ['waits while a new pod is not available', 1, [fresh('n1', false), old('n2'), old('n3')], []],
    ['waits while a node has no pod', 1, [old('n2'), old('n3')], []],
    ['goes on when the new pod is available', 1, [fresh('n1'), old('n2'), old('n3')], ['old-n2']],
    [
      'replaces old pods that are not available at once',
      1,
      [old('n1', false), old('n2', false), old('n3')],
      ['old-n1', 'old-n2'],
    ],
    ['rounds percentages up', '34%', [old('n1'), old('n2'), old('n3')], ['old-n1', 'old-n2']],
    ['takes 0 for 1', 0, [old('n1'), old('n2'), old('n3')], ['old-n1']],
  ])('%s', (_, maxUnavailable, pods, remove) => {
    expect(step(rolling(maxUnavailable), 3, pods)).toEqual({ create: [], remove })
  })

  it('never takes more available pods down than maxUnavailable allows', () => {
    const states = fc.array(fc.constantFrom('none', 'old', 'old unready', 'new', 'new unready'), {
      minLength: 1,
      maxLength: 10,
    })
    fc.assert(
      fc.property(states, fc.integer({ min: 1, max: 10 }), (list, maxUnavailable) => {
        const pods = list.flatMap((state, at) => {
          if (state === 'none') return []
          return [(state.startsWith('old') ? old : fresh)(`n${at + 1}`, !state.endsWith('unready'))]
        })
        const available = list.filter((state) => state === 'old' || state === 'new').length
        const { remove } = step(rolling(maxUnavailable), list.length, pods)
        const lost = remove.filter((name) => list[Number(name.slice('old-n'.length)) - 1] === 'old').length
        expect(lost).toBeLessThanOrEqual(Math.max(0, maxUnavailable - (list.length - available)))
        expect(remove.every((name) => name.startsWith('old-'))).toBe(true)
      }),
      { seed: 7 },
    )
  })
})

describe('with surge', () => {
  it.each<[string, number, Pod[], string[], string[]]>([
    ['creates a new pod beside an old one', 1, [old('n1'), old('n2')], ['n1'], []],
    ['waits until the new pod is available', 1, [old('n1'), fresh('n1', false), old('n2')], [], []],
    ['then lets the old pod go and surges on', 1, [old('n1'), fresh('n1'), old('n2')], ['n2'], ['old-n1']],
    [
      'does not count replacements of pods that are not available',
      1,
      [old('n1', false), old('n2', false)],
      ['n1', 'n2'],
      [],
    ],
  ])('%s', (_, maxSurge, pods, create, remove) => {
    expect(step(rolling(0, maxSurge), 2, pods)).toEqual({ create, remove })
  })

  it('keeps pods of nodes that no longer count until there is one for each that does', () => {
    expect(step(rolling(0, 1), 1, [old('n1'), fresh('n1'), old('n9')])).toEqual({
      create: [],
      remove: ['old-n1', 'old-n9'],
    })
    expect(step(rolling(0, 1), 1, [old('n1', false), old('n9')])).toEqual({ create: ['n1'], remove: [] })
  })
})
