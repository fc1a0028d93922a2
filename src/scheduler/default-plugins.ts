import type { PluginArgs } from './configuration.js'
import type { Plugin, PluginFactory, PluginHandle } from './framework/plugin.js'
import { defaultBinder } from './plugins/default-binder.js'
import { defaultPreemption } from './plugins/default-preemption.js'
import { dynamicResources } from './plugins/dynamic-resources.js'
import { imageLocality } from './plugins/image-locality.js'
import { interPodAffinity } from './plugins/inter-pod-affinity.js'
import { nodeAffinity } from './plugins/node-affinity.js'
import { nodeName } from './plugins/node-name.js'
import { nodePorts } from './plugins/node-ports.js'
import { nodeResourcesBalancedAllocation } from './plugins/node-resources-balanced-allocation.js'
import { nodeResourcesFit } from './plugins/node-resources-fit.js'
import { nodeUnschedulable } from './plugins/node-unschedulable.js'
import { nodeVolumeLimits } from './plugins/node-volume-limits.js'
import { podTopologySpread } from './plugins/pod-topology-spread.js'
import { prioritySort } from './plugins/priority-sort.js'
import { schedulingGates } from './plugins/scheduling-gates.js'
import { taintToleration } from './plugins/taint-toleration.js'
import { volumeBinding } from './plugins/volume-binding.js'
import { volumeRestrictions } from './plugins/volume-restrictions.js'
import { volumeZone } from './plugins/volume-zone.js'

/** Weights of scores that are not 1. Source: pkg/scheduler/apis/config/v1/default_plugins.go. */
export const DEFAULT_WEIGHTS: Readonly<Record<string, number>> = {
  TaintToleration: 3,
  NodeAffinity: 2,
  PodTopologySpread: 2,
  InterPodAffinity: 2,
}

/** The default profile's plugins in upstream's order, which holds at every extension point. */
function pluginsFor(args: PluginArgs): readonly (Plugin | PluginFactory)[] {
  return [
    schedulingGates,
    prioritySort,
    nodeUnschedulable,
    nodeName,
    taintToleration,
    nodeAffinity(args.NodeAffinity),
    nodePorts,
    nodeResourcesFit(args.NodeResourcesFit),
    volumeRestrictions,
    nodeVolumeLimits,
    volumeBinding,
    volumeZone,
    podTopologySpread(args.PodTopologySpread),
    interPodAffinity(args.InterPodAffinity),
    dynamicResources,
    defaultPreemption(args.DefaultPreemption),
    nodeResourcesBalancedAllocation(args.NodeResourcesBalancedAllocation),
    imageLocality,
    defaultBinder,
  ]
}

/** Makes the default plugins for what `handle` offers. */
export function defaultPlugins(handle: PluginHandle, args: PluginArgs = {}): readonly Plugin[] {
  const plugins = makePlugins(pluginsFor(args), handle)
  return handle.release.dynamicResources
    ? plugins
    : plugins.filter(({ name }) => name !== dynamicResources.name)
}

/** Plugins as they are, and what the factories make. */
export function makePlugins(
  plugins: readonly (Plugin | PluginFactory)[],
  handle: PluginHandle,
): readonly Plugin[] {
  return plugins.map((plugin) => (typeof plugin === 'function' ? plugin(handle) : plugin))
}
