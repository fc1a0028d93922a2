import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { networkPolicyApiDefinitions } from '../../src/netpol/index.js'

/**
 * The definitions as they are to be: those of network-policy-api v0.2.0 and v0.1.7, the experimental channel,
 * without descriptions.
 */
const wanted = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../fixtures/netpol/definitions.json'), 'utf8'),
) as unknown

it('the definitions of policy.networking.k8s.io are the recorded ones, made anew each time', () => {
  expect(networkPolicyApiDefinitions()).toEqual(wanted)
  expect(networkPolicyApiDefinitions()[0]).not.toBe(networkPolicyApiDefinitions()[0])
})
