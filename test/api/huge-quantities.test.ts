import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'

const cluster = new SimCluster({ version: 'v1.34', nodes: 0 })
const user = { name: 'admin', groups: ['system:masters'] }

function create(path: string, object: object): { code: number; body: string; headers: object } {
  const request = { method: 'POST', path, query: 'dryRun=All', user, body: JSON.stringify(object) }
  const response = cluster.http.handle(request)
  if (!('body' in response) || typeof response.body !== 'string') throw new Error('expected a text')
  const { code, body, headers } = response
  return { code, body, headers }
}

const claim = (storage: string): object => ({
  metadata: { name: 'a' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
})

test('a quantity whose exponent has no suffix is stored as the number before it', () => {
  const path = '/api/v1/namespaces/default/persistentvolumeclaims'
  const { code, body, headers } = create(path, claim(`1${'0'.repeat(23)}`))
  expect(code).toBe(201)
  expect(JSON.parse(body)).toMatchObject({ spec: { resources: { requests: { storage: '100' } } } })
  expect(headers).toMatchObject({
    warning: [expect.stringContaining('fractional byte value \\"100\\" is invalid, must be an integer')],
  })
  expect(JSON.parse(create(path, claim('1E')).body)).toMatchObject({
    spec: { resources: { requests: { storage: '1E' } } },
  })
})

test('it is compared as what was sent, and told as the number before', () => {
  const resources = { limits: { cpu: '2' }, requests: { cpu: `1${'0'.repeat(23)}` } }
  const { body } = create('/api/v1/namespaces/default/pods', {
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'c', image: 'i', resources }] },
  })
  expect(body).toContain('Invalid value: \\"100\\": must be less than or equal to cpu limit of 2')
})
