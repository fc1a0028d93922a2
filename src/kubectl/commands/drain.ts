import type { Command } from '../call.js'
import { drainNodes } from '../drain/modern.js'
import { drainNodes as drainNodesOld } from '../drain/old.js'
import { drainFlags, drainOptionsOf } from '../drain/options.js'
import { nodesOfCall } from './node-lookup.js'

/**
 * `kubectl drain NODE`: cordons, evicts and waits until the pods are gone; virtual time moves as long as that
 * takes.
 */
export const drain: Command = {
  name: 'drain',
  flags: drainFlags,
  run(call) {
    const nodes = nodesOfCall(call)
    const options = drainOptionsOf(call)
    if (call.release.oldDrain) drainNodesOld(call, nodes, options)
    else drainNodes(call, nodes, options)
  },
}
