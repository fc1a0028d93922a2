import type { SimCluster } from '../cluster/sim-cluster.js'
import { HASH_SEED, hashText } from '../sim/hash.js'
import { plainDataToJson } from '../sim/plain-data.js'

const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
/** The end of a generated name, after the hash of a pod template, if any. */
const GENERATED = /(?<=-)[bcdfghjklmnpqrstvwxz2456789]{5}(?=["/\\])/g
const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g
const MILLIS = /\b17\d{11}(?:\.\d+)?\b/g
const VERSION = /"resourceVersion":"(\d+)"/g
const UNIMPORTANT =
  /"(?:nodeName|hostIP|podIP|ip|containerID|observedGeneration|generation|resourceVersion)":("[^"]*"|\d+),?/g
/** Kinds that nothing but people reads, or that only say that somebody lives. */
const IGNORED: ReadonlySet<string> = new Set(['events', 'leases'])

/** Returns the objects that were written after a revision, as text. */
function objectsAfter(cluster: SimCluster, revision: number): string {
  const texts: string[] = []
  for (const resource of cluster.state.resources()) {
    if (IGNORED.has(resource)) continue
    for (const object of cluster.state.stored(resource)) {
      if (Number(object.metadata.resourceVersion) <= revision)
        texts.push(`${object.metadata.uid ?? ''} as before`)
      else
        texts.push(JSON.stringify({ ...object, metadata: { ...object.metadata, managedFields: undefined } }))
    }
  }
  return texts.join('\n')
}

/** Numbers names in the order of their first appearance. */
function ordinals(prefix: string): (name: string) => string {
  const known = new Map<string, number>()
  return (name) => {
    let number = known.get(name)
    if (number === undefined) known.set(name, (number = known.size))
    return `${prefix}${number}`
  }
}

/** Replaces what differs between equal states: uids, generated names, revisions, times. */
function normalized(text: string, now: number): string {
  return text
    .replaceAll(UID, ordinals('uid'))
    .replaceAll(GENERATED, ordinals('name'))
    .replaceAll(VERSION, ordinals('rv'))
    .replaceAll(INSTANT, (time) => `now${(Date.parse(time) - now) / 1000}`)
    .replaceAll(MILLIS, (time) => `now${Number(time) - now}`)
}

function hashOf(text: string): string {
  return `${hashText(HASH_SEED, text)}.${hashText(0x9747b28c, text)}.${text.length}`
}

/**
 * Returns a hash of everything that decides the future of a cluster at rest: objects, component state, timers
 * and ready work, with uids and generated names numbered in the order of their appearance, and times counted
 * from now. `since` is the revision of the root: older objects count as they are.
 */
export function stateHash(cluster: SimCluster, since: number): string {
  const { slices, timers, ready, stopped } = cluster.snapshot().simulation()
  const timed = timers.map(({ seq: _seq, ...timer }) => timer)
  const state = JSON.stringify(plainDataToJson({ slices, timers: timed, ready, stopped }))
  return hashOf(normalized(`${objectsAfter(cluster, since)}\n${state}`, cluster.now()))
}

/** Returns a hash of what users see of the objects: without times, names of nodes, and what only counts. */
export function outcomeHash(cluster: SimCluster, since: number): string {
  const text = normalized(objectsAfter(cluster, since), cluster.now())
  return hashOf(
    text
      .replaceAll(/now-?[\d.]+/g, '')
      .replaceAll(UNIMPORTANT, '')
      .split('\n')
      .toSorted()
      .join('\n'),
  )
}
