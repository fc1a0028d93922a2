import type { KubeObject } from '../../../src/api/kind/definition.js'
import { canonical } from '../recordings/compare.js'
import { certificateFacts } from './certificates.js'
import type { Names } from './names.js'
import { objectsAt, type Write } from './writes.js'
import type { Played } from './play.js'
import type { Timeline } from './timeline.js'
import { resourceOf } from './summaries.js'
import { TOKEN_FACTS, tokenFacts } from './tokens.js'

/** A name, what was recorded and what is here, both in comparable form. */
export type Pair = readonly [name: string, expected: unknown, actual: unknown]

/** What was there at the end, and at the times of the snapshots. */
export function finalsOf(timeline: Timeline, played: Played, names: Names): readonly Pair[] {
  const { final = {}, snapshots = {} } = timeline
  const pairs: Pair[] = Object.entries(final).flatMap(([name, value]) => [
    ...finalOf(name, value, timeline, played, names),
  ])
  for (const [when, kinds] of Object.entries(snapshots)) {
    const t = when === 'before' ? -0.001 : Number(/^after(\d+)s$/.exec(when)?.[1])
    for (const [kind, value] of Object.entries(kinds)) {
      if (isBrief(value))
        pairs.push(
          ...lists(
            `${when} ${kind}`,
            value.map(brief),
            at(played.writes, kind, timeline, t).map(brief),
            names,
          ),
        )
      else if (Array.isArray(value))
        pairs.push(
          ...lists(`${when} ${kind}`, value as KubeObject[], at(played.writes, kind, timeline, t), names),
        )
      else pairs.push(...single(`${when} ${kind}`, value as KubeObject, played.writes, names, t))
    }
  }
  return pairs
}

/** Of some lists only names and statuses were kept. */
interface Brief {
  readonly name: string
  readonly status: unknown
}

const isBrief = (value: unknown): value is readonly Brief[] =>
  Array.isArray(value) && (value[0] as Partial<Brief> | undefined)?.name !== undefined

function brief(object: Brief | KubeObject): KubeObject {
  const name = 'name' in object ? object.name : object.metadata.name
  return { metadata: { name }, status: (object as Brief).status } as KubeObject
}

function finalOf(
  name: string,
  value: unknown,
  timeline: Timeline,
  played: Played,
  names: Names,
): readonly Pair[] {
  const { writes } = played
  if (name.startsWith('placement-'))
    return [
      [
        name,
        counts(Object.entries(value as Record<string, number>)),
        placement(name.slice('placement-'.length), writes),
      ],
    ]
  if (name.endsWith('-certificate'))
    return [
      [
        name,
        ...certificateFacts(
          value,
          objectsAt(writes, 'certificatesigningrequests', Infinity),
          name.slice(0, -'-certificate'.length),
        ),
      ],
    ]
  // neither an object nor a list of them: what the recorder made of something, which is not known
  if (
    !Array.isArray(value) &&
    (value as Partial<KubeObject> | null)?.metadata === undefined &&
    !TOKEN_FACTS.has(name)
  )
    return []
  const token = tokenFacts(name, value, timeline, played)
  if (token !== undefined) return [[name, ...token]]
  if (Array.isArray(value))
    return value.every((item) => (item as Partial<KubeObject>)?.metadata !== undefined)
      ? lists(name, value as KubeObject[], at(writes, name, timeline, Infinity), names)
      : []
  return single(name, value as KubeObject, writes, names, Infinity)
}

function at(
  writes: readonly Write[],
  kind: string,
  { namespace }: Timeline,
  t: number,
): readonly KubeObject[] {
  return objectsAt(writes, resourceOf(kind), t).filter(({ metadata }) => metadata.namespace === namespace)
}

function single(
  name: string,
  value: KubeObject,
  writes: readonly Write[],
  names: Names,
  t: number,
): readonly Pair[] {
  // the plural of every kind that is kept alone
  const resource = `${(value.kind ?? '').toLowerCase()}s`
  const found = objectsAt(writes, resource, t).find(({ metadata }) => metadata.name === value.metadata.name)
  return [[name, comparable(value, names), comparable(found, names)]]
}

/** Which node it was is chance among equals: only how many pods each had counts. */
function counts(nodes: readonly (readonly [string, number])[]): unknown {
  return {
    bound: nodes
      .filter(([node]) => node !== 'undefined')
      .map(([, count]) => count)
      .sort((a, b) => a - b),
    unbound: nodes.find(([node]) => node === 'undefined')?.[1] ?? 0,
  }
}

function placement(group: string, writes: readonly Write[]): unknown {
  const nodes = new Map<string, string>()
  const isOne = new RegExp(`^${group}-\\d+$`)
  for (const {
    resource,
    object: {
      metadata: { name = '', deletionTimestamp },
      spec,
    },
  } of writes as readonly (Write & { object: { spec?: { nodeName?: string } } })[]) {
    if (resource !== 'pods' || !isOne.test(name)) continue
    // when the first is removed there is room for another
    if (deletionTimestamp !== undefined) break
    nodes.set(name, spec?.nodeName ?? 'undefined')
  }
  const byNode = new Map<string, number>()
  for (const node of nodes.values()) byNode.set(node, (byNode.get(node) ?? 0) + 1)
  return counts([...byNode])
}

/**
 * Objects of a list by name; of those with generated names any may stand for any. Events are compared where
 * both have them: how many there are is counted elsewhere.
 */
function lists(
  kind: string,
  expected: readonly KubeObject[],
  actual: readonly KubeObject[],
  names: Names,
): readonly Pair[] {
  const areEvents = kind === 'events'
  const group = (objects: readonly KubeObject[]): Map<string, unknown[]> => {
    const groups = new Map<string, unknown[]>()
    for (const object of objects) {
      const name = names.text(areEvents ? eventKey(object) : (object.metadata?.name ?? ''))
      groups.set(name, [...(groups.get(name) ?? []), comparable(object, names)])
    }
    return groups
  }
  const [left, right] = [group(expected), group(actual)]
  const pairs: Pair[] = []
  for (const name of [...new Set([...left.keys(), ...right.keys()])].sort()) {
    if (areEvents && (left.get(name) === undefined || right.get(name) === undefined)) continue
    const [wanted, there] = [sorted(left.get(name)), sorted(right.get(name))]
    const length = areEvents ? 1 : Math.max(wanted.length, there.length)
    for (let i = 0; i < length; i++) pairs.push([`${kind} ${name}`, wanted[i], there[i]])
  }
  return pairs
}

const sorted = (objects: readonly unknown[] = []): readonly unknown[] =>
  objects.toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1))

function eventKey(object: KubeObject): string {
  const {
    reason = '',
    message = '',
    involvedObject = {},
  } = object as { reason?: string; message?: string; involvedObject?: { name?: string } }
  return `${involvedObject.name ?? ''} ${reason} ${message
    .replace(/^\(combined from similar events\): /, '')
    .replace(/ to n[123]$/, ' to <node>')
    .replace(/<uid:\d+>|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, '<uid>')}`
}

/** What differs from run to run: by the name of a member. */
const VARYING: ReadonlySet<string> = new Set([
  'nodeName',
  'node',
  'hostIP',
  'podIP',
  'podIPs',
  'ip',
  'addresses',
  'uid',
  'resourceVersion',
  'holderIdentity',
  'reportingInstance',
  'lastHeartbeatTime',
  'podCIDR',
  'podCIDRs',
  'values',
  'clusterIP',
  'clusterIPs',
  'request',
  'certificate',
  'batch.kubernetes.io/controller-uid',
  'controller-uid',
  'volume.kubernetes.io/selected-node',
  'endpoints.kubernetes.io/last-change-trigger-time',
])
const DROPPED: ReadonlySet<string> = new Set(['managedFields', 'kind', 'apiVersion'])

/** An object without what chance decides, conditions and endpoints in order. */
function comparable(object: KubeObject | undefined, names: Names): unknown {
  if (object === undefined) return undefined
  const isEvent = 'involvedObject' in object
  // how often these were updated hangs on how many pods changed at once
  const isCounted = object.metadata.ownerReferences?.[0]?.kind === 'Deployment' || 'endpoints' in object
  const walk = (value: unknown, key: string, depth: number): unknown => {
    if (typeof value === 'string' && VARYING.has(key)) return `<${key}>`
    if (typeof value === 'string')
      return names.text(
        value
          .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
          .replace(/ to n[123]$/, ' to <node>')
          .replace(/<uid:\d+>|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>'),
      )
    if (Array.isArray(value)) {
      if (VARYING.has(key)) return `<${key}>`
      const items = value.map((item) => walk(item, key, depth + 1))
      return ['conditions', 'endpoints', 'subsets'].includes(key)
        ? items.map((item) => canonical(item)).sort()
        : items
    }
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value)
      .filter(([name]) => !(depth === 0 && DROPPED.has(name)) && name !== 'managedFields')
      .filter(
        ([name]) =>
          !(isEvent && (name === 'count' || name === 'series' || (key === 'metadata' && name === 'name'))),
      )
      .filter(
        ([name]) => !(isCounted && (name === 'generation' || name === 'observedGeneration') && depth === 1),
      )
    return Object.fromEntries(
      entries.map(([name, member]) => [names.text(name), walk(member, name, depth + 1)]),
    )
  }
  return walk(object, '', 0)
}
