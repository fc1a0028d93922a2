import type { PluginArgs } from './configuration.js'
import type { Plugin, PluginFactory, PluginHandle } from './framework/plugin.js'
import {
  defaultBinder,
  nodeName,
  nodePorts,
  nodeUnschedulable,
  prioritySort,
  schedulingGates,
} from './plugins/basic.js'
import { defaultPreemption } from './plugins/default-preemption.js'
import { dynamicResources } from './plugins/dynamic-resources.js'
import { imageLocality } from './plugins/image-locality.js'
import { interPodAffinity } from './plugins/inter-pod-affinity.js'
import { nodeAffinity } from './plugins/node-affinity.js'
import { nodeResourcesBalancedAllocation, nodeResourcesFit } from './plugins/node-resources.js'
import { nodeVolumeLimits } from './plugins/node-volume-limits.js'
import { podTopologySpread } from './plugins/pod-topology-spread.js'
import { taintToleration } from './plugins/taint-toleration.js'
import { volumeBinding } from './plugins/volume-binding.js'
import { volumeRestrictions } from './plugins/volume-restrictions.js'
import { volumeZone } from './plugins/volume-zone.js'

/** Default score weights other than 1. Source: pkg/scheduler/apis/config/v1/default_plugins.go. */
export const DEFAULT_WEIGHTS: Readonly<Record<string, number>> = {
  TaintToleration: 3,
  NodeAffinity: 2,
  PodTopologySpread: 2,
  InterPodAffinity: 2,
  DynamicResources: 2,
}

/** Returns the plugins of the default profile in upstream's order, which applies at every extension point. */
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

/** Creates the default plugins with what `handle` provides. */
export function defaultPlugins(handle: PluginHandle, args: PluginArgs = {}): readonly Plugin[] {
  const plugins = pluginsFor(args)
  return makePlugins(
    handle.release.dynamicResources ? plugins : plugins.filter((plugin) => plugin !== dynamicResources),
    handle,
  )
}

/** Returns the plugins, creating those given as factories. */
export function makePlugins(
  plugins: readonly (Plugin | PluginFactory)[],
  handle: PluginHandle,
): readonly Plugin[] {
  return plugins.map((plugin) => (typeof plugin === 'function' ? plugin(handle) : plugin))
}
