import { SimCluster } from 'simcluster'
import { matchers } from 'simcluster/matchers'
import { preparedCluster } from 'simcluster/testing'
import { clusterTest } from 'simcluster/vitest'
import { describe, expect, test } from 'vitest'
import { badInput } from '../../support/typed.js'

/** What a failed expectation says. */
function failure(expectation: () => void): string {
  try {
    expectation()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('it did not fail')
}

const cluster = new SimCluster({ nodes: 2 })
cluster.kubectl('create deployment web --image=nginx --replicas=2')
cluster.kubectl('create deployment big --image=nginx')
cluster.kubectl('set resources deployment big --requests=cpu=99')
cluster.kubectl('run one --image=nginx')
cluster.kubectl('create role reader --verb=list --resource=pods')
cluster.kubectl('create rolebinding readers --role=reader --user=jane')
cluster.settle()

describe('matchers of clusters hold, and say what to look at where they fail', () => {
  test('toExist', () => {
    expect(cluster).toExist('nodes', 'node-1')
    expect(cluster).not.toExist('pods', 'kube-system/one')
    expect(failure(() => expect(cluster).toExist('deployments', 'wep'))).toBe(
      'expected deployments wep to exist; there are: big, web',
    )
  })

  test('toBeReady and toHaveRolledOut', () => {
    expect(cluster).toHaveRolledOut('web')
    expect(cluster).toBeReady('deployments', 'web')
    expect(cluster).toBeReady('nodes', 'node-1')
    expect(cluster).toBeReady('pods', 'default/one')
    expect(cluster).not.toHaveRolledOut('big')
    expect(failure(() => expect(cluster).not.toBeReady('nodes', 'node-1'))).toBe(
      'expected nodes node-1 not to be ready',
    )
    expect(failure(() => expect(cluster).toHaveRolledOut('big'))).toMatch(
      /^expected deployments big to have rolled out\n\ndeployments default\/big .*the scheduler finds no node/s,
    )
    expect(failure(() => expect(cluster).not.toHaveRolledOut('web'))).toBe(
      'expected deployments web not to have rolled out',
    )
  })

  test('toHaveCondition', () => {
    expect(cluster).toHaveCondition('deployments', 'web', 'Available')
    expect(cluster).toHaveCondition('nodes', 'node-1', 'DiskPressure', 'False')
    expect(failure(() => expect(cluster).toHaveCondition('deployments', 'web', 'Nope'))).toContain(
      '"type":"Available"',
    )
  })

  test('toHaveEvent', () => {
    expect(cluster).toHaveEvent({ reason: 'FailedScheduling', type: 'Warning', message: 'Insufficient cpu' })
    expect(cluster).toHaveEvent({ reason: 'Started', about: 'default/one', message: /Started|started/ })
    expect(cluster).not.toHaveEvent({ reason: 'Evicted' })
    expect(failure(() => expect(cluster).toHaveEvent({ reason: 'Evicted' }))).toMatch(/some of them:\n {2}\w/)
  })

  test('toBeScheduledOn', () => {
    const [on = '', other = ''] = ['node-1', 'node-2'].toSorted((a) =>
      a === cluster.get('pods', 'one').spec.nodeName ? -1 : 1,
    )
    expect(cluster).toBeScheduledOn('one', on)
    expect(failure(() => expect(cluster).toBeScheduledOn('one', other))).toContain(`it is on ${on}`)
  })

  test('toSettle and toHoldInvariants', () => {
    const copy = cluster.fork()
    expect(copy).toSettle()
    expect(copy).toHoldInvariants()
    const never = [{ name: 'never', rule: 'never', check: () => [{ message: 'so', objects: [] }] }]
    expect(failure(() => expect(copy).toHoldInvariants({ invariants: never }))).toContain('never: so')
    expect(failure(() => expect({}).toSettle())).toBe('expected a SimCluster')
  })

  test('toBeAbleTo', () => {
    const jane = cluster.as({ user: 'jane' })
    expect(jane).toBeAbleTo('list', 'pods', { namespace: 'default' })
    expect(jane).not.toBeAbleTo('list', 'pods')
    expect(jane).not.toBeAbleTo('get', '/metrics')
    expect(jane).not.toBeAbleTo('create', 'pods/exec', { namespace: 'default' })
    expect(failure(() => expect(jane).toBeAbleTo('delete', 'deployments.apps'))).toContain(
      'expected jane to be allowed to delete deployments.apps',
    )
    expect(failure(() => expect(badInput<SimCluster>(cluster)).toBeAbleTo('list', 'pods'))).toContain(
      'expected a client',
    )
  })
})

test('matchers need no framework', () => {
  const { pass, message } = matchers.toHaveRolledOut(cluster, 'big')
  expect(pass).toBe(false)
  expect(message()).toContain('finds no node')
})

describe('fixtures', () => {
  let prepared = 0
  const withWeb = clusterTest({ nodes: 1 }, (each) => {
    prepared++
    each.kubectl('run web --image=nginx')
  })

  withWeb('a test has a prepared cluster', ({ cluster: own }) => {
    expect(own).toBeReady('pods', 'web')
    own.delete('pods', 'web')
    own.settle()
  })

  withWeb('and does not see what another did to its own', ({ cluster: own }) => {
    expect(own).toExist('pods', 'web')
    expect(prepared).toBe(1)
  })

  test('for other runners there is preparedCluster', () => {
    const copy = preparedCluster({ nodes: 1 }, (each) => each.kubectl('run web --image=nginx'))
    const [a, b] = [copy(), copy()]
    a.delete('pods', 'web')
    a.settle()
    expect(a).not.toExist('pods', 'web')
    expect(b).toBeReady('pods', 'web')
  })
})
