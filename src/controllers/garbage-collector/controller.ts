import type { Component, ComponentHost } from '../../client/component.js'
import type { WorkQueue } from '../../sim/work-queue.js'
import { isRequestFailure } from '../process/attempt.js'
import { controllerIdentity, controllerName } from '../process/identity.js'
import type { ServedResources } from '../process/resource.js'
import { Retries } from '../process/retries.js'
import type { Outcome } from './attempts.js'
import { Attempt } from './attempts.js'
import { OwnerGraph } from './graph.js'
import { GraphEvents } from './graph-events.js'
import type { Item } from './item.js'
import { itemText, parseItem } from './item.js'

/** What the garbage collector has to be told. */
export interface GarbageCollectorOptions {
  /**
   * All that the server serves, one entry for each resource and version; those that can be deleted, listed
   * and watched are collected.
   */
  readonly resources: ServedResources
}

/**
 * The garbage collector: deletes objects whose owners are all gone, and carries out deletions in the
 * foreground and orphaning. Source: pkg/controller/garbagecollector.
 */
export function createGarbageCollector(options: GarbageCollectorOptions): Component {
  return {
    name: controllerName('garbage-collector-controller'),
    identity: controllerIdentity('generic-garbage-collector'),
    setup: (host) => setUp(host, options),
  }
}

function setUp(host: ComponentHost, { resources }: GarbageCollectorOptions): void {
  const graph = new OwnerGraph(host, resources)
  const toDelete = (item: Item): void => deletions.add(itemText(item))
  const attempt = new Attempt({ client: host.client, graph, toDelete })
  const deletions = attemptQueue(host, graph, 'attempt-to-delete', (item) => attempt.delete(item))
  const orphanings = attemptQueue(host, graph, 'attempt-to-orphan', (item) => {
    attempt.orphan(item)
    return 'done'
  })
  const recorder = host.recorder({ component: 'garbage-collector-controller' })
  const events = new GraphEvents(graph, recorder, {
    toDelete,
    toOrphan: (item) => orphanings.add(itemText(item)),
  })
  graph.onChange((item, change) => events.handle(item, change))
}

/** A queue of objects to act on, one after the other, with retries. */
function attemptQueue(
  host: ComponentHost,
  graph: OwnerGraph,
  name: string,
  act: (item: Item) => Outcome,
): WorkQueue {
  const retries = new Retries(host, name)
  const queue = host.workQueue(name, (text) => {
    if (!graph.synced) return retries.soon(queue, text)
    try {
      if (act(parseItem(text)) === 'later') retries.later(queue, text)
      else retries.forget(text)
    } catch (error) {
      if (!isRequestFailure(error)) throw error
      host.log('error', `error syncing item ${text}: ${error.message}`)
      retries.soon(queue, text)
    }
  })
  return queue
}
