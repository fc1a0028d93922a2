import type { PersistentVolume } from '../../api/core/generated.js'

/** How long the simulated storage takes, in virtual ms. */
export interface StorageTimings {
  /** To make a volume. Default 1,000. */
  readonly provision: number
  /** To delete one. Default 1,000. */
  readonly delete: number
  /** To attach one to a node. Default 1,000. */
  readonly attach: number
  /** To detach it. Default 1,000. */
  readonly detach: number
  /** To make one larger. Default 1,000. */
  readonly resize: number
}

/** {@link StorageTimings} unless told otherwise. */
export const STORAGE_TIMINGS: StorageTimings = {
  provision: 1_000,
  delete: 1_000,
  attach: 1_000,
  detach: 1_000,
  resize: 1_000,
}

/** Options of the simulated storage. */
export interface SimulatedStorageOptions {
  /** Names of the provisioners (CSI drivers) that run in the cluster. Default: whichever a class names. */
  readonly provisioners?: readonly string[]
  readonly timings?: Partial<StorageTimings>
  /** Told when a volume's content is to be thrown away. */
  readonly onDelete?: (volume: PersistentVolume) => void
}

/** Who the simulated storage is: it stands outside of the cluster, with rights of its own. */
export const STORAGE_IDENTITY = {
  name: 'system:serviceaccount:kube-system:simulated-storage',
  groups: [
    'system:serviceaccounts',
    'system:serviceaccounts:kube-system',
    'system:masters',
    'system:authenticated',
  ],
} as const
