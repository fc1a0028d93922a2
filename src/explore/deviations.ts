import type { GatedRequest } from '../cluster/compose/request-gate.js'
import { toMillis } from '../sim/duration.js'
import type { Ready } from '../sim/ready-queue.js'
import type { Choice, RequestFault } from './choice.js'
import type { Execution } from './execution.js'
import { stepName } from './execution.js'
import type { ExploreOptions } from './options.js'

/** What costs one unit of which allowance. */
type Kind = 'delay' | 'lag' | 'crash' | 'nodeCrash' | 'timeTravel' | 'unobserved' | 'action' | RequestFault

const REQUEST_KINDS: readonly RequestFault[] = [
  'conflict',
  'error',
  'timeout',
  'lostAnswer',
  'crash',
  'preempt',
]

/** How many deviations of each kind a run may still have. */
export class Allowance {
  readonly #left: ReadonlyMap<Kind, number>

  private constructor(left: ReadonlyMap<Kind, number>) {
    this.#left = left
  }

  static of({ faults = {}, lag, preempt = 0, actions = [] }: ExploreOptions, delays: number): Allowance {
    const {
      crash = 0,
      lostAnswer = 0,
      timeout = 0,
      conflict = 0,
      error = 0,
      nodeCrash = 0,
      timeTravel = 0,
      unobserved = 0,
    } = faults
    return new Allowance(
      new Map<Kind, number>([
        ['delay', delays],
        ['lag', lag === undefined ? 0 : 1],
        ['crash', crash],
        ['lostAnswer', lostAnswer],
        ['timeout', timeout],
        ['conflict', conflict],
        ['error', error],
        ['nodeCrash', nodeCrash],
        ['timeTravel', timeTravel],
        ['unobserved', unobserved],
        ['preempt', preempt],
        ['action', actions.filter(({ at }) => at === 'any').length],
      ]),
    )
  }

  /** All that is left. */
  get total(): number {
    return [...this.#left.values()].reduce((sum, left) => sum + left, 0)
  }

  get allowsRequests(): boolean {
    return REQUEST_KINDS.some((kind) => this.has(kind))
  }

  /** Whether something may still happen after the cluster has come to rest. */
  get isPatient(): boolean {
    return this.has('nodeCrash') || this.has('crash') || this.has('timeTravel')
  }

  /** Returns a text that is equal for allowances that make no difference in `most` deviations. */
  keyWithin(most: number): string {
    return [...this.#left.values()].map((left) => Math.min(left, most)).join()
  }

  has(kind: Kind): boolean {
    return (this.#left.get(kind) ?? 0) > 0
  }

  without(choice: Choice): Allowance {
    const kind = kindOf(choice)
    return new Allowance(
      new Map([...this.#left].map(([name, left]) => [name, name === kind ? left - 1 : left])),
    )
  }
}

function kindOf(choice: Choice): Kind {
  if (choice.do === 'request') return choice.fault
  return choice.do === 'pick' ? 'delay' : choice.do
}

/** Whether faults may concern a component. */
function isOf(component: string, names: readonly string[] | undefined): boolean {
  return names === undefined || names.some((name) => component === name || component.startsWith(`${name}/`))
}

/** Modules that are no components of their own: they cannot crash alone. */
const isComponent = (owner: string): boolean => !/^(?:informers|runtime|cluster|extension)\b/.test(owner)

/**
 * Returns what may happen before the next step. `isFresh`: something was written since the last decision;
 * without that, a crash has the effect of an earlier one. `since`: the revision of the root.
 */
export function optionsBefore(
  execution: Execution,
  ready: readonly Ready[],
  allowance: Allowance,
  isFresh: boolean,
  { faults = {}, lag }: ExploreOptions,
  since: number,
): readonly Choice[] {
  const { cluster, decisions: at, actions } = execution
  const [first] = ready as [Ready, ...Ready[]]
  const found: Choice[] = []
  const step = stepName(first)
  if (
    allowance.has('delay') &&
    ready.some(({ owner, topic }) => owner !== first.owner || topic !== first.topic)
  )
    found.push({ at, do: 'delay', step })
  if (lag !== undefined && allowance.has('lag') && isOf(first.owner, lag.of))
    found.push({ at, do: 'lag', component: first.owner, ms: toMillis(lag.max) })
  if (allowance.has('crash') && isComponent(first.owner) && isOf(first.owner, faults.of))
    found.push({ at, do: 'crash', component: first.owner })
  if (allowance.has('action') && actions[0]?.at === 'any')
    found.push({ at, do: 'action', action: actions[0].name })
  if (
    allowance.has('timeTravel') &&
    isOf(first.owner, faults.of) &&
    // no apiserver's cache is older than what etcd still has
    since >= cluster.internals.etcd.compactedRevision &&
    execution.canTravel(first.owner)
  )
    found.push({ at, do: 'timeTravel', component: first.owner, revision: since })
  if (allowance.has('unobserved') && isOf(first.owner, faults.of) && execution.isClient(first.owner))
    found.push({ at, do: 'unobserved', component: first.owner })
  if (!isFresh) return found
  if (allowance.has('nodeCrash'))
    for (const { name } of cluster.nodes()) found.push({ at, do: 'nodeCrash', node: name })
  return found
}

/** Returns what may happen to the requests of a step. */
export function requestOptions(
  { owner }: Pick<Ready, 'owner'>,
  requests: readonly GatedRequest[],
  at: number,
  allowance: Allowance,
  { faults = {} }: ExploreOptions,
): readonly Choice[] {
  if (!isOf(owner, faults.of)) return []
  return requests.flatMap(({ verb, resource, subresource, namespace, name }, request) => {
    const isWrite = verb !== 'get' && verb !== 'list' && verb !== 'watch'
    const path = [resource, subresource].filter(Boolean).join('/')
    const of = `${owner}: ${verb} ${path} ${[namespace, name].filter(Boolean).join('/')}`.trimEnd()
    return REQUEST_KINDS.filter(
      (fault) => allowance.has(fault) && (isWrite || fault === 'error' || fault === 'timeout'),
    )
      .filter((fault) => fault !== 'conflict' || verb === 'update' || verb === 'patch')
      .map((fault): Choice => ({ at, do: 'request', request, fault, of }))
  })
}
