import { expect, test } from 'vitest'
import { InputError, ClusterSnapshot, SimCluster } from '../../../src/index.js'
import { Random } from '../../../src/sim/random.js'
import { badInput } from '../../support/typed.js'

const cluster = new SimCluster({ nodes: 1, seed: 3, version: 'v1.35' })
cluster.kubectl('create deployment web --image=nginx --replicas=2')
cluster.advance('3s')
const sound = JSON.stringify(cluster)

type Json = Record<string, unknown>

/** Members whose content belongs to whoever wrote it. */
const OPAQUE = new Set(['payload', 'value', 'slices', 'shared'])

/** All places in the document that have a shape: the holder and its key. */
function placesIn(document: Json): readonly { readonly holder: Json; readonly key: string; path: string }[] {
  const places: { holder: Json; key: string; path: string }[] = []
  const walk = (holder: Json, path: string): void => {
    for (const key of Object.keys(holder)) {
      const here = Array.isArray(holder) ? `${path}[${key}]` : `${path}${path && '.'}${key}`
      places.push({ holder, key, path: here })
      const member = holder[key]
      if (!OPAQUE.has(key) && typeof member === 'object' && member !== null) walk(member as Json, here)
    }
  }
  walk(document, '')
  return places
}

/** A value of another type than the one that is there. */
const otherThan = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? 5 : typeof value === 'string' ? [[]] : { no: 'thing' }

function refusal(json: unknown): string {
  try {
    SimCluster.fromJSON(badInput(json))
    return ''
  } catch (error) {
    return error instanceof InputError ? error.message : `raw: ${String(error)}`
  }
}

test('250 wrong shapes are refused with the path of what is wrong', () => {
  expect(refusal(JSON.parse(sound))).toBe('')
  const random = new Random(1).stream('damage')
  for (let round = 0; round < 250; round++) {
    const document = JSON.parse(sound) as Json
    const { holder, key, path } = random.pick(placesIn(document))
    const isRef = typeof holder[key] === 'object' && holder[key] !== null && '$ref' in holder[key]
    if (random.int(0, 3) > 0 || Array.isArray(holder) || isRef) holder[key] = otherThan(holder[key])
    else holder[`${key}X`] = 1
    const message = refusal(document)
    expect(message, path).toMatch(
      /^this snapshot (is damaged: (document|options|simulation|etcd|shared)|has format)/,
    )
  }
})

test.each<
  readonly [how: string, change: (document: Json & { etcd: Json; simulation: Json }) => void, string]
>([
  ['a time', ({ simulation }) => (simulation['now'] = 'now'), 'simulation.now: '],
  [
    'a timer',
    ({ simulation }) => ((simulation['timers'] as Json[])[1] = { due: 5 }),
    'simulation.timers[1].owner: ',
  ],
  ['a key', ({ etcd }) => ((etcd['writes'] as Json[])[5]!['key'] = 7), 'etcd.writes[5].key: '],
  [
    'the order of writes',
    ({ etcd }) => (etcd['writes'] as Json[]).reverse(),
    'etcd.writes: must be in the order of their revisions',
  ],
  [
    'a reference',
    ({ etcd }) => ((etcd['writes'] as Json[])[2]!['value'] = { $ref: -1 }),
    'etcd: there is no ',
  ],
  [
    'a shared value',
    ({ shared }) => ((shared as unknown[])[1] = { $ref: 1 }),
    'shared[1]: there is no shared',
  ],
  [
    'a map',
    ({ simulation }) => (simulation['slices'] = { $map: [5] }),
    'simulation: $map has 5, which is no ',
  ],
  ['an option', (document) => (document['options'] = { node: 3 }), 'options: unknown: node'],
])('%s', (_how, change, message) => {
  const document = JSON.parse(sound) as Json & { etcd: Json; simulation: Json }
  change(document)
  expect(refusal(document)).toContain(`this snapshot is damaged: ${message}`)
})

test('lines that are cut are refused', () => {
  const [head = '', ...lines] = [...cluster.snapshot().toLines()]
  expect(() => ClusterSnapshot.fromLines([head, ...lines.slice(1)])).toThrow('the snapshot is truncated')
  expect(() => ClusterSnapshot.fromLines([head, '{', ...lines.slice(1)])).toThrow(
    /^this snapshot is damaged: line 2: /,
  )
})
