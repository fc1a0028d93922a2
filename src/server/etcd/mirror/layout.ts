import type { RequestOp } from '../../../etcd/requests.js'

/** What a mirror notes beside the keys: which revision of the cluster has been written last. */
export interface MirrorState {
  readonly simclusterMirror: 1
  /** Revision of the cluster's store. */
  readonly revision: number
  /** The revision at which the cluster was made; what lies before it is no whole cluster yet. */
  readonly ready: number
  /** Virtual time, ms since the epoch. */
  readonly now: number
  readonly version: string
  /** Who wrote it: the id of the lock's lease, in hexadecimal. */
  readonly writer: string
  /**
   * Where the two counts of revisions run in step: from revision `[0]` of the cluster on, which is `[1]` in
   * etcd. The last revision has no entry if it begins another stretch: the key's own revision in etcd tells.
   */
  readonly steps: readonly (readonly [cluster: number, etcd: number])[]
  readonly leases: readonly { readonly id: string; readonly ttl: number; readonly expiry: number }[]
}

/** Where a mirror keeps what, under its prefix. */
export class MirrorLayout {
  /** In front of each key of the cluster. */
  readonly keys: string
  readonly state: string
  readonly lock: string

  constructor(prefix: string) {
    const base = Buffer.from(prefix.endsWith('/') ? prefix : `${prefix}/`).toString('latin1')
    this.keys = `${base}keys`
    this.state = `${base}state`
    this.lock = `${base}lock`
  }
}

/** Revisions of etcd as revisions of the cluster. @throws Error when nothing is known of one. */
export function clusterRevision(steps: MirrorState['steps'], etcdRevision: number): number {
  const step = steps.findLast(([, etcd]) => etcd <= etcdRevision)
  if (step === undefined) throw new Error(`the mirror does not tell what etcd's revision ${etcdRevision} was`)
  return step[0] + etcdRevision - step[1]
}

/** The steps with that pair, unless it goes on as before. */
export function withStep(steps: MirrorState['steps'], cluster: number, etcd: number): MirrorState['steps'] {
  const last = steps.at(-1)
  return last !== undefined && etcd - last[1] === cluster - last[0] ? steps : [...steps, [cluster, etcd]]
}

/** Source: etcd `--max-txn-ops`. A txn in a txn may have as many operations as its parent has left. */
const MOST_OPS = 128
const NESTED = 64

/** Operations of any number up to 4,096 less those of `first`, as those of one txn. */
export function packed(first: readonly RequestOp[], ops: readonly RequestOp[]): readonly RequestOp[] {
  if (first.length + ops.length <= MOST_OPS) return [...first, ...ops]
  const parts: RequestOp[] = []
  for (let at = 0; at < ops.length; at += NESTED)
    parts.push({ requestTxn: { success: ops.slice(at, at + NESTED) } })
  return [...first, ...parts]
}
