import type { EndpointSlice } from '../../api/discovery/generated.js'
import type { PodDisruptionBudget } from '../../api/policy/generated.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { byKey } from '../../lang/text/order.js'

/** How long, in all, something was not as it should be, and how low it went. */
interface Spell {
  least: number
  lastedMs: number
  since: number | undefined
}

/** Spells of lack, by name. */
export class Spells {
  readonly #spells = new Map<string, Spell>()

  /** Notes that `name` has `amount` now, which is too little or enough. */
  note(name: string, amount: number, isLack: boolean, now: number): void {
    let spell = this.#spells.get(name)
    if (spell === undefined) {
      if (!isLack) return
      this.#spells.set(name, (spell = { least: amount, lastedMs: 0, since: now }))
    }
    spell.least = Math.min(spell.least, amount)
    if (isLack) spell.since ??= now
    else if (spell.since !== undefined) {
      spell.lastedMs += now - spell.since
      spell.since = undefined
    }
  }

  /** Returns the names with how long they lacked something until `now`, in order. */
  until(now: number): readonly (readonly [name: string, lack: Omit<Spell, 'since'>])[] {
    return [...this.#spells]
      .map(([name, { least, lastedMs, since }]) => {
        const lasted = since === undefined ? lastedMs : lastedMs + now - since
        return [name, { least, lastedMs: lasted }] as const
      })
      .toSorted(byKey)
  }
}

const SERVICE = 'kubernetes.io/service-name'

/** Follows which Services have endpoints that can be reached: ready, and on a node with power and network. */
export class Endpoints {
  readonly lacks: Spells = new Spells()
  readonly #slices = new Map<string, Map<string, EndpointSlice>>()
  readonly #down = new Set<string>()
  /** Nodes without power or network. */
  readonly down: ReadonlySet<string> = this.#down
  /** Services with an endpoint at the beginning; the others can lose nothing. */
  readonly #watched: ReadonlySet<string>

  constructor(cluster: SimCluster) {
    for (const slice of cluster.state.peek('endpointslices')) this.#keep(slice)
    for (const { name, machine } of cluster.nodes()) if (!machine.powered) this.#down.add(name)
    this.#watched = new Set([...this.#slices.keys()].filter((service) => this.of(service) > 0))
  }

  #keep(slice: EndpointSlice): string | undefined {
    const { namespace = '', name = '', labels } = slice.metadata
    const service = labels?.[SERVICE]
    if (service === undefined) return undefined
    const key = `${namespace}/${service}`
    let slices = this.#slices.get(key)
    if (slices === undefined) this.#slices.set(key, (slices = new Map<string, EndpointSlice>()))
    slices.set(name, slice)
    return key
  }

  /** Notes that a slice was written or removed. */
  wrote(slice: EndpointSlice, isRemoved: boolean, now: number): void {
    const key = this.#keep(slice)
    if (key === undefined) return
    if (isRemoved) this.#slices.get(key)?.delete(slice.metadata.name ?? '')
    this.#look(key, now)
  }

  /** Notes that nodes can be reached from now on, or not. */
  reach(nodes: readonly string[], isUp: boolean, now: number): void {
    for (const node of nodes)
      if (isUp) this.#down.delete(node)
      else this.#down.add(node)
    for (const service of this.#watched) this.#look(service, now)
  }

  #look(service: string, now: number): void {
    if (!this.#watched.has(service)) return
    const amount = this.of(service)
    this.lacks.note(service, amount, amount === 0, now)
  }

  /** The number of endpoints that a Service has. */
  of(service: string): number {
    const found = new Set<string>()
    for (const { endpoints } of this.#slices.get(service)?.values() ?? [])
      for (const { addresses, conditions, nodeName, targetRef } of endpoints ?? [])
        if (conditions.ready !== false && !this.#down.has(nodeName ?? ''))
          found.add(targetRef?.uid ?? addresses[0] ?? '')
    return found.size
  }
}

/** Whether fewer of a budget's pods are healthy than it wants. */
export const isViolated = ({ status }: PodDisruptionBudget): boolean =>
  (status?.expectedPods ?? 0) > 0 && (status?.currentHealthy ?? 0) < (status?.desiredHealthy ?? 0)

/** Requests that the server has refused, and how often. */
export interface Refused {
  /** Who asked: `system:serviceaccount:kube-system:replicaset-controller`. */
  readonly user: string
  /** `create pods` */
  readonly request: string
  readonly message: string
  readonly count: number
}

/** What happens on a cluster from now on. */
export class EffectObserver {
  readonly endpoints: Endpoints
  readonly budgets: Spells = new Spells()
  readonly #refused = new Map<string, Refused>()

  constructor(cluster: SimCluster) {
    this.endpoints = new Endpoints(cluster)
    const violated = new Set(cluster.state.peek('poddisruptionbudgets').filter(isViolated).map(nameOf))
    cluster.on('change', ({ resource, object, type, time }) => {
      if (resource === 'endpointslices')
        this.endpoints.wrote(object as EndpointSlice, type === 'DELETED', time)
      else if (resource === 'poddisruptionbudgets' && !violated.has(nameOf(object))) {
        const budget = object as PodDisruptionBudget
        const isLack = type !== 'DELETED' && isViolated(budget)
        this.budgets.note(nameOf(budget), budget.status?.currentHealthy ?? 0, isLack, time)
      }
    })
    cluster.on('refusal', ({ user, verb, resource, code, message: text }) => {
      // conflicts, evictions that wait, and questions whether something is there are the course of things
      // lost events do not matter, and a deleted namespace is reported by its pods
      if (!REFUSALS.has(code) || resource === 'events' || text.endsWith(TERMINATING)) return
      const message = text.replace(RANDOM, '$1-...')
      const key = `${user} ${verb} ${resource} ${message}`
      const count = (this.#refused.get(key)?.count ?? 0) + 1
      this.#refused.set(key, { user, request: `${verb} ${resource}`, message, count })
    })
  }

  /** Requests that were refused, in order of their first time. */
  get refused(): readonly Refused[] {
    return [...this.#refused.values()]
  }
}

/** Codes of requests that are refused for what they ask. */
const REFUSALS: ReadonlySet<number> = new Set([400, 403, 422, 500])
/** What the server says of a namespace that is being deleted. */
const TERMINATING = 'because it is being terminated'

/** The end of a name that the server has made up. */
const RANDOM = /(?<![-\w])([a-z\d][-a-z\d]*)-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g

/** The name of an object: `shop/web`. */
export const nameOf = ({
  metadata: { namespace, name = '' },
}: {
  readonly metadata: { readonly namespace?: string; readonly name?: string }
}): string => (namespace === undefined ? name : `${namespace}/${name}`)
