import { DEFAULT_WEIGHTS, defaultPlugins, makePlugins } from './default-plugins.js'
import { Framework } from './framework/framework.js'
import type { Plugin, PluginFactory, PluginHandle } from './framework/plugin.js'

/** A scheduler configuration under one name. Source: KubeSchedulerProfile of kubescheduler.config.k8s.io/v1. */
export interface ProfileOptions {
  /** Pods with this `spec.schedulerName` are placed by this profile. Default `default-scheduler`. */
  readonly schedulerName?: string
  /** Plugins that run after the default ones; one with the name of a default plugin takes its place. */
  readonly plugins?: readonly (Plugin | PluginFactory)[]
  /** Names of default plugins to leave out. */
  readonly disabled?: readonly string[]
  /** Weights of scores by plugin name; default TaintToleration 3, NodeAffinity 2, others 1. 0 leaves the score out. */
  readonly weights?: Readonly<Record<string, number>>
  /** 1..100; 0 (default) adapts to the number of nodes. */
  readonly percentageOfNodesToScore?: number
}

/** The framework of a profile. */
export function makeFramework(profile: ProfileOptions, handle: PluginHandle): Framework {
  const own = makePlugins(profile.plugins ?? [], handle)
  const replaced = new Map(own.map((plugin) => [plugin.name, plugin]))
  const defaults = defaultPlugins(handle).filter(({ name }) => !profile.disabled?.includes(name))
  const names = new Set(defaults.map(({ name }) => name))
  const added = own.filter(({ name }) => !names.has(name))
  const plugins = [...defaults.map((plugin) => replaced.get(plugin.name) ?? plugin), ...added]
  const weights = { ...DEFAULT_WEIGHTS, ...profile.weights }
  return new Framework(profile.schedulerName ?? 'default-scheduler', plugins, weights, profile.percentageOfNodesToScore)
}
