import type { Plugin, PluginFactory } from '../framework/plugin.js'
import { unresolvable } from '../framework/rejection.js'

/** Turns down every node but the one that `spec.nodeName` names. Source: plugins/nodename. */
export const nodeName: PluginFactory = ({ release }): Plugin => {
  const otherNode = unresolvable(release.nodeName)
  return {
    name: 'NodeName',
    isNodeLocal: true,
    filter: ({ pod }, { name }) => (pod.spec.nodeName && pod.spec.nodeName !== name ? otherNode : undefined),
    eventsToRegister: { 'Node/Add': 'queue' },
  }
}
