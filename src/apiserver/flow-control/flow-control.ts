import { mandatoryFlowControl } from '../../api/flowcontrol/default-objects.js'
import type { FlowSchema, PriorityLevelConfiguration } from '../../api/flowcontrol/generated.js'
import { dealHand } from '../../api/flowcontrol/shuffle-sharding.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { UserInfo } from '../../client/client.js'
import { sha256 } from '../../lang/bytes/sha256.js'
import type { AccessAttributes } from '../authorization/authorizer.js'
import { prefixEnd, type Storage } from '../storage/storage.js'
import { type LevelLimits, limitsOf, sharesOf } from './level-limits.js'
import { distinguisherOf, matchesFlowSchema } from './match-flow.js'
import { byKey, byText } from '../../lang/text/order.js'

const SCHEMAS = '/registry/flowschemas/'
const LEVELS = '/registry/prioritylevelconfigurations/'

/** Subresources whose requests run long and are not classified; watches are, as their start is work. */
const LONG_RUNNING = new Set(['attach', 'exec', 'proxy', 'log', 'portforward'])

/** A priority level with its seats. */
export interface PriorityLevel {
  readonly object: PriorityLevelConfiguration
  readonly limits: LevelLimits
}

/** Where a request belongs. */
export interface Flow {
  readonly schema: FlowSchema
  readonly level: PriorityLevel
}

/** Which requests of a level share queues. */
export interface FlowQueues {
  /** What tells the flow from the schema's others; '' in a level of fewer than two queues. */
  readonly distinguisher: string
  /** The queues among which its requests choose; empty if the level has none. */
  readonly queues: readonly number[]
}

/** The classified requests of one FlowSchema and level. */
export interface DispatchCount {
  readonly schema: string
  readonly level: string
  readonly count: number
}

/**
 * API priority and fairness: finds the FlowSchema and the priority level of a request. Requests take no
 * virtual time, so that none ever waits or is rejected. The counts belong to the process: a copy of a cluster
 * begins at zero. Source: apiserver pkg/util/flowcontrol/apf_controller.go.
 */
export class FlowControl {
  readonly #storage: Storage
  readonly #counts = new Map<string, Map<string, number>>()
  #configuration: Configuration | undefined

  constructor(storage: Storage) {
    this.#storage = storage
    storage.subscribe((change) => {
      const { key } = change
      // asked for no other keys, as it builds what is reserved
      if (key.startsWith(SCHEMAS)) this.#configuration?.setSchema(key.slice(SCHEMAS.length), change.object)
      else if (key.startsWith(LEVELS)) this.#configuration?.setLevel(key.slice(LEVELS.length), change.object)
    })
  }

  /** The priority levels by name, in order. */
  get levels(): ReadonlyMap<string, PriorityLevel> {
    return this.#current.levels()
  }

  /** What has been dispatched, by level and schema in order of their names. */
  dispatched(): readonly DispatchCount[] {
    return [...this.#counts]
      .flatMap(([level, schemas]) => [...schemas].map(([schema, count]) => ({ schema, level, count })))
      .toSorted((a, b) => byText(a.level, b.level) || byText(a.schema, b.schema))
  }

  /** Finds the flow of a request, and counts the request. Undefined if it is not subject to flow control. */
  dispatch(user: UserInfo, attributes: AccessAttributes): Flow | undefined {
    if (!('path' in attributes) && LONG_RUNNING.has(attributes.subresource ?? '')) return undefined
    const flow = this.classify(user, attributes)
    const level = flow.level.object.metadata.name ?? ''
    const schema = flow.schema.metadata.name ?? ''
    let counts = this.#counts.get(level)
    if (counts === undefined) this.#counts.set(level, (counts = new Map()))
    counts.set(schema, (counts.get(schema) ?? 0) + 1)
    return flow
  }

  /** Finds the flow of a request: its first schema that matches, or `catch-all`. */
  classify(user: UserInfo, attributes: AccessAttributes): Flow {
    const configuration = this.#current
    // a schema whose level is missing is not in use
    for (const schema of configuration.schemas) {
      const level = configuration.level(schema.spec.priorityLevelConfiguration.name)
      if (level !== undefined && matchesFlowSchema(schema, user, attributes)) return { schema, level }
    }
    const schema = configuration.schema('catch-all') as FlowSchema
    return {
      schema,
      level: configuration.level(schema.spec.priorityLevelConfiguration.name) as PriorityLevel,
    }
  }

  get #current(): Configuration {
    if (this.#configuration !== undefined) return this.#configuration
    const configuration = new Configuration()
    for (const object of this.#all(SCHEMAS)) configuration.setSchema(object.metadata.name ?? '', object)
    for (const object of this.#all(LEVELS)) configuration.setLevel(object.metadata.name ?? '', object)
    return (this.#configuration = configuration)
  }

  #all(prefix: string): readonly KubeObject[] {
    return this.#storage.list({ from: prefix, to: prefixEnd(prefix) })
  }
}

/** The stored schemas and levels; of the mandatory ones those that are missing are imagined. */
class Configuration {
  readonly #imagined = mandatoryFlowControl()
  readonly #schemas = new Map(this.#imagined.schemas.map((one) => [one.metadata.name ?? '', one]))
  readonly #levels = new Map<string, PriorityLevel>()
  /** In the order in which they are tried. */
  readonly schemas: FlowSchema[] = this.#imagined.schemas.toSorted(byPrecedence)
  #shares = 0

  constructor() {
    for (const { metadata } of this.#imagined.levels) this.setLevel(metadata.name ?? '', undefined)
  }

  schema(name: string): FlowSchema | undefined {
    return this.#schemas.get(name)
  }

  level(name: string): PriorityLevel | undefined {
    return this.#levels.get(name)
  }

  levels(): ReadonlyMap<string, PriorityLevel> {
    return new Map([...this.#levels].toSorted(byKey))
  }

  /** Sets or removes a stored schema. */
  setSchema(name: string, stored: object | undefined): void {
    const before = this.#schemas.get(name)
    const after =
      (stored as FlowSchema | undefined) ??
      this.#imagined.schemas.find(({ metadata }) => metadata.name === name)
    if (before !== undefined) this.schemas.splice(placeOf(this.schemas, before), 1)
    if (after === undefined) this.#schemas.delete(name)
    else {
      this.schemas.splice(placeOf(this.schemas, after), 0, after)
      this.#schemas.set(name, after)
    }
  }

  /** Seats depend on all levels, and few ask for them. */
  #inUse(object: PriorityLevelConfiguration): PriorityLevel {
    const limits = (): LevelLimits => limitsOf(object, this.#shares)
    return {
      object,
      get limits() {
        return limits()
      },
    }
  }

  /** Sets or removes a stored level. */
  setLevel(name: string, stored: object | undefined): void {
    const before = this.#levels.get(name)
    const after =
      (stored as PriorityLevelConfiguration | undefined) ??
      this.#imagined.levels.find(({ metadata }) => metadata.name === name)
    if (before !== undefined) this.#shares -= sharesOf(before.object)
    if (after === undefined) this.#levels.delete(name)
    else {
      this.#shares += sharesOf(after)
      this.#levels.set(name, this.#inUse(after))
    }
  }
}

/** Source: apiserver pkg/util/flowcontrol FlowSchemaSequence. */
const byPrecedence = (a: FlowSchema, b: FlowSchema): number =>
  a.spec.matchingPrecedence - b.spec.matchingPrecedence ||
  byText(a.metadata.name ?? '', b.metadata.name ?? '')

/** Returns where a schema is, or belongs, in a list in order. */
function placeOf(schemas: readonly FlowSchema[], schema: FlowSchema): number {
  let low = 0
  let high = schemas.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (byPrecedence(schemas[middle] as FlowSchema, schema) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Finds the queues of a request in its level. Source: apf_controller.go startRequest. */
export function queuesOf({ schema, level }: Flow, user: UserInfo, attributes: AccessAttributes): FlowQueues {
  const { queues = 0, handSize = 0 } = level.object.spec.limited?.limitResponse.queuing ?? {}
  if (queues < 2) return { distinguisher: '', queues: queues === 1 ? [0] : [] }
  const distinguisher = distinguisherOf(schema, user, attributes)
  const hash = hashOf(schema.metadata.name ?? '', distinguisher)
  return { distinguisher, queues: dealHand(hash, queues, handSize) }
}

/** Source: apf_controller.go hashFlowID. */
function hashOf(schema: string, distinguisher: string): bigint {
  const digest = sha256(new TextEncoder().encode(`${schema}\0${distinguisher}`))
  return new DataView(digest.buffer, digest.byteOffset).getBigUint64(0, true)
}
