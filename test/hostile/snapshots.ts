import { InputError } from '../../src/lang/input-error.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { ClusterSnapshot } from '../../src/cluster/storage/snapshot.js'
import { EtcdStore } from '../../src/etcd/store.js'
import { SnapshotError } from '../../src/etcd/snapshot/snapshot-error.js'
import { Random } from '../../src/sim/random.js'

/** A form of a snapshot: its bytes, and what reads them. */
interface Form {
  readonly name: string
  readonly bytes: Uint8Array
  /** Reads the bytes. Throws InputError or SnapshotError for those that are damaged. */
  readonly read: (bytes: Uint8Array) => unknown
  /** Whether every change is noticed, as there is a checksum. */
  readonly isSealed: boolean
}

/** All forms of a cluster with some objects. */
function forms(): readonly Form[] {
  const cluster = new SimCluster({ nodes: 1, seed: 3 })
  cluster.kubectl('create deployment web --image=nginx --replicas=2')
  cluster.settle()
  const snapshot = cluster.snapshot()
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
  const clock = { now: () => 0 }
  const etcd = cluster.internals.etcd.snapshot()
  return [
    {
      name: 'file',
      bytes: snapshot.toFile(),
      isSealed: true,
      read: (bytes) => ClusterSnapshot.fromFile(bytes),
    },
    {
      name: 'lines',
      bytes: new TextEncoder().encode([...snapshot.toLines()].join('\n')),
      isSealed: false,
      read: (bytes) => ClusterSnapshot.fromLines(text(bytes).split('\n')),
    },
    { name: 'etcd', bytes: etcd, isSealed: true, read: (bytes) => EtcdStore.fromSnapshot(bytes, { clock }) },
    {
      name: 'etcd without hash',
      bytes: etcd.subarray(0, etcd.length - 32),
      isSealed: false,
      read: (bytes) => EtcdStore.fromSnapshot(bytes, { clock, skipHashCheck: true }),
    },
  ]
}

/**
 * Flips a random bit in every `step` bytes of each form of a snapshot, one at a time. Returns how many there
 * were, and what was wrong: another error than the one that says so, or a change that a checksum must see.
 */
export function flipSnapshots(seed: number, step: number): { flips: number; faults: readonly string[] } {
  const random = new Random(seed).stream('flips')
  const faults: string[] = []
  let flips = 0
  for (const { name, bytes, read, isSealed } of forms()) {
    for (let from = 0; from < bytes.length; from += step, flips++) {
      const at = from + random.int(0, Math.min(step, bytes.length - from) - 1)
      const bit = random.int(0, 7)
      const damaged = bytes.slice()
      damaged[at] = (damaged[at] ?? 0) ^ (1 << bit)
      try {
        read(damaged)
        if (isSealed) faults.push(`${name}: bit ${bit} of byte ${at} is not seen`)
      } catch (error) {
        if (error instanceof SnapshotError) continue
        if (error instanceof InputError && / snapshot |^this |^these /.test(error.message)) continue
        faults.push(
          `${name}: bit ${bit} of byte ${at}: ${error instanceof Error ? error.stack : String(error)}`,
        )
      }
    }
  }
  return { flips, faults }
}
