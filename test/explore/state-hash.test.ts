import { SimCluster } from 'simcluster'
import { describe, expect, test } from 'vitest'
import { StateHasher } from '../../src/explore/state-hash.js'

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

const hash = (cluster: SimCluster, heardUpTo?: number): string => hasher.hash(cluster, null, heardUpTo)
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
    expect(hash(there)).toBe(hash(back))
    expect(hash(there, before)).not.toBe(hash(back, before))
  })

  test('depends on timers that go by the time', () => {
    const sooner = after(['run sleeper --image=busybox --restart=Never -- sleep 100'])
    const later = sooner.fork().advance('5s')
    expect(hash(sooner)).not.toBe(hash(later))
  })
})
