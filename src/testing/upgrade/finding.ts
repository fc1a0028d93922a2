/** What an upgrade does to an object. */
export type UpgradeChange =
  /** The release does not serve its API version any more. */
  | 'removed'
  /** The release does not serve its API version yet: a later one does. */
  | 'early'
  /** The release refuses it, and the one before did not. */
  | 'invalid'
  /** A field that the object does not set gets another value. */
  | 'default'
  /** It is in etcd in a form that the release cannot read. */
  | 'unreadable'
  /** A client writes it in an API version that the release does not serve any more. */
  | 'client'
  /** A feature gate that a flag or file sets is locked or unknown. */
  | 'gate'

/** One thing that an upgrade does. */
export interface UpgradeFinding {
  /** The release with which it happens: `v1.25`. */
  readonly release: string
  readonly change: UpgradeChange
  /** `Deployment shop/web`, or a key of etcd. */
  readonly object: string
  readonly message: string
  /** What to do before that release: a command, where there is one. */
  readonly repair: string
  /** Where the object is written. Absent for one of a cluster. */
  readonly file?: string
  readonly line?: number
}

/** What an upgrade does to manifests, or to a cluster. */
export interface UpgradePlan {
  readonly from: string
  readonly to: string
  /** The number of objects that were looked at. */
  readonly objects: number
  /** In the order of the releases. */
  readonly findings: readonly UpgradeFinding[]
  /** What could not be judged, and why: custom kinds without their definition, gates of unknown history. */
  readonly notChecked: readonly string[]
}
