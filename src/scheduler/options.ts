import { InputError } from '../lang/input-error.js'
import type { KubeSchedulerConfiguration } from './configuration.js'
import { type ProfileOptions, profilesOf } from './profile.js'
import type { BackoffOptions } from './queue/queued-pod.js'

/** Options of the scheduler. Source: KubeSchedulerConfiguration of kubescheduler.config.k8s.io/v1. */
export interface SchedulerOptions extends Pick<
  BackoffOptions,
  'podInitialBackoffSeconds' | 'podMaxBackoffSeconds'
> {
  /** Default: one profile, `default-scheduler`, with the default plugins. */
  readonly profiles?: readonly ProfileOptions[]
  /** For profiles without their own; 1..100, or 0 (default) to adapt to the number of nodes. */
  readonly percentageOfNodesToScore?: number
  /** The same as a KubeSchedulerConfiguration, instead of the other options. */
  readonly configuration?: KubeSchedulerConfiguration
  /** Custom plugins that `configuration` may enable by name. */
  readonly plugins?: ProfileOptions['plugins']
}

/**
 * Returns the options with `configuration` resolved.
 * @throws InputError for options that would have no effect
 */
export function resolveOptions(options: SchedulerOptions): SchedulerOptions {
  const { configuration, plugins, ...others } = options
  if (configuration === undefined) {
    if (plugins === undefined) return options
    throw new InputError(
      'scheduler.plugins are those that scheduler.configuration enables; without one, ' +
        'write scheduler: { profiles: [{ plugins: [...] }] }',
    )
  }
  const [extra] = Object.keys(others)
  if (extra !== undefined)
    throw new InputError(`scheduler.${extra} has no effect beside scheduler.configuration: write it there`)
  const { podInitialBackoffSeconds, podMaxBackoffSeconds } = configuration
  return {
    profiles: profilesOf(configuration, plugins),
    ...(podInitialBackoffSeconds !== undefined && { podInitialBackoffSeconds }),
    ...(podMaxBackoffSeconds !== undefined && { podMaxBackoffSeconds }),
  }
}
