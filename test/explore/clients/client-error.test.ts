/** What the error says when the program of a client fails. */
import { SimCluster } from 'simcluster'
import { expect, test } from 'vitest'
import { ClientError, explore, type ClientProgram } from '../../../src/explore/index.js'

/** Explores with one client that fetches a path and fails if it cannot. */
function exploreFetching(
  path: string,
  faults: { readonly error?: number; readonly crash?: number } = {},
): Promise<unknown> {
  const lister: ClientProgram = async ({ http }) => {
    const response = await http.fetch(`https://cluster${path}`)
    if (!response.ok) throw new Error('list failed')
  }
  return explore(new SimCluster({ nodes: 0 }), {
    clients: { lister },
    actions: [{ name: 'wish', do: (c) => c.create('configmaps', { metadata: { name: 'a' } }) }],
    search: { delays: 1 },
    faults,
    always: [{ name: 'few', holds: (c) => c.list('configmaps').items.length < 10 }],
  })
}

const failing: readonly (readonly [path: string, says: string])[] = [
  [
    '/apis/example.com/v1/gadgets',
    'the client lister failed: list failed. Its last failed request was "list gadgets" (404',
  ],
  ['/apis/example.com/v1', '"GET /apis/example.com/v1" (404'],
  ['/api/v1/pods?labelSelector=!!', '"list pods" (400, '],
]

test.each(failing)('a client whose request of %s fails is an error that names both', async (path, says) => {
  const failed: unknown = await exploreFetching(path).catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(ClientError)
  expect(failed).toMatchObject({ client: 'lister', cause: { message: 'list failed' } })
  expect(String(failed)).toContain(says)
})

test('a kind that is not served is said to need its CustomResourceDefinition', async () => {
  await expect(exploreFetching('/apis/example.com/v1/gadgets')).rejects.toThrow(
    'apply its CustomResourceDefinition',
  )
})

test('a client that does not survive an injected fault is told that it is one', async () => {
  await expect(exploreFetching('/api/v1/configmaps', { error: 1, crash: 1 })).rejects.toThrow(
    '"list configmaps" (Internal error occurred: injected). This is a fault that the exploration injects',
  )
})

test('a client that throws before it sends anything is said to', async () => {
  const lister: ClientProgram = () => {
    throw new TypeError('boom')
  }
  const played = explore(new SimCluster({ nodes: 0 }), {
    clients: { lister },
    always: [{ name: 'few', holds: () => true }],
  })
  await expect(played).rejects.toThrow('the client lister failed: boom. None of its requests had failed')
})
