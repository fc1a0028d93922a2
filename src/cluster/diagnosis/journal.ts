import type { ApiError } from '../../client/api-error.js'
import { missingRule } from '../../client/missing-rule.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import type { EventBus } from '../../sim/event-bus.js'

/** A line that a component has written to its log. */
export type LogLine = ClusterEvents['log']

/** Requests that were refused for one cause. */
export interface Refusal {
  /** `webhook guard.example.com failed`, `jane may not list pods` */
  readonly cause: string
  readonly count: number
  /** Virtual ms of the last one. */
  readonly time: number
  /** The message of the last one. */
  readonly message: string
  /** The rule of a Role that would allow it, as YAML in one line. */
  readonly missingRule?: string
}

/** A request that was refused. */
export interface RefusedRequest {
  readonly user: string
  readonly verb: string
  readonly resource: string
  readonly error: ApiError
}

/** Most lines that are kept of a component, and most causes. */
const MOST_LINES = 500
const MOST_CAUSES = 100

/** Responses that belong to the course of things: races, and questions whether something is there. */
const ORDINARY = new Set(['NotFound', 'Conflict', 'AlreadyExists', 'Expired', 'Gone', 'NotModified'])

/**
 * What a cluster remembers for those who ask what is the matter: the logs of its components, and refused
 * requests by cause. It observes; it is no part of the state, so that copies begin without.
 */
export class Journal {
  readonly #logs = new Map<string, LogLine[]>()
  readonly #refusals = new Map<string, Refusal>()
  readonly #end: () => void

  constructor(bus: EventBus<ClusterEvents>) {
    this.#end = bus.on('log', (line) => this.#note(line))
  }

  /** Listens no more, because another cluster has taken over the bus. */
  close(): void {
    this.#end()
  }

  #note(line: LogLine): void {
    let lines = this.#logs.get(line.component)
    if (lines === undefined) this.#logs.set(line.component, (lines = []))
    // twice as many before the older half goes: each line is moved once at most
    if (lines.push(line) >= 2 * MOST_LINES) lines.splice(0, MOST_LINES)
  }

  /** Notes a refused request. Ordinary ones, such as conflicts, are left out. */
  refused({ user, verb, resource, error }: RefusedRequest, time: number): void {
    if (ORDINARY.has(error.reason)) return
    const cause = causeOf({ user, verb, resource, error })
    const known = this.#refusals.get(cause)
    if (known === undefined && this.#refusals.size >= MOST_CAUSES) return
    const rule = error.code === 403 ? missingRule(error) : undefined
    const count = (known?.count ?? 0) + 1
    const { message } = error
    this.#refusals.set(cause, { cause, count, time, message, ...(rule && { missingRule: rule }) })
  }

  /** Returns the last lines of some components, in order of time. */
  logsOf(components: readonly string[]): readonly LogLine[] {
    const lines = components.flatMap((name) => this.#logs.get(name) ?? [])
    return components.length === 1 ? lines : lines.toSorted((a, b) => a.time - b.time)
  }

  /** Returns the last lines of all components, in order of time. */
  logs(): readonly LogLine[] {
    return this.logsOf([...this.#logs.keys()].sort())
  }

  /** Returns the causes of refusals, the most frequent ones first. */
  refusals(): readonly Refusal[] {
    return [...this.#refusals.values()].sort((a, b) => b.count - a.count || (a.cause < b.cause ? -1 : 1))
  }
}

/** What admission says, and who says it. */
const CAUSES: readonly (readonly [pattern: RegExp, cause: (name: string) => string])[] = [
  [/failed calling webhook "([^"]+)"/, (name) => `webhook ${name} failed`],
  [/admission webhook "([^"]+)" denied/, (name) => `webhook ${name} denied requests`],
  [/conversion webhook for (\S+)/, (name) => `the conversion webhook of ${name} failed`],
  [/ValidatingAdmissionPolicy '([^']+)'/, (name) => `policy ${name} denied requests`],
  [/exceeded quota: ([^,\s]+)/, (name) => `quota ${name} was exceeded`],
  [/violates PodSecurity "([^"]+)"/, (name) => `Pod Security level ${name} was violated`],
  [/must specify (\S+)/, (name) => `${name} was not specified`],
]

function causeOf({ user, verb, resource, error }: RefusedRequest): string {
  for (const [pattern, cause] of CAUSES) {
    const [, name] = pattern.exec(error.message) ?? []
    if (name !== undefined) return cause(name)
  }
  if (error.code === 403) return `${user} may not ${verb} ${resource}`
  if (error.code === 401) return 'requests had no valid credentials'
  return `${verb} ${resource} by ${user}: ${error.reason}`
}

const clock = (time: number): string => new Date(time).toISOString().slice(11, 19)

/** Returns a line of a log as text. */
export const logText = ({ time, level, message }: LogLine): string =>
  `${new Date(time).toISOString().slice(0, 19)}Z ${level === 'info' ? '' : `${level}: `}${message}`

/** Returns causes of refusals as lines. */
export function refusalLines(refusals: readonly Refusal[]): readonly string[] {
  return refusals.map(({ cause, count, time, message, missingRule: rule }) => {
    const times = count === 1 ? 'once' : `${count.toLocaleString('en-US')} times`
    const why = rule === undefined ? message : `missing rule: ${rule}`
    return `${cause} (${times}, last at ${clock(time)}): ${why}`
  })
}
