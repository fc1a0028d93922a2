import { toMillis } from '../../sim/duration.js'
import type { Ready } from '../../sim/ready-queue.js'
import type { Choice, RequestChoice, RequestFault } from '../execution/choice.js'
import type { Execution } from '../execution/execution.js'
import { informerNameOf, stepName } from '../execution/steps.js'
import type { ExploreOptions } from '../options.js'
import { isWrite, type SentRequest, textOf } from '../execution/records.js'
import { isOf } from '../scope.js'

/** What costs one unit of which allowance. */
type Kind =
  | 'delay'
  | 'lag'
  | 'crash'
  | 'nodeCrash'
  | 'timeTravel'
  | 'unobserved'
  | 'action'
  | 'preempt'
  | 'conflict'
  | 'error'
  | 'timeout'
  | 'lostResponse'

/** The faults that befall a request in the order in which they are tried. */
const REQUEST_FAULTS = ['conflict', 'error', 'timeout', 'lostResponse', 'crash'] as const
/** What comes in between at a request. */
const INTERRUPTIONS = ['preempt', 'lateResponse'] as const
/** In which order things happen at one request: before it is sent, instead, after. */
const ORDER: readonly RequestFault[] = [
  'action',
  'preempt',
  'lag',
  'conflict',
  'error',
  'timeout',
  'lateResponse',
  'lostResponse',
  'crash',
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
      lostResponse = 0,
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
        ['lostResponse', lostResponse],
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

  /** Whether something may befall the requests of a component; `isWatched`: others may run at them. */
  allowsRequests(isWatched: boolean): boolean {
    if (REQUEST_FAULTS.some((kind) => this.has(kind))) return true
    return isWatched && (['delay', 'preempt', 'lag', 'action'] as const).some((kind) => this.has(kind))
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

  /** Whether a request may be interrupted: by `preempt`, or by a delay if its component is under test. */
  interrupts(isUnderTest: boolean): boolean {
    return this.has('preempt') || (isUnderTest && this.has('delay'))
  }

  without(choice: Choice): Allowance {
    const kind = this.#kindOf(choice)
    return new Allowance(
      new Map([...this.#left].map(([name, left]) => [name, name === kind ? left - 1 : left])),
    )
  }

  #kindOf(choice: Choice): Kind {
    if (choice.do === 'pick' || choice.do === 'divide') return 'delay'
    if (choice.do !== 'request') return choice.do
    if (choice.fault !== 'preempt' && choice.fault !== 'lateResponse') return choice.fault
    return this.has('preempt') ? 'preempt' : 'delay'
  }
}

/** Modules that are no components of their own: they cannot crash alone. */
const isComponent = (owner: string): boolean => !/^(?:informers|runtime|cluster|extension)\b/.test(owner)

/**
 * Returns what may happen before the next step. `isFresh`: something was written since the last decision;
 * without that, a crash of a node has the effect of an earlier one.
 */
export function optionsBefore(
  execution: Execution,
  ready: readonly Ready[],
  allowance: Allowance,
  isFresh: boolean,
): readonly Choice[] {
  const { cluster, decisions: at, actions, scope } = execution
  const { faults = {}, lag } = scope.options
  const [first] = ready as [Ready, ...Ready[]]
  const { owner } = first
  const found: Choice[] = []
  if (allowance.has('delay')) found.push(...delaysOf(execution, ready, at))
  if (lag !== undefined && allowance.has('lag')) {
    const informer = informerNameOf(cluster, first)
    const component = isOf(owner, lag.of) ? owner : lag.of.find((name) => name === informer)
    if (component !== undefined) found.push({ at, do: 'lag', component, ms: toMillis(lag.max) })
  }
  const mayFail = isOf(owner, faults.of)
  if (allowance.has('crash') && isComponent(owner) && mayFail)
    found.push({ at, do: 'crash', component: owner })
  if (allowance.has('action') && actions[0]?.at === 'any')
    found.push({ at, do: 'action', action: actions[0].name })
  if (
    mayFail &&
    (allowance.has('timeTravel') || allowance.has('unobserved')) &&
    execution.hasInformers(owner)
  )
    found.push(...watchFaults(execution, owner, allowance))
  if (isFresh && allowance.has('nodeCrash'))
    for (const { name } of cluster.nodes()) found.push({ at, do: 'nodeCrash', node: name })
  return found
}

/** Returns what may happen to the components under test when all is at rest. */
export function optionsAtRest(execution: Execution, allowance: Allowance): readonly Choice[] {
  const { cluster, decisions: at, scope } = execution
  const { faults = {} } = scope.options
  const found: Choice[] = []
  for (const component of scope.underTest.filter(
    (name) => isOf(name, faults.of) && isRunning(execution, name),
  )) {
    if (allowance.has('crash')) found.push({ at, do: 'crash', component, rest: true })
    const revision = scope.root.internals.etcd.revision
    if (allowance.has('timeTravel') && revision >= cluster.internals.etcd.compactedRevision)
      if (execution.hasInformers(component))
        found.push({ at, do: 'timeTravel', component, revision, rest: true })
  }
  return found
}

const isRunning = ({ cluster }: Execution, component: string): boolean => {
  const { internals } = cluster
  return internals.componentNames().includes(component) && !internals.pending().stopped.includes(component)
}

/** The next step may wait for the others, or deliver a part of what has happened. */
function* delaysOf(execution: Execution, ready: readonly Ready[], at: number): Generator<Choice, void> {
  const [first] = ready as [Ready, ...Ready[]]
  const step = stepName(first)
  if (ready.some(({ owner, topic }) => owner !== first.owner || topic !== first.topic))
    yield { at, do: 'delay', step }
  if (execution.scope.options.events === 'one') return
  const waiting = execution.waitingEvents(first)
  for (let events = 1; events < waiting; events += 1) yield { at, do: 'divide', step, events }
}

function* watchFaults(
  execution: Execution,
  component: string,
  allowance: Allowance,
): Generator<Choice, void> {
  const { cluster, decisions: at, scope } = execution
  const revision = scope.root.internals.etcd.revision
  // no apiserver's cache is older than what etcd still has
  if (allowance.has('timeTravel') && revision >= cluster.internals.etcd.compactedRevision)
    yield { at, do: 'timeTravel', component, revision }
  if (allowance.has('unobserved')) yield { at, do: 'unobserved', component }
}

/**
 * Returns what may happen to the requests of a step after what happens to them already: `made`, all of the
 * same step.
 */
export function optionsOf(
  execution: Execution,
  { owner }: Pick<Ready, 'owner'>,
  requests: readonly SentRequest[],
  at: number,
  allowance: Allowance,
  made: readonly RequestChoice[] = [],
): readonly RequestChoice[] {
  const { actions, scope } = execution
  const { faults = {}, lag } = scope.options
  const last = made.at(-1)
  const isUnderTest = scope.underTest.includes(owner)
  const mayFail = isOf(owner, faults.of)
  // a client stands still between two steps
  const mayStand =
    lag !== undefined && allowance.has('lag') && isOf(owner, lag.of) && scope.programs?.has(owner) !== true
  const kindsAt = (sent: SentRequest, request: number): readonly RequestFault[] => [
    ...(isUnderTest && allowance.has('action') && request > 0 && actions[0]?.at === 'any'
      ? (['action'] as const)
      : []),
    ...INTERRUPTIONS.filter(
      (kind) =>
        allowance.interrupts(isUnderTest) &&
        (isUnderTest || mayFail) &&
        (kind === 'preempt' ? sent.othersBefore : sent.othersAfter) === true,
    ),
    ...(isUnderTest && sent.othersBefore !== undefined && mayStand ? (['lag'] as const) : []),
    ...(mayFail ? REQUEST_FAULTS.filter((kind) => allowance.has(kind) && befalls(kind, sent)) : []),
  ]
  return requests.flatMap((sent, request) =>
    kindsAt(sent, request)
      .filter((fault) => last === undefined || isLater(request, fault, last))
      .map((fault): RequestChoice => {
        const step = last?.step === undefined ? {} : { step: last.step }
        const of = `${owner}: ${textOf(sent)}`
        const choice = { at, do: 'request', request, fault, of, ...step } as const
        if (fault === 'action') return { ...choice, action: actions[0]?.name ?? '' }
        return fault === 'lag' ? { ...choice, ms: toMillis(lag?.max ?? 0) } : choice
      }),
  )
}

/** Whether a fault can befall a request. Reads fail, but do nothing whose response could be lost. */
function befalls(fault: (typeof REQUEST_FAULTS)[number], sent: SentRequest): boolean {
  if (fault === 'conflict') return sent.verb === 'update' || sent.verb === 'patch'
  return isWrite(sent) || fault === 'error' || fault === 'timeout'
}

const isLater = (request: number, fault: RequestFault, last: RequestChoice): boolean =>
  request > last.request || (request === last.request && ORDER.indexOf(fault) > ORDER.indexOf(last.fault))
