import type { RequestOp } from '../../../etcd/requests.js'

/** The form of what a mirror writes; programs read no other. */
export const MIRROR_FORMAT = 4

/** The state key of a mirror: the last revision of the cluster that has been written. */
export interface MirrorState {
  readonly simclusterMirror: typeof MIRROR_FORMAT
  /** Revision of the cluster's store. */
  readonly revision: number
  /** The revision at which creation was complete; an earlier revision is not a whole cluster. */
  readonly ready: number
  /** Virtual time, ms since the epoch. */
  readonly now: number
  readonly version: string
  /** The names of the Nodes whose machines are simulated; kubelets elsewhere may have registered others. */
  readonly machines: readonly string[]
  /** A UUID of the mirror that wrote it. */
  readonly writer: string
  /**
   * Maps revisions: from revision `[0]` of the cluster on, which is `[1]` in etcd, both count alike. The last
   * revision has no entry if it begins a new stretch: the mod revision of the state key tells it.
   */
  readonly steps: readonly (readonly [cluster: number, etcd: number])[]
  readonly leases: readonly { readonly id: string; readonly ttl: number; readonly expiry: number }[]
}

/** Where the apiserver keeps its objects. */
const REGISTRY = '/registry'

/** The keys of a mirror in etcd. */
export class MirrorLayout {
  /** Prefix of all keys that are read from etcd. */
  readonly range: string
  readonly state: string
  readonly lock: string
  /** Where the first write has left the places of its keys. */
  readonly places: string
  /** Prefix of the keys of the cluster, in place of `#stripped`. */
  readonly #keys: string
  readonly #stripped: string

  /**
   * `registry` is where a real apiserver would keep its objects (`--etcd-prefix`); without it every key of
   * the cluster is kept below `prefix`.
   */
  constructor(prefix: string, registry?: string) {
    const base = latin1(prefix.endsWith('/') ? prefix : `${prefix}/`)
    this.#keys = registry === undefined ? `${base}keys` : latin1(registry)
    this.#stripped = registry === undefined ? '' : REGISTRY
    this.range = registry === undefined ? this.#keys : `${this.#keys}/`
    this.state = `${base}state`
    this.lock = `${base}lock`
    this.places = `${base}places`
  }

  /** Returns where etcd has a key of the cluster; undefined if it is not mirrored. */
  inEtcd(key: string): string | undefined {
    return key.startsWith(this.#stripped) ? this.#keys + key.slice(this.#stripped.length) : undefined
  }

  /** Returns the key of the cluster that is at `key` in etcd. */
  inCluster(key: string): string {
    return this.#stripped + key.slice(this.#keys.length)
  }
}

const latin1 = (text: string): string => Buffer.from(text).toString('latin1')

/**
 * Converts a revision of etcd to the cluster's revision.
 * @throws Error when it precedes all steps
 */
export function clusterRevision(steps: MirrorState['steps'], etcdRevision: number): number {
  const step = steps.findLast(([, etcd]) => etcd <= etcdRevision)
  if (step === undefined) throw new Error(`the mirror does not tell what etcd's revision ${etcdRevision} was`)
  return step[0] + etcdRevision - step[1]
}

/** Returns the steps with a pair added, unless the last step already implies it. */
export function withStep(steps: MirrorState['steps'], cluster: number, etcd: number): MirrorState['steps'] {
  const last = steps.at(-1)
  return last !== undefined && etcd - last[1] === cluster - last[0] ? steps : [...steps, [cluster, etcd]]
}

/** Source: etcd `--max-txn-ops`. A nested txn can have as many operations as its parent has left. */
const MOST_OPS = 128
const NESTED = 64

/** Packs up to 4,096 operations, including `first`, into the operations of one txn. */
export function packed(first: readonly RequestOp[], ops: readonly RequestOp[]): readonly RequestOp[] {
  if (first.length + ops.length <= MOST_OPS) return [...first, ...ops]
  const parts: RequestOp[] = []
  for (let at = 0; at < ops.length; at += NESTED)
    parts.push({ requestTxn: { success: ops.slice(at, at + NESTED) } })
  return [...first, ...parts]
}
