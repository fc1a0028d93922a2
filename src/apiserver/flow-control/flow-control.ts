import { mandatoryFlowControl } from '../../api/flowcontrol/default-objects.js'
import type { FlowSchema, PriorityLevelConfiguration } from '../../api/flowcontrol/generated.js'
import { dealHand } from '../../api/flowcontrol/shuffle-sharding.js'
import type { UserInfo } from '../../client/client.js'
import { sha256 } from '../../lang/bytes/sha256.js'
import type { AccessAttributes } from '../authorization/authorizer.js'
import { prefixEnd, type Storage } from '../storage/storage.js'
import { type LevelLimits, limitsOf } from './level-limits.js'
import { distinguisherOf, matchesFlowSchema } from './match-flow.js'

const SCHEMAS = '/registry/flowschemas/'
const LEVELS = '/registry/prioritylevelconfigurations/'

/** Subresources whose requests run long and are not classified; watches are, as their start is work. */
const LONG_RUNNING = new Set(['attach', 'exec', 'proxy', 'log', 'portforward'])

/** A priority level with its seats. */
export interface Level {
  readonly object: PriorityLevelConfiguration
  readonly limits: LevelLimits
}

/** Where a request belongs. */
export interface Flow {
  readonly schema: FlowSchema
  readonly level: Level
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

interface Configuration {
  /** In the order in which they are tried. */
  readonly schemas: readonly FlowSchema[]
  readonly levels: ReadonlyMap<string, Level>
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
    storage.subscribe(({ key }) => {
      if (key.startsWith(SCHEMAS) || key.startsWith(LEVELS)) this.#configuration = undefined
    })
  }

  /** The priority levels by name, in order. */
  get levels(): ReadonlyMap<string, Level> {
    return this.#current.levels
  }

  /** What has been dispatched, by level and schema in order of their names. */
  dispatched(): readonly DispatchCount[] {
    return [...this.#counts]
      .flatMap(([level, schemas]) => [...schemas].map(([schema, count]) => ({ schema, level, count })))
      .toSorted((a, b) => order(a.level, b.level) || order(a.schema, b.schema))
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
    const { schemas, levels } = this.#current
    const schema =
      schemas.find((one) => matchesFlowSchema(one, user, attributes)) ??
      (schemas.find(({ metadata }) => metadata.name === 'catch-all') as FlowSchema)
    const level = levels.get(schema.spec.priorityLevelConfiguration.name) as Level
    return { schema, level }
  }

  get #current(): Configuration {
    return (this.#configuration ??= configurationOf(
      this.#all(SCHEMAS) as readonly FlowSchema[],
      this.#all(LEVELS) as readonly PriorityLevelConfiguration[],
    ))
  }

  #all(prefix: string): readonly object[] {
    return this.#storage.list({ from: prefix, to: prefixEnd(prefix) })
  }
}

/** Finds the queues of a request in its level. Source: apf_controller.go startRequest. */
export function queuesOf({ schema, level }: Flow, user: UserInfo, attributes: AccessAttributes): FlowQueues {
  const { queues = 0, handSize = 0 } = level.object.spec.limited?.limitResponse.queuing ?? {}
  if (queues < 2) return { distinguisher: '', queues: queues === 1 ? [0] : [] }
  const distinguisher = distinguisherOf(schema, user, attributes)
  const hash = hashOf(schema.metadata.name ?? '', distinguisher)
  return { distinguisher, queues: dealHand(hash, queues, handSize) }
}

/** Schemas without their level are left out, and what is mandatory is imagined. */
function configurationOf(
  schemas: readonly FlowSchema[],
  stored: readonly PriorityLevelConfiguration[],
): Configuration {
  const imagined = mandatoryFlowControl()
  const objects = withMissing(stored, imagined.levels).toSorted(byName)
  const limits = limitsOf(objects)
  const levels = new Map(
    objects.map((object) => [
      object.metadata.name ?? '',
      { object, limits: limits.get(object) as LevelLimits },
    ]),
  )
  const usable = schemas.filter(({ spec }) => levels.has(spec.priorityLevelConfiguration.name))
  const inOrder = withMissing(usable, imagined.schemas).toSorted(
    (a, b) => a.spec.matchingPrecedence - b.spec.matchingPrecedence || byName(a, b),
  )
  return { schemas: inOrder, levels }
}

interface Named {
  readonly metadata: { readonly name?: string }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const byName = (a: Named, b: Named): number => order(a.metadata.name ?? '', b.metadata.name ?? '')

function withMissing<T extends Named>(found: readonly T[], wanted: readonly T[]): readonly T[] {
  const names = new Set(found.map(({ metadata }) => metadata.name))
  return [...found, ...wanted.filter(({ metadata }) => !names.has(metadata.name))]
}

/** Source: apf_controller.go hashFlowID. */
function hashOf(schema: string, distinguisher: string): bigint {
  const digest = sha256(new TextEncoder().encode(`${schema}\0${distinguisher}`))
  return new DataView(digest.buffer, digest.byteOffset).getBigUint64(0, true)
}
