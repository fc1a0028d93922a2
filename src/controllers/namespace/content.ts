import { isPodTerminal } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { DeletionOptions, ObjectKey } from '../../client/client.js'
import { isRequestFailure } from '../shared/queue.js'
import type { ServedResource } from '../shared/served-resources.js'
import { pluralOf } from '../shared/served-resources.js'
import type { ContentReport } from './conditions.js'

/** Estimated time that objects with finalizers need, in seconds. Source: finalizerEstimateSeconds. */
const FINALIZER_ESTIMATE = 15

/** The objects of a resource that remain after an attempt to delete all of them. */
export interface Leftover {
  readonly count: number
  /** Number of objects by finalizer. */
  readonly finalizers: ReadonlyMap<string, number>
  /** Estimated seconds until they are gone; 0 if none remain. */
  readonly estimate: number
  /** Whether they are pods whose grace period has not passed yet. */
  readonly inGrace: boolean
  /** Why the deletion failed; the other fields are then empty. */
  readonly error?: string
}

/** What the deletion of content asks of the server that stores it. */
export interface ContentClient {
  list(resource: string, options: { readonly namespace: string }): { readonly items: readonly KubeObject[] }
  delete(resource: string, key: ObjectKey, options: DeletionOptions): unknown
  deleteCollection(
    resource: string,
    options: { readonly namespace: string },
    deletion: DeletionOptions,
  ): unknown
}

/** A client of other servers. */
export interface OtherContentClient extends ContentClient {
  /** What they list, with full names (`flunders.wardle.example.com`). */
  readonly served: readonly ServedResource[]
}

const NOTHING: Leftover = { count: 0, finalizers: new Map(), estimate: 0, inGrace: false }

/**
 * Deletes all objects of a resource in a namespace and returns what remains. Objects that remain without a
 * finalizer after their grace period are an error. `age` is the time since the deletion of the namespace, in
 * ms. Source: namespaced_resources_deleter.go deleteAllContentForGroupVersionResource.
 */
export function deleteContent(
  client: ContentClient,
  served: ServedResource,
  namespace: string,
  age: number,
): Leftover {
  try {
    return deleteAll(client, served, namespace, age)
  } catch (error) {
    if (!isRequestFailure(error)) throw error
    return { ...NOTHING, error: error.message }
  }
}

function deleteAll(client: ContentClient, served: ServedResource, namespace: string, age: number): Leftover {
  const { resource, group, version, verbs } = served
  const before: readonly KubeObject[] = client.list(resource, { namespace }).items
  if (before.length === 0) return NOTHING
  const grace = resource === 'pods' ? longestGrace(before as readonly Pod[]) : 0
  const inGrace = age < grace * 1000
  if (verbs.includes('deletecollection')) {
    client.deleteCollection(resource, { namespace }, { propagationPolicy: 'Background' })
  } else {
    for (const { metadata } of before) {
      ignoreNotFound(() => client.delete(resource, metadata, { propagationPolicy: 'Background' }))
    }
  }
  const after: readonly KubeObject[] = client.list(resource, { namespace }).items
  if (after.length === 0) return NOTHING
  const finalizers = countFinalizers(after)
  if (inGrace) return { count: after.length, finalizers, estimate: grace, inGrace }
  if (finalizers.size > 0) return { count: after.length, finalizers, estimate: FINALIZER_ESTIMATE, inGrace }
  const gvr = `${group}/${version}, Resource=${pluralOf(served)}`
  return { ...NOTHING, error: `unexpected items still remain in namespace: ${namespace} for gvr: ${gvr}` }
}

/**
 * Returns the longest terminationGracePeriodSeconds of the pods that have not terminated. Source:
 * estimateGracefulTerminationForPods.
 */
function longestGrace(pods: readonly Pod[]): number {
  return Math.max(
    0,
    ...pods.filter((pod) => !isPodTerminal(pod)).map(({ spec }) => spec.terminationGracePeriodSeconds ?? 0),
  )
}

function countFinalizers(objects: readonly KubeObject[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { metadata } of objects) {
    for (const finalizer of metadata.finalizers ?? []) counts.set(finalizer, (counts.get(finalizer) ?? 0) + 1)
  }
  return counts
}

/** The result of a pass over all resources of a namespace. */
export interface DeletionPass extends ContentReport {
  /** Estimated seconds until the rest is gone; 0 if nothing remains. */
  readonly estimate: number
  /** Whether pods remain whose grace period has not passed yet. */
  readonly inGrace: boolean
}

/**
 * Deletes the content of a namespace, one resource after the other. `podsFirst` (since v1.33,
 * OrderedNamespaceDeletion): other resources are deleted only when no pod remains. Source:
 * namespaced_resources_deleter.go deleteAllContent.
 */
export function deletionPass(
  resources: readonly ServedResource[],
  podsFirst: boolean,
  deleteAll: (resource: ServedResource) => Leftover,
): DeletionPass {
  const total = new Total()
  const pods = podsFirst ? resources.find(({ resource }) => resource === 'pods') : undefined
  if (pods) total.add(pods, deleteAll(pods))
  if (total.isEmpty) for (const served of resources) if (served !== pods) total.add(served, deleteAll(served))
  return total
}

class Total implements DeletionPass {
  readonly remaining: Map<string, number> = new Map()
  readonly finalizers: Map<string, number> = new Map()
  readonly errors: string[] = []
  estimate = 0
  inGrace = false

  get isEmpty(): boolean {
    return this.remaining.size === 0 && this.errors.length === 0
  }

  add(served: ServedResource, left: Leftover): void {
    if (left.error !== undefined) this.errors.push(left.error)
    if (left.count > 0) this.remaining.set(`${pluralOf(served)}.${served.group}`, left.count)
    for (const [finalizer, count] of left.finalizers) {
      this.finalizers.set(finalizer, (this.finalizers.get(finalizer) ?? 0) + count)
    }
    this.estimate = Math.max(this.estimate, left.estimate)
    this.inGrace ||= left.inGrace
  }
}
