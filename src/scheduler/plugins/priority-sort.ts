import type { Plugin } from '../framework/plugin.js'

/** Orders pods by `spec.priority`, highest first, then by arrival in the queue. Source: plugins/queuesort. */
export const prioritySort: Plugin = {
  name: 'PrioritySort',
  less: (a, b) => a.priority > b.priority || (a.priority === b.priority && a.timestamp < b.timestamp),
}
