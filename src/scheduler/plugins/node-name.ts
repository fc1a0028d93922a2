import type { Plugin, PluginFactory } from '../framework/plugin.js'
import { unresolvable } from '../framework/rejection.js'

/** Rejects every node except the one in `spec.nodeName`. Source: plugins/nodename. */
export const nodeName: PluginFactory = ({ release }): Plugin => {
  const otherNode = unresolvable(release.nodeName)
  return {
    name: 'NodeName',
    isNodeLocal: true,
    filter: ({ pod }, { name }) => (pod.spec.nodeName && pod.spec.nodeName !== name ? otherNode : undefined),
    eventsToRegister: { 'Node/Add': 'queue' },
  }
}
