import type { PluginRejection, Rejection } from './rejection.js'
import type { NodeInfo } from '../cache/node-info.js'

/** Why no node was found for a pod. Source: pkg/scheduler/framework/types.go Diagnosis. */
export interface Diagnosis {
  /** The examined nodes by name. */
  readonly nodes: ReadonlyMap<string, PluginRejection>
  /** The rejection of all other nodes. */
  readonly absent?: PluginRejection
  /** Set if PreFilter rejected the pod for all nodes. */
  readonly preFilterMessage?: string
  /** Plugins whose events may help: those that rejected or excluded nodes. */
  readonly plugins: ReadonlySet<string>
}

/** Returns the counts of reasons as in the message: `2 Insufficient cpu`, sorted as plain strings. */
export function reasonCounts(
  diagnosis: Pick<Diagnosis, 'nodes' | 'absent'>,
  allNodes: number,
): readonly string[] {
  const counts = new Map<string, number>()
  const count = ({ reasons }: Rejection, nodes: number): void => {
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + nodes)
  }
  for (const { rejection, nodes } of rejectionRuns(diagnosis.nodes)) count(rejection.rejection, nodes)
  const absent = allNodes - diagnosis.nodes.size
  if (diagnosis.absent && absent > 0) count(diagnosis.absent.rejection, absent)
  return [...counts].map(([reason, nodes]) => `${nodes} ${reason}`).sort()
}

/**
 * Formats a FailedScheduling event: `0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient
 * cpu. <PostFilter>`. Source: pkg/scheduler/framework/types.go FitError.Error.
 */
export function fitErrorMessage(allNodes: number, diagnosis: Diagnosis, postFilterMessage?: string): string {
  let message = `0/${allNodes} nodes are available:`
  if (diagnosis.preFilterMessage !== undefined) message += ` ${diagnosis.preFilterMessage}.`
  else {
    const counts = reasonCounts(diagnosis, allNodes)
    if (counts.length > 0) message += ` ${counts.join(', ')}.`
  }
  return postFilterMessage ? `${message} ${postFilterMessage}` : message
}

/** A rejection shared by consecutive nodes. */
export interface RejectionRun {
  readonly rejection: PluginRejection
  readonly nodes: number
}

/**
 * Rejections by node, collected as lists; the map by name is only built on demand. Equal rejections are
 * usually the same object, so most searches have few runs.
 */
export class NodeRejections implements ReadonlyMap<string, PluginRejection> {
  readonly #nodes: NodeInfo[] = []
  readonly #rejections: PluginRejection[] = []
  readonly #runs: { readonly rejection: PluginRejection; nodes: number }[] = []
  #last: PluginRejection | undefined
  #bySlot: (PluginRejection | undefined)[] | undefined
  #byName: Map<string, PluginRejection> | undefined

  /** Adds a rejection. Must not be called after any lookup. */
  add(node: NodeInfo, found: PluginRejection): void {
    const last = this.#last
    // the same rejection object is often wrapped anew for each node
    const isSame = last !== undefined && last.rejection === found.rejection && last.plugin === found.plugin
    const rejection = isSame ? last : found
    this.#nodes.push(node)
    this.#rejections.push(rejection)
    if (isSame) (this.#runs[this.#runs.length - 1] as { nodes: number }).nodes++
    else this.#runs.push({ rejection: (this.#last = rejection), nodes: 1 })
  }

  get size(): number {
    return this.#nodes.length
  }

  /** The rejections in the order of the search; equal ones of consecutive nodes form one run. */
  get runs(): readonly RejectionRun[] {
    return this.#runs
  }

  /** Returns the rejection of a node in the snapshot. */
  of({ slot }: NodeInfo): PluginRejection | undefined {
    if (!this.#bySlot) {
      const bySlot: (PluginRejection | undefined)[] = []
      // allocated at full length: an array that grows from its middle would be in a slow mode
      bySlot.length = this.#nodes.reduce((most, node) => Math.max(most, node.slot), 0) + 1
      for (let at = 0; at < this.#nodes.length; at++)
        bySlot[(this.#nodes[at] as NodeInfo).slot] = this.#rejections[at]
      this.#bySlot = bySlot
    }
    return this.#bySlot[slot]
  }

  get(name: string): PluginRejection | undefined {
    return this.#names().get(name)
  }

  has(name: string): boolean {
    return this.#names().has(name)
  }

  /** Returns the rejections in the order of the search. */
  values(): MapIterator<PluginRejection> {
    return this.#rejections.values()
  }

  keys(): MapIterator<string> {
    return this.#names().keys()
  }

  entries(): MapIterator<[string, PluginRejection]> {
    return this.#names().entries()
  }

  forEach(
    callback: (rejection: PluginRejection, name: string, map: ReadonlyMap<string, PluginRejection>) => void,
  ): void {
    for (const [name, rejection] of this.#names()) callback(rejection, name, this)
  }

  [Symbol.iterator](): MapIterator<[string, PluginRejection]> {
    return this.entries()
  }

  #names(): Map<string, PluginRejection> {
    return (this.#byName ??= new Map(
      this.#nodes.map(({ name }, at) => [name, this.#rejections[at] as PluginRejection]),
    ))
  }
}

/** Returns the runs of rejections in order, see {@link NodeRejections.runs}. */
export function rejectionRuns(nodes: ReadonlyMap<string, PluginRejection>): readonly RejectionRun[] {
  return nodes instanceof NodeRejections
    ? nodes.runs
    : [...nodes.values()].map((rejection) => ({ rejection, nodes: 1 }))
}

/**
 * Returns those of all nodes whose rejection passes a test; `absent` is the rejection of nodes without one of
 * their own.
 */
export function nodesRefused(
  all: readonly NodeInfo[],
  refusals: ReadonlyMap<string, PluginRejection>,
  absent: PluginRejection | undefined,
  passes: (rejection: PluginRejection) => boolean,
): readonly NodeInfo[] {
  const isKnown = refusals instanceof NodeRejections
  // fast path: usually all nodes have the same rejection
  if (isKnown && refusals.size === all.length && refusals.runs.every(({ rejection }) => passes(rejection)))
    return all
  return all.filter((node) => {
    const rejection = (isKnown ? refusals.of(node) : refusals.get(node.name)) ?? absent
    return rejection !== undefined && passes(rejection)
  })
}
