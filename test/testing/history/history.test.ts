import * as fc from 'fast-check'
import { SimCluster } from 'simcluster'
import { arbitraries, type HistoryAction, HistoryError, type Invariant, runHistory } from 'simcluster/testing'
import { expect, test } from 'vitest'

const { cluster, history } = arbitraries(fc).history()

test('histories of any cluster hold all invariants', () => {
  fc.assert(
    fc.property(cluster, history, (options, actions) => void runHistory(new SimCluster(options), actions)),
    { numRuns: 8 },
  )
}, 120_000)

test('a history says what was done', () => {
  const actions: readonly HistoryAction[] = [
    { do: 'deployment', name: 'web', replicas: 2, cpu: '100m', surge: 1 },
    { do: 'settle' },
    { do: 'scale', name: 'web', replicas: 1 },
    { do: 'drain', node: 3, timeout: '5s' },
    { do: 'crash', node: 0 },
    { do: 'delete', kind: 'deployments', object: 5, policy: 'Foreground' },
    { do: 'stop', component: 'kube-scheduler' },
    { do: 'advance', ms: 300 },
  ]
  const seen: number[] = []
  const atEnd = (each: SimCluster): void => void seen.push(each.nodes().length)
  expect(runHistory(new SimCluster({ nodes: 2 }), actions, { atEnd })).toEqual([
    expect.stringMatching(
      /^kubectl apply -f - <<< '\{"apiVersion":"apps\/v1","kind":"Deployment".*"replicas":2.*\}'$/,
    ),
    'cluster.settle()',
    'kubectl scale deployment web --replicas=1',
    'kubectl drain node-2 --ignore-daemonsets --force --timeout=5s',
    "cluster.node('node-1').crash()",
    'kubectl delete deployments web -n default --cascade=foreground',
    "cluster.process('kube-scheduler').stop()",
    'cluster.advance(300)',
  ])
  expect(seen).toEqual([2])
})

function messageOf(play: () => void): string {
  try {
    play()
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

test('what is created is printed as a manifest that creates it', () => {
  const create: readonly HistoryAction[] = [
    { do: 'daemonset', name: 'agent', tolerates: true },
    { do: 'statefulset', replicas: 1, parallel: false, partition: 0, stores: true },
    { do: 'job', completions: 1, indexed: true, deadline: 30 },
    { do: 'cronjob', policy: 'Forbid', suspend: false },
    { do: 'service', name: 'web', headless: true, early: false },
    { do: 'autoscaler', name: 'web', least: 1, most: 2 },
    { do: 'budget', name: 'web', minAvailable: '50%' },
    { do: 'pod', name: 'one', forced: 1, grace: 0 },
  ]
  const [made, pasted] = [new SimCluster({ nodes: 2 }), new SimCluster({ nodes: 2 })]
  for (const command of runHistory(made, create)) {
    const [, verb = '', manifest = ''] = /^kubectl (\w+) -f - <<< '(.*)'$/.exec(command) ?? []
    expect(pasted.kubectl(`${verb} -f a.json`, { files: { 'a.json': manifest } }).stderr).toBe('')
  }
  pasted.settle()
  const names = (each: SimCluster): string => each.kubectl('get all,pdb,sc -A -o name').stdout
  expect(names(pasted)).toBe(names(made))
})

test('clusters as values are at rest, and each run has its own', () => {
  const seen: string[] = []
  const property = fc.property(arbitraries(fc).cluster(), (each) => {
    seen.push(each.state.traceHash())
    each.settle()
    expect(each.kubectl('create configmap mine').exitCode).toBe(0)
    return seen.length < 6
  })
  const found = fc.check(property, { numRuns: 10, seed: 1, endOnFailure: true })
  expect(found.failed).toBe(true)
  expect(seen).toHaveLength(6)
  expect(new Set(seen).size).toBe(6)
  expect(fc.stringify(found.counterexample)).toContain('runHistory(new SimCluster({ nodes: ')
}, 120_000)

test('what breaks shrinks to a short history, printed as commands and as code', () => {
  const few: Invariant = {
    name: 'few-pods',
    rule: 'there are at most three pods',
    check: (_cluster, stored) =>
      stored.list('pods').length > 3 ? [{ message: 'there are more', objects: [] }] : [],
  }
  const run = (actions: readonly HistoryAction[]): void =>
    void runHistory(new SimCluster({ nodes: 1 }), actions, { invariants: [few] })
  const found = fc.check(fc.property(history, run), { numRuns: 200, seed: 1 })
  expect(found.failed).toBe(true)
  const [shortest = []] = found.counterexample ?? []
  expect(shortest.length).toBeLessThanOrEqual(3)
  expect(() => run(shortest)).toThrow(HistoryError)
  expect(() => run(shortest)).toThrow(/few-pods: there are more\n\nafter:\n {2}kubectl .*\n\nas code:\n/s)
  const text = messageOf(() => run(shortest))
  expect(text).toContain(`import { runHistory } from 'simcluster/testing'

runHistory(new SimCluster({ nodes: 1 }), [
  { do: `)
  // the code does the same
  const [, code = ''] = /\n(runHistory\(.*)$/s.exec(text) ?? []
  const again = code.replace(/\]\)$/, '], { invariants: [few] })')
  // oxlint-disable-next-line typescript/no-implied-eval -- it is what a user pastes
  const play = new Function('SimCluster', 'runHistory', 'few', again) as (...all: unknown[]) => void
  expect(messageOf(() => play(SimCluster, runHistory, few))).toBe(text)
}, 120_000)
