import { SimCluster } from 'simcluster'
import { describe, expect, it, test } from 'vitest'
import { badInput } from '../support/typed.js'

describe('an unknown field', () => {
  const cluster = new SimCluster()
  const settings = { metadata: { name: 'settings' }, dta: { a: 'b' } }
  const unknown = 'strict decoding error: unknown field "dta"'

  it('of an object that a method of the cluster writes is an error, as with kubectl', () => {
    expect(() => cluster.create('configmaps', badInput(settings))).toThrow(unknown)
    cluster.create('configmaps', { metadata: settings.metadata })
    expect(() => cluster.update('configmaps', badInput(settings))).toThrow(unknown)
    const patch = { type: 'merge', body: { dta: {} } } as const
    expect(() => cluster.patch('configmaps', 'settings', patch)).toThrow('unknown field "dta"')
  })

  it('is dropped for those who say so, and by the client, as the server does', () => {
    const written = cluster.update('configmaps', badInput(settings), { fieldValidation: 'Ignore' })
    expect(written).not.toHaveProperty('dta')
    const place = { ...settings, metadata: { ...settings.metadata, namespace: 'default' } }
    expect(cluster.client.update('configmaps', badInput(place))).not.toHaveProperty('dta')
  })
})

test.each(['', '# nothing yet\n', '---\n---\n'])(
  'a text without objects, %j, is not applied in silence',
  (text) => {
    expect(() => new SimCluster().apply(text)).toThrow('apply(): the text has no objects')
  },
)
