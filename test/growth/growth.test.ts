import { expect, test } from 'vitest'
import type { KindDefinition } from '../../src/api/kind/definition.js'
import { metaSchema } from '../../src/api/meta/generated.js'
import { createScheme } from '../../src/api/scheme.js'
import { always, defineGroup, list, map, message, pointer, ref, string } from '../../src/api/schema/dsl.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { countedCode } from './count-plugin.js'
import { familiesOf } from './families.js'
import { playGrowth } from './run.js'

// npm run soak -- --hostile plays all of them, larger, and each place of a message
test(
  'no list, map or selector of a third of all costs more than n^1.3 steps',
  { timeout: 600_000 },
  async () => {
    const { families, steep, crashes, unused, summary } = await playGrowth({ n: 100, share: 3 })
    console.log(summary)
    expect({ steep, crashes, unused }).toEqual({ steep: [], crashes: [], unused: [] })
    expect(families).toBeGreaterThan(200)
  },
)

const fleetSchema = defineGroup('com.example.v1', 'v1', [metaSchema], {
  Fleet: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: ref('FleetSpec'),
    }),
  FleetSpec: () => message({ ports: map(string), ships: list(ref('Ship')) }),
  Ship: () => message({ decks: list(string), name: string }),
})

test('a kind that is added to the tables has families of its own, which grow as they should', () => {
  const scheme = createScheme()
  const fleet: KindDefinition = {
    ...(scheme.byKind('', 'v1', 'ConfigMap') as KindDefinition),
    group: 'example.com',
    version: 'v1',
    kind: 'Fleet',
    resource: 'fleets',
    namespaced: true,
    message: 'Fleet',
    selectableFields: { 'spec.flag': () => '' },
  }
  scheme.add(fleet, fleetSchema)
  const added = familiesOf(new SimCluster(), false, scheme).filter(({ kind }) => kind === fleet)
  expect(added.map(({ name, grows }) => `${grows} ${name}`)).toEqual(
    expect.arrayContaining([
      'field Fleet spec.ports',
      'field Fleet spec.ships',
      'field Fleet spec.ships[].decks',
      'field Fleet spec, all lists together',
      'objects Fleet',
      'selector Fleet labelSelector of requirements',
      'selector Fleet fieldSelector of spec.flag',
    ]),
  )
  const sizes = [3, 6].map((n) => {
    const made = added.find(({ name }) => name === 'Fleet spec.ships[].decks')?.make(n, 1)
    return (made as { spec?: { ships: readonly { decks: readonly string[] }[] } }).spec?.ships[0]?.decks
      .length
  })
  expect(sizes).toEqual([3, 6])
})

test('counts see calls, rounds of loops, spreads and copies, and change nothing else', () => {
  const code = `
    const double = (x) => x * 2
    const pairs = (list) => list.map((a) => list.filter((b) => a === b).length)
    function sum(list) { let all = 0; for (const one of list) all += one; return all }
    return [double(4), ...pairs([1, 2, 2]), sum([...new Set([1, 2, 2])])]`
  const scope = globalThis as { steps?: Float64Array; counted?: <T>(copied: T) => T }
  const before = { steps: scope.steps, counted: scope.counted }
  scope.steps = new Float64Array(1)
  scope.counted = (copied) => {
    if (scope.steps !== undefined)
      scope.steps[0] = (scope.steps[0] ?? 0) + [...(copied as Iterable<unknown>)].length
    return copied
  }
  try {
    const run = (text: string): unknown => Reflect.construct(Function, [text])()
    expect(run(countedCode(code, 'a.js'))).toEqual(run(code))
    // 1 of double, 1 + 3 + 9 of pairs, 1 + 2 of sum, 3 that the Set takes, 2 and 3 that are spread
    expect(scope.steps[0]).toBe(1 + 13 + 3 + 3 + 2 + 3)
  } finally {
    Object.assign(scope, before)
  }
})
