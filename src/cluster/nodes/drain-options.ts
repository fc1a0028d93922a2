import type { Duration } from '../../sim/duration.js'

/** Options of `node.drain()`, as the flags of `kubectl drain`. */
export interface DrainOptions {
  /** @default false */
  readonly ignoreDaemonSets?: boolean
  /** @default false */
  readonly deleteEmptyDirData?: boolean
  /** @default false */
  readonly force?: boolean
  /**
   * The virtual time after which it gives up, which the result says; 0 waits as long as it takes.
   * @default '5m'
   */
  readonly timeout?: Duration
}
