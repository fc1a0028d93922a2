import { describe, expect, it } from 'vitest'
import { evaluateModel, readWorld } from '../../src/netpol/index.js'
import { expectCompiled } from './compiled.js'
import { netpolCases } from './shared-cases.js'

for (const table of ['networkpolicy-cases.json', 'clusternetworkpolicy-cases.json']) {
  const cases = netpolCases(table)
  describe.skipIf(cases === undefined)(`upstream cases: ${table}`, () => {
    for (const { id, world, probes } of cases ?? []) {
      it(id, () => {
        const model = readWorld(world)
        const verdicts = probes.map(({ connection }) => ({
          connection,
          allowed: evaluateModel(model, connection).allowed,
        }))
        expect(verdicts).toEqual(probes)
        expectCompiled(world, probes)
      })
    }
  })
}
