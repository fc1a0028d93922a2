import type { ProfileOptions } from './profile.js'
import type { BackoffOptions } from './queue/backoff.js'

/** Configuration of the scheduler. Source: KubeSchedulerConfiguration of kubescheduler.config.k8s.io/v1. */
export interface SchedulerOptions extends Pick<BackoffOptions, 'podInitialBackoffSeconds' | 'podMaxBackoffSeconds'> {
  /** Default: one profile, `default-scheduler`, with the default plugins. */
  readonly profiles?: readonly ProfileOptions[]
  /** For profiles that do not say; 1..100, 0 (default) adapts to the number of nodes. */
  readonly percentageOfNodesToScore?: number
}
