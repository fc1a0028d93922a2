import { expect, test } from 'vitest'
import { harness } from '../../apiserver/harness.js'

test('a PUT of what was read leaves a CSINode without drivers as it is', () => {
  const { client } = harness()
  const created = client.create('csinodes', { metadata: { name: 'n' }, spec: { drivers: [] } })
  expect(client.update('csinodes', structuredClone(created))).toEqual(created)
  const drivers = [{ name: 'd.io', nodeID: 'n', topologyKeys: null }]
  const used = client.update('csinodes', { ...created, spec: { drivers } })
  const emptied = client.update('csinodes', { ...used, spec: { drivers: [] } })
  expect(emptied.spec.drivers).toBeNull()
  expect(client.update('csinodes', structuredClone(emptied))).toEqual(emptied)
})
