import { SimCluster } from 'simcluster'
import { describe, expect, test } from 'vitest'
import { Execution } from '../../../src/explore/execution/execution.js'
import { scopeOf } from '../../../src/explore/scope.js'
import { explore } from '../../../src/explore/index.js'
import { outcomeLines, StateHasher } from '../../../src/explore/execution/state-hash.js'

const root = new SimCluster({ nodes: 2 })
for (const name of ['web', 'api']) root.kubectl(`create deployment ${name} --image=nginx`)
root.settle()
const hasher = new StateHasher(root)

/** A copy of the root after commands, with all that follows from them, or without any of it. */
function after(commands: readonly string[], settled = true): SimCluster {
  const copy = root.fork()
  for (const command of commands) copy.kubectl(command)
  return settled ? copy.settle() : copy
}

const hash = (cluster: SimCluster): string => hasher.hash(cluster)
const before = root.internals.etcd.revision

describe('the hash of a state', () => {
  test('is that of the root for a copy', () => {
    expect(hash(root.fork())).toBe(hash(root))
  })

  test('does not depend on the order of writes that have nothing to do with each other', () => {
    const [label, scale] = ['label configmap kube-root-ca.crt a=b', 'scale deployment web --replicas=0']
    expect(hash(after([label, scale]))).toBe(hash(after([scale, label])))
  })

  test('depends on objects, also on those that are gone', () => {
    const hashes = [
      after([]),
      after(['scale deployment web --replicas=0']),
      after(['scale deployment api --replicas=0']),
      after(['delete configmap kube-root-ca.crt'], false),
      after(['delete service kubernetes'], false),
    ].map((cluster) => hash(cluster))
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  test('does not depend on uids', () => {
    // what is not written takes uids and names all the same
    const other = ['create deployment other --image=nginx', 'create job other --image=nginx']
    const [some, others] = [[], other.map((command) => `${command} --dry-run=server`)].map((commands) =>
      after([...commands, 'delete pod -l app=web']),
    ) as [SimCluster, SimCluster]
    const uidsOf = (cluster: SimCluster): unknown =>
      cluster.list('pods').items.map(({ metadata: { name, uid } }) => [name, uid])
    expect(uidsOf(some)).not.toEqual(uidsOf(others))
    expect(hash(some)).toBe(hash(others))
  })

  test('depends on the order of writes that informers have not heard of', () => {
    const labels = ['label deployment web a=b', 'label deployment api a=b']
    const [there, back] = [labels, labels.toReversed()].map((commands) => after(commands, false)) as [
      SimCluster,
      SimCluster,
    ]
    expect(hash(there)).not.toBe(hash(back))
    expect(hash(there.settle())).toBe(hash(back.settle()))
  })

  test('depends on timers that go by the time', () => {
    const sooner = after(['run sleeper --image=busybox --restart=Never -- sleep 100'])
    const later = sooner.fork().advance('5s')
    expect(hash(sooner)).not.toBe(hash(later))
  })
})

describe('runs that end where another has been', () => {
  const actions = [
    { name: 'scale', do: (copy: SimCluster) => copy.kubectl('scale deployment web --replicas=2') },
  ]
  const outcomeOf = (cluster: SimCluster): string => outcomeLines(cluster, before).join('\n')

  /** Plays a run to its end, with a deviation before one decision. Returns the number of decisions. */
  function playOut(at: number, deviate: (run: Execution) => void, ends: Set<string>): number {
    const run = Execution.begin(scopeOf(root, { actions }), false)
    const deadline = root.now() + 600_000
    for (let ready = run.next(deadline, true); ready !== undefined; ready = run.next(deadline, true)) {
      if (run.decisions === at && run.choices.length === 0) {
        run.choices.push({ at, do: 'delay', step: '' })
        deviate(run)
      } else run.run(ready[0] as (typeof ready)[number])
    }
    ends.add(outcomeOf(run.cluster))
    return run.decisions
  }

  test('come to all the outcomes of runs to the end, if a component pauses', () => {
    const pause = (run: Execution): void => {
      const [next] = run.cluster.internals.ready()
      if (next !== undefined) run.pause(next.owner, 20_000)
    }
    const ends = new Set<string>()
    const decisions = playOut(-1, pause, ends)
    for (let at = 0; at < decisions; at += 3) playOut(at, pause, ends)
    const found = new Set<string>()
    const note = (cluster: SimCluster): boolean => {
      if (cluster.state.atRest) found.add(outcomeOf(cluster))
      return true
    }
    const of = ['kube-scheduler', 'kube-controller-manager', 'informers', 'kubelet', 'runtime']
    const options = { search: { delays: 0 }, lag: { of, max: '20s' } } as const
    const { verdict } = explore(root, { ...options, actions, always: [{ name: 'noted', holds: note }] })
    expect(verdict).toBe('holds')
    expect(ends.size).toBeGreaterThan(1)
    for (const end of ends) expect(found).toContain(end)
  })
})
