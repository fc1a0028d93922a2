import { expect, test } from 'vitest'
import { deprecatedNodeLabel, stableNodeLabel, zoneKeyOf } from '../../../src/api/core/node-labels.js'

const ZONE = 'topology.kubernetes.io/zone'
const BETA_ZONE = 'failure-domain.beta.kubernetes.io/zone'

test('zone keys', () => {
  expect(zoneKeyOf()).toBe('')
  expect(zoneKeyOf({ [ZONE]: 'a' })).not.toBe(zoneKeyOf({ [ZONE]: 'b' }))
  expect(zoneKeyOf({ [ZONE]: 'a' })).not.toBe(zoneKeyOf({ 'topology.kubernetes.io/region': 'a' }))
  expect(zoneKeyOf({ [BETA_ZONE]: 'a' })).toBe(zoneKeyOf({ [ZONE]: 'a' }))
})

test('the beta zone labels win', () => {
  expect(zoneKeyOf({ [ZONE]: 'a', [BETA_ZONE]: 'b' })).toBe(zoneKeyOf({ [ZONE]: 'b' }))
})

test('beta labels name the stable ones', () => {
  expect(stableNodeLabel(BETA_ZONE)).toBe(ZONE)
  expect(stableNodeLabel(ZONE)).toBeUndefined()
  expect(deprecatedNodeLabel(BETA_ZONE)).toBe(`deprecated since v1.17; use "${ZONE}" instead`)
})
