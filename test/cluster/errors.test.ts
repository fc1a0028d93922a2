import { describe, expect, test } from 'vitest'
import { isApiError, SimCluster } from 'simcluster'
import { nearest } from '../../src/lang/text/nearest.js'
import { badInput } from '../support/typed.js'

const cluster = new SimCluster({ nodes: 1 })

function thrownBy(act: () => unknown): Error {
  try {
    act()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

describe('the stack of an error that a user can cause begins at the call', () => {
  test.each<readonly [string, () => unknown]>([
    ['get', () => cluster.get('pods', 'web')],
    ['create', () => cluster.create('pods', badInput({}))],
    ['apply', () => cluster.apply({ apiVersion: 'v1', kind: 'Nothing' })],
    ['edit', () => cluster.edit('pods', 'web', () => {})],
    ['exec', () => cluster.exec('web', 'ls')],
    ['in', () => cluster.in('office').delete('pods', 'web')],
    ['as', () => cluster.as({ user: 'jane' }).list('pods')],
    ['client', () => cluster.client.get('pods', { namespace: 'default', name: 'web' })],
    ['resource', () => cluster.resource('widgets.example.com').list()],
    ['explain', () => cluster.explainScheduling('web')],
  ])('%s', (_, act) => {
    const [first = '', second = ''] = (thrownBy(act).stack ?? '').split('\n    at ')
    expect(first).toMatch(/^(Api)?Error: /)
    expect(second).toContain('errors.test.ts')
  })

  test('when the apiserver is stopped, too', () => {
    const stopped = cluster.fork()
    stopped.apiserver.stop()
    expect(thrownBy(() => stopped.list('pods')).stack?.split('\n    at ')[1]).toContain('errors.test.ts')
  })
})

describe('resources are found by any name that kubectl accepts', () => {
  test.each(['nodes', 'node', 'no', 'Node', 'nodes.v1'])('%s', (name) => {
    expect(cluster.get(badInput<'nodes'>(name), 'node-1').metadata.name).toBe('node-1')
    expect(cluster.resource(name).list().items).toHaveLength(1)
  })

  test.each(['deploy', 'Deployment', 'deployments.apps', 'hpa', 'horizontalpodautoscalers.v1.autoscaling'])(
    '%s',
    (name) => {
      expect(cluster.list(badInput<'deployments'>(name)).items).toEqual([])
      expect(cluster.can({ user: 'jane' }, 'list', name).allowed).toBe(false)
    },
  )

  test('and the error for another name tells the nearest', () => {
    const error = thrownBy(() => cluster.list(badInput<'pods'>('podz')))
    expect(isApiError(error, 'NotFound')).toBe(true)
    expect(error.message).toMatch(/requested resource: there is no resource podz; did you mean pods\?$/)
    expect(() => cluster.list(badInput<'pods'>('deploymets'))).toThrow('did you mean deployments?')
    expect(() => cluster.can({ user: 'jane' }, 'list', 'secretz')).toThrow('did you mean secrets?')
    expect(() => cluster.resource('somethingelse').list()).toThrow(/there is no resource somethingelse$/)
  })
})

test('the nearest word is the first of those at the least distance', () => {
  expect(nearest('podz', ['nodes', 'pod', 'pods'])).toBe('pod')
  expect(nearest('ab', ['cd', 'xy'])).toBeUndefined()
  expect(nearest('services', ['services'])).toBe('services')
})

test('a warning about applied objects is not printed by the next command', () => {
  const copy = cluster.fork()
  const ports = [{ containerPort: 80 }, { containerPort: 80 }]
  const spec = { containers: [{ name: 'web', image: 'nginx', ports }] }
  copy.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'twice' }, spec })
  expect(copy.kubectl('get pod twice').stderr).toBe('')
})

test('a name that is nearly right gets a hint', () => {
  const cluster = new SimCluster({ nodes: 0 })
  expect(() => cluster.component('scheduler')).toThrow(
    'there is no component scheduler; did you mean kube-scheduler?',
  )
  expect(() => cluster.apply('deployment.yaml')).toThrow(
    'a manifest must be an object, this is "deployment.yaml"; pass the text of the file',
  )
})
