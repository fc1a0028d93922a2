import { InputError } from '../lang/input-error.js'
import { hintOf } from '../lang/text/nearest.js'
import { synchronousMethods } from '../lang/synchronous.js'
import { DEFAULT_WEIGHTS, defaultPlugins, makePlugins } from './default-plugins.js'
import type { KubeSchedulerConfiguration, PluginArgs, PluginSets } from './configuration.js'
import { resolvePlugins } from './configuration.js'
import { mayNeedDevices } from './devices/extended-resources.js'
import { Framework } from './framework/framework.js'
import { checkPlugin } from './framework/plugin-schema.js'
import type { Plugin, PluginFactory, PluginHandle } from './framework/plugin.js'

/**
 * A scheduler configuration under one name. Source: KubeSchedulerProfile of kubescheduler.config.k8s.io/v1.
 */
export interface ProfileOptions {
  /** The profile schedules pods with this `spec.schedulerName`. Default `default-scheduler`. */
  readonly schedulerName?: string
  /** Plugins that run after the default ones; one with the name of a default plugin replaces it. */
  readonly plugins?: readonly (Plugin | PluginFactory)[]
  /** Names of default plugins to omit. */
  readonly disabled?: readonly string[]
  /**
   * Score weights by plugin name; default TaintToleration 3, NodeAffinity, PodTopologySpread and
   * InterPodAffinity 2, others 1. 0 omits the score.
   */
  readonly weights?: Readonly<Record<string, number>>
  /** 1..100; 0 (default) adapts to the number of nodes. */
  readonly percentageOfNodesToScore?: number
  /** Arguments of default plugins, by name. */
  readonly args?: PluginArgs
  /**
   * The plugins at each extension point, as in a KubeSchedulerConfiguration; custom plugins must be enabled
   * here then.
   */
  readonly sets?: PluginSets
}

/**
 * Creates the framework of a profile.
 * @throws InputError if a plugin is unknown, or has an unknown member
 */
export function makeFramework(profile: ProfileOptions, handle: PluginHandle): Framework {
  const own = makePlugins(profile.plugins ?? [], handle).map((plugin) => {
    checkPlugin(plugin) // only now: a factory may have made it
    return synchronousMethods(plugin, `the scheduler plugin ${plugin.name}`)
  })
  const replaced = new Map(own.map((plugin) => [plugin.name, plugin]))
  const all = defaultPlugins(handle, profile.args)
  checkPluginNames(
    profile,
    [...all, ...own].map(({ name }) => name),
  )
  const defaults = all.filter(({ name }) => !profile.disabled?.includes(name))
  const names = new Set(defaults.map(({ name }) => name))
  const added = own.filter(({ name }) => !names.has(name))
  const plugins = [...defaults.map((plugin) => replaced.get(plugin.name) ?? plugin), ...added]
  const { schedulerName = 'default-scheduler', sets, percentageOfNodesToScore = 0 } = profile
  if (sets) checkNames(sets, new Set(plugins.map(({ name }) => name)), schedulerName)
  const resolved =
    sets &&
    resolvePlugins(
      sets,
      defaults.map(({ name }) => name),
    )
  const weights = { ...DEFAULT_WEIGHTS, ...profile.weights, ...resolved?.weights }
  return new Framework(schedulerName, plugins, {
    weights,
    percentageOfNodesToScore,
    // what devices give to a pod depends on their classes, too
    ...(handle.release.extendedResources ? { isNodeLocal: (pod) => !mayNeedDevices(pod) } : {}),
    ...(resolved && { at: (method, all) => resolved.at(method, all) }),
  })
}

/** @throws InputError for a plugin that nothing would happen to, since there is none of that name */
function checkPluginNames(
  { schedulerName = 'default-scheduler', disabled = [], weights = {}, args = {} }: ProfileOptions,
  names: readonly string[],
): void {
  const given = { disabled, weights: Object.keys(weights), args: Object.keys(args) }
  for (const [option, plugins] of Object.entries(given))
    for (const plugin of plugins) {
      if (names.includes(plugin)) continue
      const hint = hintOf(plugin, names)
      throw new InputError(`${option} of profile ${schedulerName}: there is no plugin ${plugin} (${hint})`)
    }
}

function checkNames(sets: PluginSets, known: ReadonlySet<string>, schedulerName: string): void {
  for (const set of Object.values(sets))
    for (const { name } of set?.enabled ?? []) {
      if (!known.has(name))
        throw new InputError(`profile ${schedulerName} enables plugin ${name}, which does not exist`)
    }
}

/** Returns the profiles of a KubeSchedulerConfiguration; `own` are custom plugins that it may enable. */
export function profilesOf(
  { profiles = [{}], percentageOfNodesToScore }: KubeSchedulerConfiguration,
  own: ProfileOptions['plugins'] = [],
): readonly ProfileOptions[] {
  return profiles.map(({ schedulerName, plugins = {}, pluginConfig = [], ...profile }): ProfileOptions => {
    const percentage = profile.percentageOfNodesToScore ?? percentageOfNodesToScore
    return {
      plugins: own,
      sets: plugins,
      args: Object.fromEntries(pluginConfig.map(({ name, args = {} }) => [name, args])),
      ...(schedulerName !== undefined && { schedulerName }),
      ...(percentage !== undefined && { percentageOfNodesToScore: percentage }),
    }
  })
}
