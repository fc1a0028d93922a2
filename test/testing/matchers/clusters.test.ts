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
      'expected deployments wep to exist; in default there are: big, web',
    )
    expect(() => expect(cluster).not.toExist(badInput<'pods'>('podz'), 'one')).toThrow(
      'there is no resource podz',
    )
  })

  test('what is missing is named, and what there is instead, whether it is expected or not', () => {
    const other = cluster.fork()
    for (const namespace of ['office', 'prod']) {
      other.kubectl(`create namespace ${namespace}`)
      other.kubectl(`create deployment web --image=nginx -n ${namespace}`)
    }
    const expected = expect(other)
    const pods = other
      .in('default')
      .list('pods')
      .items.map(({ metadata }) => metadata.name)
    const cases: readonly [() => void, string][] = [
      [
        () => expected.toBeReady('deployments', 'wep'),
        'deployments wep does not exist; in default there are: big, web',
      ],
      [
        () => expected.toHaveRolledOut('kube-system/web'),
        'deployments kube-system/web does not exist; in kube-system there are none; there is default/web; ' +
          'there is office/web; there is prod/web',
      ],
      [
        () => expected.not.toHaveRolledOut('ofice/web'),
        'deployments ofice/web does not exist; there is no namespace ofice; there is default/web; ' +
          'there is office/web; there is prod/web',
      ],
      [
        () => expected.not.toHaveCondition('nodes', 'node-9', 'Ready'),
        'nodes node-9 does not exist; there are: node-1, node-2',
      ],
      [() => expected.toBeReady('ingresses', 'web'), 'ingresses web does not exist; there are none'],
      [
        () => expected.not.toBeScheduledOn('two', 'node-1'),
        `pods two does not exist; in default there are: ${pods.join(', ')}`,
      ],
      [
        () => expected.toAllow('kube-system/one -> node:node-9:80/TCP'),
        'connection: from: Not found: "kube-system/one"; in kube-system there are none; there is default/one',
      ],
      [
        () => expected.not.toDeny({ from: { pod: 'one' }, to: { node: 'node-9' }, port: 80 }),
        'connection: to.node: Not found: "node-9"; there are: node-1, node-2',
      ],
    ]
    for (const [expectation, message] of cases) expect(failure(expectation)).toBe(message)
  })

  test('of many names, the first twenty are listed', () => {
    const many = new SimCluster()
    for (let at = 10; at < 40; at++) many.create('configmaps', { metadata: { name: `a${at}` } })
    expect(failure(() => expect(many).toExist('configmaps', 'b'))).toMatch(/: a10, .*, a29, and 11 more$/)
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
    expect(failure(() => expect(cluster).toBeScheduledOn('one', 'node-3'))).toBe(
      `expected pods one to be on node-3; it is on ${on}; there is no node node-3, there are: node-1, node-2`,
    )
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
