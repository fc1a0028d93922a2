import type { Duration } from '../../sim/duration.js'
import { toMillis } from '../../sim/duration.js'
import { hasFeature } from '../shared/version.js'

/**
 * Flags of kube-controller-manager about the node lifecycle. Source:
 * pkg/controller/nodelifecycle/config/v1alpha1/defaults.go.
 */
export interface NodeLifecycleOptions {
  /** `--node-monitor-period`. Default 5 s. */
  readonly monitorPeriod?: Duration
  /** `--node-monitor-grace-period`. Default 50 s; 40 s before v1.32. */
  readonly monitorGracePeriod?: Duration
  /** `--node-startup-grace-period`: grace period of a node that never had a Ready condition. Default 60 s. */
  readonly startupGracePeriod?: Duration
  /** `--node-eviction-rate`: nodes per second that get a NoExecute taint in a healthy zone. Default 0.1. */
  readonly evictionRate?: number
  /** `--secondary-node-eviction-rate`: the same in a partially disrupted, large zone. Default 0.01. */
  readonly secondaryEvictionRate?: number
  /**
   * `--large-cluster-size-threshold`: a zone must have more nodes than this for the secondary rate, else 0.
   * Default 50.
   */
  readonly largeClusterSizeThreshold?: number
  /**
   * `--unhealthy-zone-threshold`: share of unready nodes at which a zone is partially disrupted. Default
   * 0.55.
   */
  readonly unhealthyZoneThreshold?: number
}

/** {@link NodeLifecycleOptions} with all defaults; times in ms. */
export interface NodeLifecycleSettings {
  readonly monitorPeriod: number
  readonly monitorGracePeriod: number
  readonly startupGracePeriod: number
  readonly evictionRate: number
  readonly secondaryEvictionRate: number
  readonly largeClusterSizeThreshold: number
  readonly unhealthyZoneThreshold: number
}

/** Returns the settings for a server version. */
export function nodeLifecycleSettings(options: NodeLifecycleOptions, version: string): NodeLifecycleSettings {
  return {
    monitorPeriod: toMillis(options.monitorPeriod ?? '5s'),
    monitorGracePeriod: toMillis(
      options.monitorGracePeriod ?? (hasFeature(version, 'longNodeMonitorGrace') ? '50s' : '40s'),
    ),
    startupGracePeriod: toMillis(options.startupGracePeriod ?? '60s'),
    evictionRate: options.evictionRate ?? 0.1,
    secondaryEvictionRate: options.secondaryEvictionRate ?? 0.01,
    largeClusterSizeThreshold: options.largeClusterSizeThreshold ?? 50,
    unhealthyZoneThreshold: options.unhealthyZoneThreshold ?? 0.55,
  }
}
