import type { Plugin } from '../framework/plugin.js'

/** Higher `spec.priority` first, then who came to the queue first. Source: plugins/queuesort. */
export const prioritySort: Plugin = {
  name: 'PrioritySort',
  less: (a, b) => a.priority > b.priority || (a.priority === b.priority && a.timestamp < b.timestamp),
}
